/**
 * The canonical key of a core's state: two states with the same key behave alike for ever. It follows own properties like
 * CoreCopy; whatever it does not know by name goes into the key as it is, so that a new field can make the state space
 * larger but never hide a state.
 *
 * - Instants are taken relative to the present: the cores only add to them, subtract and compare.
 * - An instant that is only ever asked "is it over?" is cut off once it is; the others that are cut off are those of which
 *   only so much matters: a KPA older than twice `lateMillis` is as good as none, an answer older than `silenceMillis` too.
 * - Statistics are left out. They are counted and shown, and nothing is decided by them.
 * - Where the retransmission timeout has one value (floor = cap = first), round trips decide nothing and are left out, and
 *   a copy's departure only says for how long a late answer is possible.
 * - A receiver's block is as long as it is for historical reasons; the zeros behind what is filled are left out.
 */
import type { TimingValues } from "../../../src/protocol/classic/TimingValues.ts"

/** Never decided by: options that are the same in a whole world, and statistics. */
const left = new Set([
  "_crc32",
  "_options",
  "_timing",
  "counters",
  "damaged",
  "damagedNumbers",
  "duplicates",
  "_repeatedNumbers",
  "_retransmissions"
])

/** How often the frame in flight went. */
const copies = "_copies"

/** Only feed the retransmission timeout. */
const measures = new Set(["_retransmissionTimeout", "_repeated"])

export class CoreKey {
  readonly #isPinned: boolean
  /** How far back an instant matters, by its name. */
  readonly #reach: ReadonlyMap<string, number>

  constructor(timing: TimingValues) {
    const { firstTimeoutMillis, lateMillis, maxTimeoutMillis, minTimeoutMillis, silenceMillis } = timing
    this.#isPinned = minTimeoutMillis === maxTimeoutMillis && firstTimeoutMillis === maxTimeoutMillis
    this.#reach = new Map([
      ["_answeredAt", lateMillis],
      ["_probeExpectedUntil", 0],
      ["_validFrom", 0],
      ["_firstSentAt", Infinity],
      ["_copiesUntil", 0],
      ["_lastActivityAt", Infinity],
      ["_keepAliveAt", Infinity],
      ["_keepAliveSentAt", 2 * lateMillis],
      ["_messageKnownAt", silenceMillis],
      ["_lingersUntil", Infinity],
      ["_mayProbeUntil", 0],
      ["_sentAt", this.#isPinned ? lateMillis : Infinity],
      ["_ambiguousUntil", 0],
      ["_timeoutAt", Infinity],
      ["until", 0]
    ])
  }

  of(value: unknown, now: number): string {
    if (typeof value !== "object" || value === null) return String(value)
    if (value instanceof Uint8Array) return bytesKey(value)
    if (Array.isArray(value)) return `[${value.map((item) => this.of(item, now)).join(",")}]`
    let key = "{"
    for (const [name, part] of Object.entries(value)) {
      if (left.has(name) || (this.#isPinned && measures.has(name))) continue
      // Nothing in flight: the last departure is written over before it is read.
      if (name === "_sentAt" && copies in value && value[copies] === 0) continue
      const reach = this.#reach.get(name)
      key += reach !== undefined && typeof part === "number"
        ? `${Math.max(part - now, -reach)};`
        : `${this.of(part, now)};`
    }
    return `${key}}`
  }
}

const bytesKey = (bytes: Uint8Array): string => {
  let filled = bytes.length
  while (filled > 0 && bytes[filled - 1] === 0) filled--
  return `${bytes.length}:${filled}:${Buffer.from(bytes.buffer, bytes.byteOffset, filled).toString("latin1")}`
}
