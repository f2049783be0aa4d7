/**
 * A model of the existing server program, oddities included: what our client meets in the world. A synchronous state
 * machine; time is a number of milliseconds. Where it is odd the comment says so: these are not mistakes to be mended.
 */
import { decode, describeFrame, encode, type Frame, frameType, headerBytes, isIntact } from "./frames.ts"

export interface Received {
  readonly kind: "text" | "file"
  /** The raw name: the program joins it to its directory as it is. */
  readonly name?: string
  readonly bytes: Uint8Array
}

/** Why it is connected to nobody: it left, its peer left, or 20 s went by in silence. */
export type ServerEnding = "left" | "peerLeft" | "lost"

export interface ServerOptions {
  /** Silence after which the peer is lost; 20 s in the programs. A longer one outwaits ExistingClient's own 20 s. */
  readonly silenceMillis?: number
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
    /** Met in idle, and of a type that idle does not answer. */
    ignored: 0,
    /** A DAT that it had already, acknowledged again. */
    repeated: 0,
    /** A DAT ahead of its turn, acknowledged and thrown away. */
    ahead: 0,
    /** The INF of this transfer once more, acknowledged without its data byte. */
    announcedAgain: 0,
    /** CRC right, and yet no part of this transfer; acknowledged and thrown away. */
    strays: 0,
    keepAlives: 0,
    /** Transfers given up because the peer was lost. */
    abandoned: 0
  }
  /** What a good client never does: short datagrams, talking into another peer's transfer, nonsense announced. */
  accidents = 0
  connected = false
  ending: ServerEnding | undefined = undefined
  readonly #silence: number
  #peer = ""
  #leaving = false
  #heard = 0
  #transfer: Transfer | undefined = undefined

  constructor(options: ServerOptions = {}) {
    this.#silence = options.silenceMillis ?? 20_000
  }

  get ended(): boolean {
    return this.ending !== undefined
  }

  /** Whether a transfer is under way. */
  get busy(): boolean {
    return this.#transfer !== undefined
  }

  get deadline(): number {
    return this.connected ? this.#heard + this.#silence : Infinity
  }

  /** Wants to end. It cannot speak first, so the next KPA met in idle is answered by FIN. */
  leave(): void {
    this.#leaving = true
  }

  /** Takes a datagram and returns the answers to its sender. */
  receive(datagram: Uint8Array, from: string, nowMillis: number): ReadonlyArray<Uint8Array> {
    // It has said FIN: the program is gone, and nobody answers any more.
    if (this.ending === "left") return []
    this.counters.datagrams += 1
    const frame = decode(datagram)
    if (frame === undefined) {
      this.#accident(`takes ${datagram.length} bytes under ${headerBytes} for an INF`)
      return []
    }
    if (this.#transfer !== undefined && from !== this.#peer) {
      this.#accident(`takes ${describeFrame(datagram)} of ${from} for a part of the transfer of ${this.#peer}`)
    }
    this.#heard = nowMillis
    return this.#transfer === undefined ?
      this.#idle(frame, from) :
      this.#transferring(frame, isIntact(datagram), this.#transfer)
  }

  /** Does what is due; it never sends of its own accord. */
  timeout(nowMillis: number): ReadonlyArray<Uint8Array> {
    if (nowMillis < this.deadline) return []
    if (this.#transfer !== undefined) this.counters.abandoned += 1
    this.#end("lost")
    return []
  }

  #idle(frame: Frame, from: string): ReadonlyArray<Uint8Array> {
    switch (frame.type) {
      case frameType.INF: {
        // Odd: the CRC of an INF is not looked at.
        this.#connect(from)
        const kind = String.fromCharCode(...frame.data.subarray(0, 1))
        if (frame.data.length !== 1 || (kind !== "T" && kind !== "F") || frame.count === 0) {
          this.#accident(`is announced nonsense: ${frame.count} fragments of "${kind}"`)
        }
        this.#transfer = { announcement: frame, kind: kind === "F" ? "file" : "text", pieces: [] }
        this.log.push(`transfer of ${frame.count} fragments begins`)
        return this.#answer(frame, frameType.ACK, frame.data)
      }
      case frameType.KPA: {
        // Odd: answered even when nobody has announced anything yet.
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
        // DAT too: it is silent towards repeats of a message that it has.
        this.counters.ignored += 1
        return []
      }
    }
  }

  /** Odd: the CRC alone decides about the answer, whatever the type, so a KPA or FIN (CRC 0) gets a NACK. */
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
      this.log.push(`throws away type ${frame.type} ${frame.sequence}/${frame.count}, no part of this transfer`)
    }
    if (announcement.count > 0 && pieces.length === announcement.count) this.#deliver(transfer)
    // Odd: without the data, of a repeated INF too.
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

  /** Sequence, count and size as they came; CRC 0. */
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
