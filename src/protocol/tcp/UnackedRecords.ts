/** The sent records of a session of tcp that the peer has not acknowledged, in the order of their numbers. Bounded by `isFull`. */
import type { Frame } from "../flock/wire/Frame.ts"
import * as TcpLimits from "./TcpLimits.ts"

export interface UnackedRecord {
  readonly number: number
  /** The frames whose acknowledgement matters. */
  readonly frames: ReadonlyArray<Frame>
  readonly bytes: number
  /** When it was written, in milliseconds. */
  readonly sentAt: number
}

export class UnackedRecords {
  #records: Array<UnackedRecord> = []
  #bytes = 0

  /** Bytes of all of them. */
  get bytes(): number {
    return this.#bytes
  }

  /** Whether no further data may be sent. */
  get isFull(): boolean {
    return this.#bytes >= TcpLimits.unacknowledgedBytes || this.#records.length >= TcpLimits.unacknowledgedRecords
  }

  /** A record was sent; its number is larger than all before. */
  add(number: number, frames: ReadonlyArray<Frame>, bytes: number, now: number): void {
    this.#records.push({ number, frames, bytes, sentAt: now })
    this.#bytes += bytes
  }

  /** Removes and returns the records up to the number `largest`, which have arrived. */
  ack(largest: number): ReadonlyArray<UnackedRecord> {
    const next = this.#records.findIndex(({ number }) => number > largest)
    const acked = next < 0 ? this.#records : this.#records.slice(0, next)
    this.#records = next < 0 ? [] : this.#records.slice(next)
    for (const { bytes } of acked) this.#bytes -= bytes
    return acked
  }
}
