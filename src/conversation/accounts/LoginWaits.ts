/**
 * Waits after wrong passwords, which grow for an account and a source together: another source can still log in to the account, and
 * this source to other accounts. Bounded: one source has a share of the table, and the earliest to be forgotten makes room for others.
 * Pure: times are milliseconds, given by the caller.
 */
import { Shares } from "../../protocol/Shares.ts"
import { Deadlines } from "../../transport/Deadlines.ts"
import * as Limits from "./AccountLimits.ts"

interface Entry {
  readonly key: string
  readonly source: string
  failures: number
  /** When the next attempt may be made. */
  readyAt: number
}

export class LoginWaits {
  readonly #entries = new Map<string, Entry>()
  readonly #lapses = new Deadlines<Entry>()
  readonly #shares: Shares
  readonly #leastOfSource: number

  /** `most` pairs are remembered, and of one source always `leastOfSource`. */
  constructor(most: number = Limits.loginWaits, leastOfSource: number = Limits.loginWaitsOfSource) {
    this.#shares = new Shares(most, leastOfSource)
    this.#leastOfSource = leastOfSource
  }

  /**
   * Begins an attempt for an account: 0 if it may be made, else the milliseconds until then. An attempt counts as a failure until
   * `succeeded` says otherwise, so that many at the same time do not pass as one.
   */
  begin(account: string, source: string, now: number): number {
    for (let lapsed = this.#lapses.takeDue(now); lapsed !== undefined; lapsed = this.#lapses.takeDue(now)) {
      this.#forget(lapsed)
    }
    const key = keyOf(account, source)
    const entry = this.#entries.get(key) ?? this.#opened(key, source)
    if (entry === undefined) return Limits.manyNamesWaitMillis
    if (entry.readyAt > now) return entry.readyAt - now
    entry.failures++
    entry.readyAt = now + waitAfter(entry.failures)
    this.#lapses.set(entry, entry.readyAt + Limits.waitMemoryMillis)
    return 0
  }

  /** The password was right: nothing is remembered of this pair. */
  succeeded(account: string, source: string): void {
    const entry = this.#entries.get(keyOf(account, source))
    if (entry === undefined) return
    this.#lapses.set(entry, Infinity)
    this.#forget(entry)
  }

  /** Nothing was checked: the attempt does not count. */
  abandoned(account: string, source: string, now: number): void {
    const entry = this.#entries.get(keyOf(account, source))
    if (entry === undefined) return
    entry.failures = Math.max(0, entry.failures - 1)
    entry.readyAt = now
  }

  /** The number of pairs that are remembered. */
  get size(): number {
    return this.#entries.size
  }

  /** Undefined when the source has its share. */
  #opened(key: string, source: string): Entry | undefined {
    while (!this.#shares.take(source)) {
      if (this.#shares.heldBy(source) >= this.#leastOfSource) return undefined
      const earliest = this.#lapses.takeDue(Infinity)
      if (earliest === undefined) return undefined
      this.#forget(earliest)
    }
    const entry = { key, source, failures: 0, readyAt: -Infinity }
    this.#entries.set(key, entry)
    return entry
  }

  #forget(entry: Entry): void {
    this.#entries.delete(entry.key)
    this.#shares.give(entry.source)
  }
}

/** The wait after so many failures, in milliseconds. */
export const waitAfter = (failures: number): number =>
  failures <= Limits.freeFailures
    ? 0
    : Math.min(Limits.longestWaitMillis, Limits.firstWaitMillis * 2 ** (failures - Limits.freeFailures - 1))

const keyOf = (account: string, source: string): string => `${source}\n${account}`
