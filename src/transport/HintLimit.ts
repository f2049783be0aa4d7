/**
 * Limits the hints that a listener sends to peers of another wire: one for each source, and few in all, so that an
 * attacker with spoofed source addresses cannot use a listener as a reflector.
 */
import { format } from "../net/Address.ts"
import type { Address } from "../net/Address.ts"
import * as TransportLimits from "./TransportLimits.ts"

export class HintLimit {
  /** The time of the hint to each source, in milliseconds; the oldest first. */
  readonly #sent = new Map<string, number>()

  /** Returns whether a hint may be sent to `source` at `now` (milliseconds). If so, the hint counts as sent. */
  takes(source: Address, now: number): boolean {
    for (const [key, sentAt] of this.#sent) {
      if (sentAt + TransportLimits.hintMillis > now) break
      this.#sent.delete(key)
    }
    const key = format(source)
    if (this.#sent.has(key) || this.#sent.size >= TransportLimits.hintSources) return false
    this.#sent.set(key, now)
    return true
  }
}
