/**
 * A model of the existing server program, including its deviations, as a peer for our client. A synchronous state
 * machine; time is a number of milliseconds. A comment that begins with "Odd" marks a deviation of the program, which
 * must stay.
 */
import { decode, describeFrame, encode, type Frame, frameType, headerBytes, isIntact } from "./frames.ts"

export interface Received {
  readonly kind: "text" | "file"
  /** The received name, which the program joins to its directory unchanged. */
  readonly name?: string
  readonly bytes: Uint8Array
}

/** Why it is not connected: it left, its peer left, or 20 s passed without a datagram. */
export type ServerEnding = "left" | "peerLeft" | "lost"

export interface ServerOptions {
  /**
   * The idle timeout; 20 s in the programs. A longer one lets the retransmission of ExistingClient after 20 s arrive.
   */
  readonly idleTimeoutMillis?: number
}

interface Transfer {
  readonly announcement: Frame
  readonly kind: "text" | "file"
  readonly pieces: Array<Uint8Array>
}

export class ExistingServer {
  readonly received: Array<Received> = []
  readonly log: Array<string> = []
  readonly counters = {
    datagrams: 0,
    acked: 0,
    nacked: 0,
    /** Frames in the idle state of a type that is not answered there. */
    ignored: 0,
    /** DATs that were received before, acknowledged again. */
    repeated: 0,
    /** DATs ahead of the next one, acknowledged and dropped. */
    ahead: 0,
    /** Copies of the INF of this transfer, acknowledged without the data byte. */
    announcedAgain: 0,
    /** Frames with a correct CRC that are not part of this transfer, acknowledged and dropped. */
    strays: 0,
    keepAlives: 0,
    /** Transfers that were abandoned because the peer was lost. */
    abandoned: 0
  }
  /**
   * Events that a correct client never causes: short datagrams, frames in the transfer of another peer, invalid
   * announcements.
   */
  accidents = 0
  connected = false
  ending: ServerEnding | undefined = undefined
  readonly #idleTimeoutMillis: number
  #peer = ""
  #leaving = false
  #lastReceivedAt = 0
  #transfer: Transfer | undefined = undefined

  constructor(options: ServerOptions = {}) {
    this.#idleTimeoutMillis = options.idleTimeoutMillis ?? 20_000
  }

  get ended(): boolean {
    return this.ending !== undefined
  }

  /** Whether a transfer is in progress. */
  get busy(): boolean {
    return this.#transfer !== undefined
  }

  get deadline(): number {
    return this.connected ? this.#lastReceivedAt + this.#idleTimeoutMillis : Infinity
  }

  /** Drains: the next KPA in the idle state is answered by FIN, because a server sends no frame unsolicited. */
  leave(): void {
    this.#leaving = true
  }

  /** Processes a datagram and returns the answers to its sender. */
  receive(datagram: Uint8Array, from: string, nowMillis: number): ReadonlyArray<Uint8Array> {
    // It has sent FIN: the program has ended and does not answer.
    if (this.ending === "left") return []
    this.counters.datagrams += 1
    const frame = decode(datagram)
    if (frame === undefined) {
      this.#accident(`treats a datagram of ${datagram.length} bytes, under ${headerBytes}, as an INF`)
      return []
    }
    if (this.#transfer !== undefined && from !== this.#peer) {
      this.#accident(`treats ${describeFrame(datagram)} of ${from} as a part of the transfer of ${this.#peer}`)
    }
    this.#lastReceivedAt = nowMillis
    return this.#transfer === undefined ?
      this.#idle(frame, from) :
      this.#transferring(frame, isIntact(datagram), this.#transfer)
  }

