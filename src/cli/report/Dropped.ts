/** Describes dropped and refused datagrams by reason: those of a peer, and those of a server. */
import { count, duration } from "../text/Format.ts"
import type { EventOf } from "./Report.ts"

const reasons: ReadonlyArray<readonly [reason: string, one: string, many?: string]> = [
  ["malformed", "malformed"],
  ["damaged", "damaged"],
  ["ahead", "out of order", "out of order"],
  ["stray", "of an unknown message"],
  ["strays", "of an unknown peer", "of unknown peers"],
  ["unexpected", "of an unexpected type"],
  ["copies", "late copy", "late copies"],
  ["duplicates", "duplicate", "duplicates"],
  ["stale", "late answer", "late answers"],
  ["full", "beyond the room of its stream", "beyond the room of their streams"],
  ["elsewhere", "from another address than the server's"],
  ["forgedResets", "forged report of a restart", "forged reports of a restart"],
  ["otherWire", "of the other wire"],
  ["otherVersions", "of another version", "of other versions"],
  ["otherProtections", "with another protection", "with other protections"],
  ["wrongGates", "of a handshake without the shared key", "of handshakes without the shared key"],
  ["retries", "asked for a token", "asked for tokens"],
  ["wrongTokens", "with a wrong token", "with wrong tokens"],
  ["forged", "of a forged handshake", "of forged handshakes"],
  ["notAllowed", "of a client whose key is not allowed", "of clients whose keys are not allowed"],
  ["reflected", "from a port that answers anything", "from ports that answer anything"],
  ["withheldResets", "of unknown sessions beyond the limit of answers"],
  ["refused", "of a handshake beyond the limit", "of handshakes beyond the limit"],
  ["timedOut", "of a handshake that took too long", "of handshakes that took too long"],
  ["left", "of a handshake that was given up", "of handshakes that were given up"],
  ["displaced", "handshake displaced by a newer one", "handshakes displaced by newer ones"],
  ["turnedAway", "of a peer that was turned away", "of peers that were turned away"],
  ["errors", "error of the network", "errors of the network"],
  ["defects", "defect of this program", "defects of this program"]
]
const known: ReadonlySet<string> = new Set(reasons.map(([reason]) => reason))

type Counters = Readonly<Record<string, number>>

/** The numbers in words, with their total. A reason without words is named. */
const inWords = (counters: Counters): { readonly total: number; readonly words: string } => {
  const others = Object.keys(counters).filter((reason) => !known.has(reason)).map((reason) => [reason, reason] as const)
  const met = [...reasons, ...others].flatMap(([reason, one, many = one]) => {
    const number = counters[reason] ?? 0
    return number === 0 ? [] : [{ number, words: count(number, one, many) }]
  })
  return {
    total: met.reduce((sum, { number }) => sum + number, 0),
    words: met.map(({ words }) => words).join(", ")
  }
}

/** One line; undefined when nothing was dropped. */
export const dropped = (peer: string, counters: Counters): string | undefined => {
  const { total, words } = inWords(counters)
  return total === 0 ? undefined : `dropped ${count(total, "datagram")} of ${peer}: ${words}`
}

/** `dropped or refused 500000 datagrams in 10 s (50000 a second): 499990 malformed, 10 of unknown peers`. */
export const ofServer = (
  { durationMillis, reasons: counters, total }: EventOf<"dropped">
): string => {
  const perSecond = Math.round(total * 1000 / Math.max(1, durationMillis))
  const rate = perSecond > 1 ? ` (${perSecond} a second)` : ""
  return `dropped or refused ${count(total, "datagram")} in ${duration(durationMillis)}${rate}: ${
    inWords(counters).words
  }`
}
