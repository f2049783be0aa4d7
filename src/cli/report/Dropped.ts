/** What was dropped of what a peer sent, and why, in words. */
import type { SenderCounters } from "../../transport/classic/ClassicConnection.ts"
import type { ReceiverCounters } from "../../transport/classic/ClassicPeer.ts"
import { count } from "../text/Format.ts"

type Reason = keyof ReceiverCounters | keyof SenderCounters

const reasons: ReadonlyArray<readonly [reason: Reason, one: string, many?: string]> = [
  ["malformed", "no frame at all"],
  ["damaged", "damaged"],
  ["ahead", "ahead of its turn", "ahead of their turn"],
  ["stray", "of no message under way"],
  ["unexpected", "not for this side"],
  ["copies", "late copy", "late copies"],
  ["stale", "late answer", "late answers"]
]

/** One line; undefined when nothing was dropped. */
export const dropped = (peer: string, counters: Readonly<Partial<Record<Reason, number>>>): string | undefined => {
  const met = reasons.flatMap(([reason, one, many = one]) => {
    const number = counters[reason] ?? 0
    return number === 0 ? [] : [{ number, words: count(number, one, many) }]
  })
  const total = met.reduce((sum, { number }) => sum + number, 0)
  if (total === 0) return undefined
  return `dropped ${count(total, "datagram")} of ${peer}: ${met.map(({ words }) => words).join(", ")}`
}
