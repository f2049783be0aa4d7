/** The file that an event brings into a room. */
import type { Event } from "../../protocol/conversation/Event.ts"

/** The SHA-256 of the file of an event, in hexadecimal; undefined for an event without one. */
export const hashOf = ({ body, kind }: Pick<Event, "kind" | "body">): string | undefined => {
  if (kind !== "file" || body === null) return undefined
  const { sha256 } = body
  return typeof sha256 === "string" && /^[0-9a-f]{64}$/.test(sha256) ? sha256 : undefined
}
