/** Describes the dropped datagrams of a peer, by reason. */
import { count } from "../text/Format.ts"

const reasons: ReadonlyArray<readonly [reason: string, one: string, many?: string]> = [
  ["malformed", "malformed"],
  ["damaged", "damaged"],
  ["ahead", "out of order", "out of order"],
  ["stray", "of an unknown message"],
  ["unexpected", "of an unexpected type"],
  ["copies", "late copy", "late copies"],
  ["duplicates", "duplicate", "duplicates"],
  ["stale", "late answer", "late answers"]
]

/** One line; undefined when nothing was dropped. */
export const dropped = (peer: string, counters: Readonly<Record<string, number>>): string | undefined => {
  const met = reasons.flatMap(([reason, one, many = one]) => {
    const number = counters[reason] ?? 0
    return number === 0 ? [] : [{ number, words: count(number, one, many) }]
  })
  const total = met.reduce((sum, { number }) => sum + number, 0)
  if (total === 0) return undefined
  return `dropped ${count(total, "datagram")} of ${peer}: ${met.map(({ words }) => words).join(", ")}`
}
