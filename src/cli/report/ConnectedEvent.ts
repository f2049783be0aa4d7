/** The `connected` event of a session, with the key of its peer. */
import { format } from "../../net/Address.ts"
import type { Peer } from "../../transport/Transport.ts"
import { textOf } from "../trust/KeyName.ts"
import type { EventOf } from "./Report.ts"

export const of = (peer: Peer): EventOf<"connected"> => {
  const { isTrusted, publicKey } = peer
  const isKeyed = publicKey !== undefined
  return {
    type: "connected",
    peer: format(peer),
    key: isKeyed ? textOf(publicKey) : undefined,
    trusted: isKeyed ? isTrusted : undefined
  }
}
