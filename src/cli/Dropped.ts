/** What was dropped of what a peer sent, and why, in words. */
import type { SenderCounters } from "../Connection.ts"
import type { ReceiverCounters } from "../Peer.ts"
import { count } from "./Words.ts"

type Reason = keyof ReceiverCounters | keyof SenderCounters

const reasons: ReadonlyArray<readonly [reason: Reason, words: string]> = [
  ["malformed", "no frame at all"],
  ["damaged", "damaged"],
  ["ahead", "ahead of their turn"],
  ["stray", "of no message under way"],
  ["unexpected", "not for this side"],
  ["copies", "late copies"],
  ["stale", "late answers"]
]

/** One line; undefined when nothing was dropped. */
export const dropped = (peer: string, counters: Readonly<Partial<Record<Reason, number>>>): string | undefined => {
  const met = reasons.flatMap(([reason, words]) => {
    const number = counters[reason] ?? 0
    return number === 0 ? [] : [{ number, words }]
  })
  const total = met.reduce((sum, { number }) => sum + number, 0)
  const parts = met.map(({ number, words }) => `${number} ${words}`)
  return total === 0 ? undefined : `dropped ${count(total, "datagram")} of ${peer}: ${parts.join(", ")}`
}
