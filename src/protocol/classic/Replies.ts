/**
 * The queue of replies of a receiver. Each datagram is answered at most once, and an answer repeats the fields of the
 * answered frame exactly as received (docs/PROTOCOL.md §2.3). One ACK may be withheld; FIN is sent once per refusal.
 */
import * as Frame from "./ClassicFrame.ts"

const nothing = new Uint8Array(0)

interface Reply {
  readonly header: Frame.Header
  readonly payload: Uint8Array
}

/** Outgoing replies, in order. */
export class Replies {
  #queue: Array<Reply> = []
  #withheld: Reply | undefined
  #isFinSent = false

  /** The sequence number of the DAT whose ACK is withheld. */
  get withheldNumber(): number | undefined {
    return this.#withheld?.header.sequenceNumber
  }

  /** Queues an ACK of `frame`. */
  acknowledge(frame: Frame.Frame): void {
    this.#queue.push(acknowledgementOf(frame))
  }

  /** Withholds the ACK of `frame` until {@link release} or {@link discardWithheld}. */
  withhold(frame: Frame.Frame): void {
    this.#withheld = acknowledgementOf(frame)
  }

  /** Queues the withheld ACK. */
  release(): void {
    if (this.#withheld !== undefined) this.#queue.push(this.#withheld)
    this.#withheld = undefined
  }

  discardWithheld(): void {
    this.#withheld = undefined
  }

  /** Queues a NACK of `frame`. */
  nack(frame: Frame.Header): void {
    this.#queue.push({ header: headerOf(frame, Frame.Kind.nack), payload: nothing })
  }

  /** Queues FIN, unless it was queued since the last refusal. A FIN that answers a KPA has its fragment_size. */
  sendFin(answered?: Frame.Header): void {
    if (this.#isFinSent) return
    this.#isFinSent = true
    const fragmentSize = answered?.kind === Frame.Kind.kpa ? answered.fragmentSize : Frame.headerBytes
    this.#queue.push({
      header: { sequenceNumber: 0, fragmentCount: 0, fragmentSize, kind: Frame.Kind.fin },
      payload: nothing
    })
  }

  /** Queues FIN, whether it was queued before or not. */
  resendFin(answered?: Frame.Header): void {
    this.#isFinSent = false
    this.sendFin(answered)
  }

  /** A message is refused: FIN may be queued once more, and is queued at once in place of a withheld ACK. */
  replaceWithheldByFin(): void {
    this.#isFinSent = false
    if (this.#withheld === undefined) return
    this.#withheld = undefined
    this.sendFin()
  }

  /** Writes the next reply into `target` and returns its length in bytes; 0 when there is none. */
  pollTransmit(target: Uint8Array, crc32: Frame.Crc32): number {
    const reply = this.#queue.shift()
    return reply === undefined ? 0 : Frame.encode(target, reply.header, reply.payload, crc32)
  }
}

/** The ACK of an INF repeats its data byte, copied because the socket reuses the datagram; other ACKs have no data. */
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
