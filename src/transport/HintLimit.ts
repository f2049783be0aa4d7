/**
 * Limits the hints that a listener sends to peers that speak another wire: one for each source, and few in all, so that nobody
 * can use a listener to send datagrams to others.
 */
import { format } from "../net/Address.ts"
import type { Address } from "../net/Address.ts"
import * as Limits from "../protocol/ProtocolLimits.ts"

export class HintLimit {
  /** By source, when it received its hint; the oldest first. Milliseconds. */
  readonly #sent = new Map<string, number>()

  /** Whether a hint may be sent to `source` at `now`; counts it as sent then. */
  takes(source: Address, now: number): boolean {
    for (const [key, sentAt] of this.#sent) {
      if (sentAt + Limits.hintMillis > now) break
      this.#sent.delete(key)
    }
    const key = format(source)
    if (this.#sent.has(key) || this.#sent.size >= Limits.hintSources) return false
    this.#sent.set(key, now)
    return true
  }
}
