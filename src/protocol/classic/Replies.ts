/**
 * What a receiver owes its peer: each datagram is answered at most once, and an answer repeats the fields of what it
 * answers exactly as they came (docs/PROTOCOL.md §2.3). One answer may be withheld; FIN is said once.
 */
import * as Frame from "./ClassicFrame.ts"

const nothing = new Uint8Array(0)

interface Reply {
  readonly header: Frame.Header
  readonly payload: Uint8Array
}

export class Replies {
  #queue: Array<Reply> = []
  #withheld: Reply | undefined
  #isFinSent = false

  /** The sequence number whose ACK is withheld. */
  get withheldNumber(): number | undefined {
    return this.#withheld?.header.sequenceNumber
  }

  acknowledge(frame: Frame.Frame): void {
    this.#queue.push(acknowledgementOf(frame))
  }

  /** Keeps the ACK of `frame` back, until {@link release} or {@link discardWithheld}. */
  withhold(frame: Frame.Frame): void {
    this.#withheld = acknowledgementOf(frame)
  }

  release(): void {
    if (this.#withheld !== undefined) this.#queue.push(this.#withheld)
    this.#withheld = undefined
  }

  discardWithheld(): void {
    this.#withheld = undefined
  }

  nack(frame: Frame.Header): void {
    this.#queue.push({ header: headerOf(frame, Frame.Kind.nack), payload: nothing })
  }

  /** FIN, unless it was said since the last refusal. A KPA is answered in its own dialect. */
  sendFin(answered?: Frame.Header): void {
    if (this.#isFinSent) return
    this.#isFinSent = true
    const fragmentSize = answered?.kind === Frame.Kind.kpa ? answered.fragmentSize : Frame.headerBytes
    this.#queue.push({
      header: { sequenceNumber: 0, fragmentCount: 0, fragmentSize, kind: Frame.Kind.fin },
      payload: nothing
    })
  }

  /** FIN, whether it was said before or not. */
  resendFin(answered?: Frame.Header): void {
    this.#isFinSent = false
    this.sendFin(answered)
  }

  /** FIN may be said anew; where an ACK was withheld, it answers in its place. */
  replaceWithheldByFin(): void {
    this.#isFinSent = false
    if (this.#withheld === undefined) return
    this.#withheld = undefined
    this.sendFin()
  }

  /** Writes the next reply into `target` and returns its bytes; 0 when there is none. */
  pollTransmit(target: Uint8Array, crc32: Frame.Crc32): number {
    const reply = this.#queue.shift()
    return reply === undefined ? 0 : Frame.encode(target, reply.header, reply.payload, crc32)
  }
}

/** The ACK of an INF repeats its data byte, the others have no data. The datagram itself is not held on to. */
const acknowledgementOf = (frame: Frame.Frame): Reply => ({
  header: headerOf(frame, Frame.Kind.ack),
  payload: frame.kind === Frame.Kind.inf ? frame.payload.slice() : nothing
})

const headerOf = (frame: Frame.Header, kind: Frame.Kind): Frame.Header => ({
  sequenceNumber: frame.sequenceNumber,
  fragmentCount: frame.fragmentCount,
  fragmentSize: frame.fragmentSize,
  kind
})
