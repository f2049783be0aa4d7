/** The transfers in progress, as the progress line shows them. */
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import { headerBytes } from "../../protocol/classic/ClassicFrame.ts"
import type { Started } from "../../transfer/Inbox.ts"
import type { Underway } from "./Report.ts"

/** A connection attempt to a server. */
export const connecting = (to: Address): Underway => ({
  id: "",
  label: format(to),
  verb: "connecting",
  bytes: () => 0,
  size: undefined
})

/** A message that is being received. */
export const receiving = (message: Omit<Started, "peer" | "metadata">): Underway => {
  const { arrivedBytes, id, kind, name, repeats } = message
  const size = message.size ?? estimated(message)
  const isEstimate = message.size === undefined
  return {
    id,
    label: kind === "text" ? "a text" : name,
    verb: "receiving",
    bytes: arrivedBytes,
    size,
    isEstimate,
    repeats
  }
}

/**
 * Bytes of the content, which the classic wire does not transmit: all fragments except those of the name count as full.
 */
const estimated = (
  { kind, name, plan: { fragmentSize = 0, fragments = 0 } }: Omit<Started, "peer" | "metadata">
): number => {
  const payloadSize = Math.max(1, fragmentSize - headerBytes)
  const nameFragments = kind === "text" ? 0 : Math.ceil(Buffer.byteLength(name) / payloadSize)
  return Math.max(1, fragments - nameFragments) * payloadSize
}
