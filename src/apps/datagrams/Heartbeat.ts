/**
 * `heartbeat`: the sender of the first datagram gets the Unix time in seconds, at once and every 5 s, as long as it sends something
 * itself. A side that misses one beat and half of another fell silent; after 15 s of silence the server stops, and the next sender is
 * served.
 */
import * as Schema from "effect/Schema"
import { type App, close, define, log, type Member, type Output, tell, type Turn } from "../App.ts"
import { makeClient, send, showMessage } from "../AppClient.ts"
import { between } from "../ConfigDuration.ts"

/** The interval of the beats, in milliseconds, where `every` does not say another one. */
export const beatMillis = 5000

/** Beats without which a side fell silent: one, and half of another for delays. */
const silentBeats = 1.5

/** The beats of silence after which the server stops. */
const stopBeats = 3

interface State {
  readonly everyMillis: number
  readonly member: Member
  readonly beatAt: number
  /** The time of the last datagram of the other side. */
  readonly spokeAt: number
  readonly isSilent: boolean
}

/** Nothing is due. */
const idle = { member: 0, beatAt: Infinity, spokeAt: Infinity, isSilent: false }

const app: App<State, { readonly every: number }> = {
  name: "heartbeat",
  summary: "sends the time every 5 s to the first sender, and reports its silence",
  config: Schema.Struct({
    every: Schema.optionalWith(between(1000, 3_600_000), { exact: true, default: () => beatMillis })
  }),
  audience: "one",
  mostMembers: 1,
  dialects: [{ transport: "udp", framing: "datagram", port: 8006, answersUnproved: true }],
  init: ({ every }) => ({ ...idle, everyMillis: every }),
  on: (state, input, now): Turn<State> => {
    switch (input._tag) {
      case "Joined":
        return [{ ...state, member: input.member, beatAt: now + state.everyMillis, spokeAt: now, isSilent: false }, [
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
        return [{ ...state, ...idle }, []]
    }
  },
  deadline: ({ beatAt, everyMillis, isSilent, spokeAt }) =>
    Math.min(beatAt, spokeAt + (isSilent ? stopBeats : silentBeats) * everyMillis),
  client: makeClient(
    (): HeartbeatClient => ({ answeredSeconds: -Infinity }),
    (state, input) => {
      switch (input._tag) {
        case "Opened":
          return [state, [send("heartbeat")]]
        case "Received": {
          const shown = showMessage(input)
          const seconds = secondsOf(input.text)
          // Its own beat, in the rhythm of the server.
          return seconds > state.answeredSeconds
            ? [{ answeredSeconds: seconds }, [shown, send("heartbeat")]]
            : [state, [shown]]
        }
        case "Typed":
          return [state, [send(input.line)]]
        case "Leaving":
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

/**
 * The beats are the clock of the client: it answers those of a later second than the last answered one, and nothing else. A server that
 * answers each datagram at once thus gets one a second.
 */
interface HeartbeatClient {
  readonly answeredSeconds: number
}

/** The Unix time of a beat in seconds; NaN for what is none. */
const secondsOf = (text: string | undefined): number => /^\d{1,15}$/.test(text ?? "") ? Number(text) : Number.NaN

const beat = (member: Member, now: number): Output => tell(member, String(Math.floor(now / 1000)))

const woken = (state: State, now: number): Turn<State> => {
  const { beatAt, everyMillis, isSilent, member, spokeAt } = state
  const stopMillis = stopBeats * everyMillis
  if (now >= spokeAt + stopMillis) {
    return [{ ...state, ...idle }, [
      log(`the other side was silent for ${stopMillis / 1000} s: stopped`),
      close(member)
    ]]
  }
  if (!isSilent && now >= spokeAt + silentBeats * everyMillis) {
    return [{ ...state, isSilent: true }, [log("the other side fell silent")]]
  }
  if (now < beatAt) return [state, []]
  // After a pause of the process, beats that were missed are not made up for.
  return [{ ...state, beatAt: Math.max(beatAt, now - everyMillis) + everyMillis }, [beat(member, now)]]
}

export const heartbeat = define(app)