  /** Processes the timer that is due; it sends nothing. */
  timeout(nowMillis: number): ReadonlyArray<Uint8Array> {
    if (nowMillis < this.deadline) return []
    if (this.#transfer !== undefined) this.counters.abandoned += 1
    this.#end("lost")
    return []
  }

  #idle(frame: Frame, from: string): ReadonlyArray<Uint8Array> {
    switch (frame.type) {
      case frameType.INF: {
        // Odd: the CRC of an INF is not verified.
        this.#connect(from)
        const kind = String.fromCharCode(...frame.data.subarray(0, 1))
        if (frame.data.length !== 1 || (kind !== "T" && kind !== "F") || frame.count === 0) {
          this.#accident(`accepts an invalid announcement: ${frame.count} fragments of "${kind}"`)
        }
        this.#transfer = { announcement: frame, kind: kind === "F" ? "file" : "text", pieces: [] }
        this.log.push(`transfer of ${frame.count} fragments begins`)
        return this.#answer(frame, frameType.ACK, frame.data)
      }
      case frameType.KPA: {
        // Odd: answered even before any announcement.
        this.counters.keepAlives += 1
        if (!this.#leaving) {
          this.#connect(from)
          return this.#answer(frame, frameType.ACK)
        }
        this.#end("left")
        return [encode({ sequence: 0, count: 0, size: frame.size, type: frameType.FIN })]
      }
      case frameType.FIN: {
        if (this.connected) this.#end("peerLeft")
        else this.counters.ignored += 1
        return []
      }
      default: {
        // Including DAT: retransmissions of a completed message are not answered.
        this.counters.ignored += 1
        return []
      }
    }
  }

  /** Odd: only the CRC determines the answer, for any type, so a KPA or FIN (CRC 0) gets a NACK. */
  #transferring(frame: Frame, intact: boolean, transfer: Transfer): ReadonlyArray<Uint8Array> {
    if (!intact) return this.#answer(frame, frameType.NACK)
    const { announcement, pieces } = transfer
    const sameMessage = frame.count === announcement.count
    if (frame.type === frameType.DAT && sameMessage && frame.sequence > 0) {
      if (frame.sequence <= pieces.length) this.counters.repeated += 1
      else if (frame.sequence > pieces.length + 1) this.counters.ahead += 1
      else pieces.push(frame.data)
    } else if (frame.type === frameType.INF && sameMessage && frame.sequence === announcement.sequence) {
      this.counters.announcedAgain += 1
    } else {
      this.counters.strays += 1
      this.log.push(`drops type ${frame.type} ${frame.sequence}/${frame.count}, which is not part of this transfer`)
    }
    if (announcement.count > 0 && pieces.length === announcement.count) this.#deliver(transfer)
    // Odd: without the data byte, also for a retransmitted INF.
    return this.#answer(frame, frameType.ACK)
  }

  #deliver(transfer: Transfer): void {
    const { announcement, kind, pieces } = transfer
    const named = kind === "file" ? announcement.sequence : 0
    const bytes = new Uint8Array(Buffer.concat(pieces.slice(named)))
    const name = Buffer.concat(pieces.slice(0, named)).toString("utf8")
    this.received.push(kind === "file" ? { kind, name, bytes } : { kind, bytes })
    this.#transfer = undefined
    this.log.push(`${kind} of ${bytes.length} bytes is received`)
  }

  /** An answer with sequence, count and size as received and CRC 0. */
  #answer(frame: Frame, type: number, data: Uint8Array = new Uint8Array(0)): ReadonlyArray<Uint8Array> {
    if (type === frameType.ACK) this.counters.acked += 1
    else this.counters.nacked += 1
    return [encode({ sequence: frame.sequence, count: frame.count, size: frame.size, type, data })]
  }

  #connect(from: string): void {
    this.#peer = from
    this.connected = true
    this.ending = undefined
  }

  #end(ending: ServerEnding): void {
    this.#transfer = undefined
    this.connected = false
    this.ending = ending
    this.log.push(`connection ends: ${ending}`)
  }

  #accident(what: string): void {
    this.accidents += 1
    this.log.push(`accident: ${what}`)
  }
}
