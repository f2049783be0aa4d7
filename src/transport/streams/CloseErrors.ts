/** The SessionError of each reason for which a session with streams has ended. */
import { type CloseReason, nameOf } from "../../protocol/flock/CloseCode.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import * as SessionEnd from "../SessionEnd.ts"
import type { SessionError } from "../SessionError.ts"

/** `peer` is its `host:port`, `ownKey` the public key of this side. */
export const errorOf = (peer: string, reason: CloseReason, ownKey: Uint8Array | undefined): SessionError => {
  const { by, code, text } = reason
  switch (by) {
    case "Idle":
      return SessionEnd.of("Lost", peer)
    case "Reset":
      return SessionEnd.of("PeerRestarted", peer)
    case "Broken":
      return SessionEnd.of("Broken", peer, { text })
    default:
      return SessionEnd.of(endOf(reason), peer, {
        code,
        name: nameOf(code),
        text: by === "peer" ? text : "",
        datagramBytes: Limits.leastDatagramBytes,
        ownKey
      })
  }
}

/** The end of a session by CLOSE. */
const endOf = ({ by, code }: CloseReason): SessionEnd.End => {
  const isOurs = by === "us"
  switch (nameOf(code)) {
    case undefined:
    case "NoError":
      return isOurs ? "Left" : "Closed"
    case "ServerFull":
      return isOurs ? "TurnedAway" : "ServerFull"
    case "NotAllowed":
      return isOurs ? "Disallowed" : "NotAllowed"
    case "NoViablePath":
      return "PathTooSmall"
    case "InternalError":
      return isOurs ? "OwnDefect" : "PeerDefect"
    default:
      return isOurs ? "PeerViolation" : "OwnViolation"
  }
}
