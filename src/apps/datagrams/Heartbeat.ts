/**
 * `heartbeat`: the sender of the first datagram gets the Unix time in seconds, at once and every 5 s, as long as it sends something
 * itself. A side that misses one beat and half of another fell silent; after 15 s of silence the server stops, and the next sender is
 * served.
 */
import * as Schema from "effect/Schema"
import { type App, close, define, log, type Member, type Output, tell, type Turn } from "../App.ts"
import { makeClient, send, show } from "../AppClient.ts"

/** The interval of the beats, in milliseconds. */
export const beatMillis = 5000

/** A side that has sent nothing for this time fell silent, in milliseconds: one beat, and half of another for delays. */
export const silentMillis = 7500

/** The silence after which the server stops, in milliseconds. */
export const stopMillis = 15_000

interface State {
  readonly member: Member
  readonly beatAt: number
  /** The time of the last datagram of the other side. */
  readonly spokeAt: number
  readonly isSilent: boolean
}

/** Nothing is due. */
const idle: State = { member: 0, beatAt: Infinity, spokeAt: Infinity, isSilent: false }

const app: App<State, {}> = {
  name: "heartbeat",
  summary: "sends the time every 5 s to the first sender, and reports its silence",
  config: Schema.Struct({}),
  audience: "one",
  mostMembers: 1,
  dialects: [{ transport: "udp", framing: "datagram", port: 8006, answersUnproved: true }],
  init: () => idle,
  on: (state, input, now): Turn<State> => {
    switch (input._tag) {
      case "Joined":
        return [{ member: input.member, beatAt: now + beatMillis, spokeAt: now, isSilent: false }, [
          beat(input.member, now)
        ]]
      case "Said":
        return [
          { ...state, spokeAt: now, isSilent: false },
          state.isSilent ? [log("the other side speaks again")] : []
        ]
      case "Woken":
        return woken(state, now)
      case "Left":
        return [idle, []]
    }
  },
  deadline: ({ beatAt, isSilent, spokeAt }) => Math.min(beatAt, spokeAt + (isSilent ? stopMillis : silentMillis)),
  client: makeClient(
    () => null,
    (state, input) => {
      switch (input._tag) {
        case "Opened":
          return [state, [send("heartbeat")]]
        case "Received":
          // Its own beat, in the rhythm of the server.
          return [state, [show(input.text ?? `${input.bytes.length} bytes`), send("heartbeat")]]
        case "Typed":
          return [state, [send(input.line)]]
        case "Ended":
          return [state, []]
      }
    }
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "heartbeat" },
      { _tag: "Wait", millis: 5000 },
      { _tag: "Say", client: 1, message: "heartbeat" },
      { _tag: "Wait", millis: 15_000 }
    ]
  }
}

const beat = (member: Member, now: number): Output => tell(member, String(Math.floor(now / 1000)))

const woken = (state: State, now: number): Turn<State> => {
  const { beatAt, isSilent, member, spokeAt } = state
  if (now >= spokeAt + stopMillis) {
    return [idle, [log(`the other side was silent for ${stopMillis / 1000} s: stopped`), close(member)]]
  }
  if (!isSilent && now >= spokeAt + silentMillis) {
    return [{ ...state, isSilent: true }, [log("the other side fell silent")]]
  }
  if (now < beatAt) return [state, []]
  // After a pause of the process, beats that were missed are not made up for.
  return [{ ...state, beatAt: Math.max(beatAt, now - beatMillis) + beatMillis }, [beat(member, now)]]
}

export const heartbeat = define(app)
