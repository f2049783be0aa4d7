/** `hello`: greets, takes one message, thanks, and ends. */
import * as Schema from "effect/Schema"
import { type App, close, define, tell } from "../App.ts"
import { leave, makeClient, send, show } from "../AppClient.ts"

const app: App<null, {}> = {
  name: "hello",
  summary: "greets, and thanks for one message",
  config: Schema.Struct({}),
  audience: "one",
  dialects: [{ transport: "tcp", framing: "auto", port: 8005 }],
  init: () => null,
  on: (state, input) => {
    if (input._tag === "Joined") return [state, [tell(input.member, "Hello and welcome")]]
    if (input._tag === "Said") return [state, [tell(input.member, "Thank you"), close(input.member)]]
    return [state, []]
  },
  client: makeClient(
    () => "",
    (seen, input) => {
      if (input._tag !== "Received" || input.text === undefined) return [seen, []]
      // The greeting may come in parts: the answer is sent after the first, and the thanks end.
      const next = (seen + input.text).slice(-mostSeen)
      const answer = seen === "" ? [send("Hello")] : /Thank you\s*$/.test(next) ? [leave] : []
      return [next, [show(input.text.trimEnd()), ...answer]]
    }
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "Good morning" }
    ]
  }
}

/** UTF-16 code units of what the server has said: its two lines. */
const mostSeen = 64

export const hello = define(app)
