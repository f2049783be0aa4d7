/**
 * Records of the wire tcp (docs/PROTOCOL.md, tcp §2): a length of 16 bits, big-endian, and so many bytes. It cuts a stream of bytes that
 * arrives in any pieces into records, and knows nothing of what is in them.
 */
import * as TcpLimits from "./TcpLimits.ts"

/** Bytes of the length before each record. */
export const lengthBytes = 2

/** Protection of the records of one session. Each direction has its own key, and numbers its records from 0. */
export interface RecordProtection {
  /** Bytes by which a record is longer than its plaintext. */
  readonly tagBytes: number
  /** Encrypts the next record of this side. */
  readonly seal: (plaintext: Uint8Array) => Uint8Array
  /** The plaintext of the peer's next record; undefined when it is not authentic: then the session cannot go on. */
  readonly open: (record: Uint8Array) => Uint8Array | undefined
  /** Overwrites the keys: nothing is sealed or opened afterwards. May be called again. */
  readonly free: () => void
}

/** A record with its length, as it stands on the wire. */
export const framed = (record: Uint8Array): Uint8Array => {
  if (record.length > TcpLimits.recordBytes) throw new RangeError(`a record has at most ${TcpLimits.recordBytes} bytes`)
  const bytes = new Uint8Array(lengthBytes + record.length)
  bytes[0] = record.length >>> 8
  bytes[1] = record.length
  bytes.set(record, lengthBytes)
  return bytes
}

/** Cuts received bytes into records: `push` a piece, then `take` until there is none. Memory: one record, and the last piece. */
export class RecordReader {
  /** The most bytes of a record; may be changed between two records. */
  mostBytes: number
  #piece: Uint8Array = nothing
  #at = 0
  /** Bytes of the length that were read, and their value. */
  #lengthRead = 0
  #length = 0
  /** The beginning of a record whose end has not arrived. */
  #body: Uint8Array | undefined
  #filled = 0
  #isTooLong = false

  constructor(mostBytes: number = TcpLimits.recordBytes) {
    this.mostBytes = mostBytes
  }

  /** Whether a record was announced that is longer than allowed: nothing can be read any more. */
  get isTooLong(): boolean {
    return this.#isTooLong
  }

  /** Adds received bytes, which belong to the reader. All records before must have been taken. */
  push(bytes: Uint8Array): void {
    if (this.#at < this.#piece.length) {
      const rest = this.#piece.subarray(this.#at)
      const both = new Uint8Array(rest.length + bytes.length)
      both.set(rest)
      both.set(bytes, rest.length)
      this.#piece = both
    } else this.#piece = bytes
    this.#at = 0
  }

  /** The next record that has arrived completely; undefined when there is none. */
  take(): Uint8Array | undefined {
    if (this.#isTooLong) return undefined
    while (this.#lengthRead < lengthBytes) {
      if (this.#at === this.#piece.length) return undefined
      this.#length = (this.#length << 8) | (this.#piece[this.#at++] ?? 0)
      this.#lengthRead++
    }
    if (this.#length > this.mostBytes) {
      this.#isTooLong = true
      this.#piece = nothing
      this.#at = 0
      return undefined
    }
    const available = this.#piece.length - this.#at
    if (this.#body === undefined) {
      if (available >= this.#length) return this.#taken(this.#piece.subarray(this.#at, this.#at += this.#length))
      this.#body = new Uint8Array(this.#length)
      this.#filled = 0
    }
    const count = Math.min(available, this.#length - this.#filled)
    this.#body.set(this.#piece.subarray(this.#at, this.#at += count), this.#filled)
    this.#filled += count
    return this.#filled < this.#length ? undefined : this.#taken(this.#body)
  }

  #taken(record: Uint8Array): Uint8Array {
    this.#lengthRead = this.#length = this.#filled = 0
    this.#body = undefined
    return record
  }
}

const nothing = new Uint8Array(0)
