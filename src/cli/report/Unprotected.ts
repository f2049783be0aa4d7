/** What a wire, or a protection that was asked for, does not protect against, in the words for a server and for a client. */
import * as Effect from "effect/Effect"
import type { WireName } from "../../protocol/WireName.ts"
import type { Report } from "./Report.ts"

/** A wire, and on flock whether its packets are encrypted: not with the protection `crc`. */
export interface Exposed {
  readonly wire: WireName
  readonly isEncrypted: boolean
}

/** How it is called; undefined for one that is encrypted. */
const nameOf = ({ isEncrypted, wire }: Exposed): string | undefined =>
  wire === "classic" ? "the classic wire" : isEncrypted ? undefined : "the protection crc"

/** The line of a server that listens; undefined if nothing has to be said. */
export const ofServer = (exposed: Exposed): string | undefined => {
  const name = nameOf(exposed)
  return name === undefined
    ? undefined
    : `warning: ${name} is not encrypted and does not verify senders: anybody who reaches the port can send files`
}

/** The line of a client. */
export const ofClient = (exposed: Exposed): string | undefined => {
  const name = nameOf(exposed)
  return name === undefined
    ? undefined
    : `warning: ${name} is not encrypted: others on the way can read and change what is sent`
}

/** Notes for a client, in one line before it sends anything, what is not protected. */
export const warned = (exposed: Exposed, report: Report): Effect.Effect<void> => {
  const line = ofClient(exposed)
  return line === undefined ? Effect.void : report.note(line)
}
