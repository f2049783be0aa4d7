/** What is under way, as progress sees it. */
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import { headerBytes } from "../../protocol/classic/ClassicFrame.ts"
import type { Started } from "../../transfer/Inbox.ts"
import type { Underway } from "./Report.ts"

/** A server that has not answered yet. */
export const connecting = (to: Address): Underway => ({
  id: "",
  label: format(to),
  verb: "connecting",
  bytes: () => 0,
  size: undefined
})

/** A message that comes. */
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

/** The classic wire does not tell: all fragments but those of the name are taken for full. */
const estimated = (
  { kind, name, plan: { fragmentSize = 0, fragments = 0 } }: Omit<Started, "peer" | "metadata">
): number => {
  const payloadSize = Math.max(1, fragmentSize - headerBytes)
  const nameFragments = kind === "text" ? 0 : Math.ceil(Buffer.byteLength(name) / payloadSize)
  return Math.max(1, fragments - nameFragments) * payloadSize
}
