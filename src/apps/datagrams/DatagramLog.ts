/** Apps that answer nothing: the operator sees each datagram with its sender. */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type Address, format } from "../../net/Address.ts"
import { type AnyApp, type App, define, log, type Member, type Turn } from "../App.ts"
import type { Example } from "../App.ts"
import { makeClient, send, showMessage } from "../AppClient.ts"
import { lineOf } from "../MessageText.ts"

type State = HashMap.HashMap<Member, Address>

const example: Example = {
  steps: [
    { _tag: "Join" },
    { _tag: "Say", client: 1, message: "coo" },
    { _tag: "Join" },
    { _tag: "Say", client: 2, message: Uint8Array.of(0xff, 0x00) }
  ]
}

/** An app with this name, for these dialects. */
const make = (words: Pick<App<State, {}>, "name" | "summary" | "dialects">): AnyApp =>
  define<State, {}>({
    ...words,
    config: Schema.Struct({}),
    audience: "all",
    init: () => HashMap.empty(),
    on: (state, input): Turn<State> => {
      switch (input._tag) {
        case "Joined":
          return [HashMap.set(state, input.member, input.address), []]
        case "Left":
          return [HashMap.remove(state, input.member), []]
        case "Said": {
          const sender = Option.map(HashMap.get(state, input.member), format)
          return [state, [log(`${Option.getOrElse(sender, () => "")}: ${lineOf(input)}`)]]
        }
        case "Woken":
          return [state, []]
      }
    },
    client: makeClient(
      () => null,
      (state, input) => {
        if (input._tag === "Received") return [state, [showMessage(input)]]
        return [state, input._tag === "Typed" ? [send(input.line)] : []]
      }
    ),
    example
  })

/** `peer`: one of two programs that both listen and send. The other direction, and a person, has `holub talk`. */
export const peer = make({
  name: "peer",
  summary: "shows the operator each datagram; holub talk speaks both ways",
  dialects: [{ transport: "udp", framing: "datagram", port: 8007 }]
})

/** `multicast`: shows what is sent to a group. The default group has administrative scope (RFC 2365), so that no root is needed. */
export const multicast = make({
  name: "multicast",
  summary: "shows the operator each datagram to a multicast group",
  dialects: [{ transport: "multicast", framing: "datagram", port: 4041, group: "239.255.40.40" }]
})
