/**
 * The canonical key of a core's state: two states with equal keys behave identically. It follows own properties as
 * CoreCopy does. A field that is not listed here is part of the key unchanged, so a new field can enlarge the state
 * space but can never hide a state.
 *
 * - Times are relative to the current time: the cores only add, subtract and compare them.
 * - A time that is only compared with the current time is truncated once it has passed. Other times are truncated where
 *   older values have the same effect: a KPA older than twice `lateMillis` equals none, and so does an answer older than
 *   `idleTimeoutMillis`.
 * - Statistics are excluded: they are counted and printed, but no decision depends on them.
 * - If the retransmission timeout has one value (minimum = maximum = initial), RTT samples have no effect and are
 * excluded,
 *   and the send time of a copy only limits how long a late answer is possible.
 * - A receiver's block may be longer than its content; the zeros after the content are excluded.
 */
import type { TimingValues } from "../../../src/protocol/classic/TimingValues.ts"

/** Fields without effect on decisions: options, which are constant in a world, and statistics. */
const excluded = new Set([
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

/** How often the frame in flight was sent. */
const copies = "_copies"

/** Fields that only affect the retransmission timeout. */
const timeoutFields = new Set(["_retransmissionTimeout", "_repeated"])

/** Computes keys for the cores of one world. */
export class CoreKey {
  readonly #hasFixedTimeout: boolean
  /** By field name: how long a time has an effect after it has passed, in milliseconds. */
  readonly #effectMillis: ReadonlyMap<string, number>

  constructor(timing: TimingValues) {
    const { firstTimeoutMillis, idleTimeoutMillis, lateMillis, maxTimeoutMillis, minTimeoutMillis } = timing
    this.#hasFixedTimeout = minTimeoutMillis === maxTimeoutMillis && firstTimeoutMillis === maxTimeoutMillis
    this.#effectMillis = new Map([
      ["_answeredAt", lateMillis],
      ["_probeExpectedUntil", 0],
      ["_validFrom", 0],
      ["_firstSentAt", Infinity],
      ["_copiesUntil", 0],
      ["_lastActivityAt", Infinity],
      ["_keepAliveAt", Infinity],
      ["_keepAliveSentAt", 2 * lateMillis],
      ["_messageKnownAt", idleTimeoutMillis],
      ["_lingersUntil", Infinity],
      ["_mayProbeUntil", 0],
      ["_sentAt", this.#hasFixedTimeout ? lateMillis : Infinity],
      ["_ambiguousUntil", 0],
      ["_timeoutAt", Infinity],
      ["until", 0]
    ])
  }

  /** The fields that get a treatment of their own, as a built core names them. */
  get fields(): ReadonlyArray<string> {
    return [...excluded, copies, ...timeoutFields, ...this.#effectMillis.keys()]
  }

  /** The key of a value at the time `now` in milliseconds. */
  of(value: unknown, now: number): string {
    if (typeof value !== "object" || value === null) return String(value)
    if (value instanceof Uint8Array) return bytesKey(value)
    if (Array.isArray(value)) return `[${value.map((item) => this.of(item, now)).join(",")}]`
    let key = "{"
    for (const [name, part] of Object.entries(value)) {
      if (excluded.has(name) || (this.#hasFixedTimeout && timeoutFields.has(name))) continue
      // Without a frame in flight, the last send time is overwritten before it is read.
      if (name === "_sentAt" && copies in value && value[copies] === 0) continue
      const effectMillis = this.#effectMillis.get(name)
      key += effectMillis !== undefined && typeof part === "number"
        ? `${Math.max(part - now, -effectMillis)};`
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
