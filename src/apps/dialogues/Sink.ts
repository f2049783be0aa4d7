/** `sink`: answers nothing. The operator sees which client has connected, and what each read gave. */
import * as Schema from "effect/Schema"
import { type Address, format } from "../../net/Address.ts"
import { type App, define, log, type Turn } from "../App.ts"
import { makeClient, send } from "../AppClient.ts"
import { lineOf } from "../MessageText.ts"

interface State {
  readonly peer: Address | undefined
}

const app: App<State, {}> = {
  name: "sink",
  summary: "shows the operator what clients send, and answers nothing",
  config: Schema.Struct({}),
  audience: "one",
  dialects: [
    { transport: "tcp", framing: "raw", port: 8012 },
    { transport: "udp", framing: "datagram", port: 8012 }
  ],
  init: () => ({ peer: undefined }),
  on: (state, input): Turn<State> => {
    if (input._tag === "Joined") {
      return [{ peer: input.address }, [log(`${format(input.address)} has connected`)]]
    }
    if (input._tag !== "Said") return [state, []]
    const peer = state.peer === undefined ? "" : format(state.peer)
    return [state, [log(`${peer}: ${lineOf(input)}`)]]
  },
  client: makeClient(
    () => null,
    (state, input) => [state, input._tag === "Typed" ? [send(input.line)] : []]
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "coo" },
      { _tag: "Say", client: 1, message: Uint8Array.of(0xff, 0x00) },
      { _tag: "Leave", client: 1 }
    ]
  }
}

export const sink = define(app)
