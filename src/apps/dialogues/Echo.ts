/** `echo`: each message is sent back as it is. The message `exit` ends the connection and is not sent back. */
import * as Schema from "effect/Schema"
import { type App, close, define, tell } from "../App.ts"
import { leave, makeClient, send, showMessage } from "../AppClient.ts"

const app: App<null, {}> = {
  name: "echo",
  summary: "sends each message back as it is",
  config: Schema.Struct({}),
  audience: "one",
  dialects: [{ transport: "tcp", framing: "raw", port: 9090 }],
  init: () => null,
  on: (state, input) => {
    if (input._tag !== "Said") return [state, []]
    const { bytes, member, text } = input
    return [state, [text !== undefined && isExit(text) ? close(member) : tell(member, bytes)]]
  },
  client: makeClient(
    () => null,
    (state, input) => {
      if (input._tag === "Received") return [state, [showMessage(input)]]
      if (input._tag === "Typed") return [state, [send(input.line), ...(isExit(input.line) ? [leave] : [])]]
      return [state, []]
    }
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "coo" },
      { _tag: "Say", client: 1, message: "exit" }
    ]
  }
}

/** Whether a message is `exit`, with at most one line end. */
const isExit = (text: string): boolean => /^exit(?:\r?\n)?$/.test(text)

export const echo = define(app)
