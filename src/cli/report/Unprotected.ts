/** What the wires do not protect against, in the words for a server and for a client. */
import * as Effect from "effect/Effect"
import type { WireName } from "../../protocol/WireName.ts"
import type { Report } from "./Report.ts"

/** The line of a server that listens. */
export const ofServer = (wire: WireName): string =>
  wire === "classic"
    ? "warning: the classic wire is not encrypted and does not verify senders: anybody who reaches the port can send files"
    : "the flock wire is neither encrypted nor authenticated yet: use it in networks that you trust"

/** Notes for a client, in one line before it sends anything, what its wire does not protect. */
export const warned = (wire: WireName, report: Report): Effect.Effect<void> =>
  wire === "classic"
    ? report.note("warning: the classic wire is not encrypted: others on the way can read and change what is sent")
    : Effect.void
