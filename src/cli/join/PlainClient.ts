/** The client of `join` for a server whose app is not known: it sends each line, and shows each message. */
import { makeClient, send, show } from "../../apps/AppClient.ts"
import * as Payload from "../text/Payload.ts"

export const plainClient = makeClient(
  () => null,
  (state, input) => {
    if (input._tag === "Received") return [state, [show(input.text ?? Payload.escaped(input.bytes))]]
    return [state, input._tag === "Typed" ? [send(input.line)] : []]
  }
)
