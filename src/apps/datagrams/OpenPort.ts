/**
 * `open-port`: answers three datagrams of one sender, through the port that the first of them has opened in the routers between the
 * two. Others are dropped meanwhile; the next sender is served after the last answer, or after 30 s of silence.
 */
import * as Schema from "effect/Schema"
import { type App, close, define, log, type Member, tell, type Turn } from "../App.ts"
import { ask, leave, makeClient, send, show } from "../AppClient.ts"
import type { Language } from "../Language.ts"
import { texts } from "./DatagramTexts.ts"

export const answer = "Hello from me also"
export const lastAnswer = "Woow..we speak on the edge"

/** The number of datagrams that are answered. */
const answers = 3

/** The time after which a silent sender is given up, in milliseconds. */
export const silenceMillis = 30_000

interface State {
  readonly member: Member
  readonly answered: number
  readonly silentAt: number
}

const app: App<State, {}> = {
  name: "open-port",
  summary: "answers one sender through the port that it has opened",
  config: Schema.Struct({}),
  audience: "one",
  mostMembers: 1,
  dialects: [{ transport: "udp", framing: "datagram", port: 8005 }],
  init: () => ({ member: 0, answered: 0, silentAt: Infinity }),
  on: (state, input, now): Turn<State> => {
    switch (input._tag) {
      case "Joined":
        return [{ member: input.member, answered: 0, silentAt: now + silenceMillis }, []]
      case "Said": {
        const { member, text } = input
        // Two of these servers, each in the forged name of the other, would talk for ever.
        if (text === answer || text === lastAnswer) return [state, []]
        const answered = state.answered + 1
        const next = { member, answered, silentAt: now + silenceMillis }
        return [next, answered < answers ? [tell(member, answer)] : [tell(member, lastAnswer), close(member)]]
      }
      case "Woken":
        return [{ ...state, silentAt: Infinity }, [log("the sender fell silent"), close(state.member)]]
      case "Left":
        return [{ ...state, silentAt: Infinity }, []]
    }
  },
  deadline: ({ silentAt }) => silentAt,
  client: makeClient(
    (language): Language => language,
    (language, input) => {
      const again = ask(texts[language].askMessage)
      if (input._tag === "Opened") return [language, [again]]
      if (input._tag === "Typed") return [language, [send(input.line)]]
      if (input._tag !== "Received" || input.text === undefined) return [language, []]
      return [language, [show(input.text), input.text === lastAnswer ? leave : again]]
    }
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "Hello from me" },
      { _tag: "Say", client: 1, message: "Do you see my address?" },
      { _tag: "Say", client: 1, message: "Both of us are on the edge" }
    ]
  }
}

export const openPort = define(app)
