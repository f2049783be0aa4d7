/**
 * A model of the existing client program, including its deviations, as a peer for our server. A synchronous state
 * machine; time is a number of milliseconds. A comment that begins with "Odd" marks a deviation of the program, which
 * must stay.
 */
import { cutFile, cutText, type Message } from "./cutting.ts"
import { decode, describeFrame, type Dialect, encode, type Frame, frameType, largestDatagram } from "./frames.ts"

/**
 * Why it has stopped: it left, the server answered FIN, 20 s without a datagram, or an unexpected answer that ends it.
 */
export type ClientEnding = "left" | "peerLeft" | "lost" | "failed"

export interface ClientOptions {
  readonly dialect?: Dialect
  /** Selects the DATs of every message that are damaged at their first transmission. */
  readonly damage?: (sequenceNumber: number) => boolean
  /** The reaction to an answer other than the expected one: it repeats the frame at once, without limit, or it ends. */
  readonly onUnexpected?: "repeat" | "fail"
  /** The number of waits of 20 s in a row after which it repeats, before the peer is lost. */
  readonly repeats?: number
  /** After it sent two copies, it continues when both are answered, or at the first answer and ignores the second. */
  readonly copies?: "both" | "first"
}

const wait = 20_000
const tick = 5_000

export class ExistingClient {
  readonly log: Array<string> = []
  readonly counters = {
    sent: 0,
    /** Answers other than the expected one while a frame was in flight. */
    provoked: 0,
    /** Datagrams that arrived while no answer was expected. */
    unasked: 0,
    nacked: 0,
    damaged: 0,
    /** Second answers that were ignored; only with copies "first". */
    leftovers: 0,
    /** Waits that expired, each followed by two copies. */
    timeouts: 0,
    keepAlives: 0,
    keepAlivesAnswered: 0,
    /** Frames over 1458 bytes, which result from the division by characters. */
    oversized: 0
  }
  delivered = 0
  failed = 0
  ending: ClientEnding | undefined = undefined
  readonly #dialect: Dialect
  readonly #damage: (sequenceNumber: number) => boolean
  readonly #onUnexpected: "repeat" | "fail"
  readonly #repeats: number
  readonly #copies: "both" | "first"
  readonly #queue: Array<Message> = []
  #current: Message | undefined = undefined
  /** The frame in flight: 0 is the INF, others are DATs. */
  #position = 0
  /** The number of answers to the frame in flight that are still expected. */
  #awaited = 0
  /** The bytes of a possible second answer to a frame that was completed by its first answer. */
  #leftover: Uint8Array | undefined = undefined
  #waitsUntil = Infinity
  #expiredWaits = 0
  /** Odd: after the first expired wait every DAT is sent twice. */
  #doubling = false
  #nextTick = Infinity
  #lastAnswerAt = 0
  #keepAliveInFlight = false
  #leaving = false

  constructor(options: ClientOptions = {}) {
    this.#dialect = options.dialect ?? "frame"
    this.#damage = options.damage ?? (() => false)
    this.#onUnexpected = options.onUnexpected ?? "repeat"
    this.#repeats = options.repeats ?? 1
    this.#copies = options.copies ?? "both"
  }

  get ended(): boolean {
    return this.ending !== undefined
  }

  /** Whether a message is being sent. */
  get busy(): boolean {
    return this.#current !== undefined
  }

  /** Whether DATs are sent twice now. */
  get doubling(): boolean {
    return this.#doubling
  }

  /** Unexpected answers; a correct server causes none. */
  get provoked(): number {
    return this.counters.provoked
  }

  /** The time at which `timeout` is due; 0, at once, when a message is ready to begin. */
  get deadline(): number {
    if (this.ended) return Infinity
    if (this.#current !== undefined) return this.#waitsUntil
    if (this.#mayBegin()) return 0
    return Math.min(this.#nextTick, this.#nextTick === Infinity ? Infinity : this.#lastAnswerAt + wait)
  }

  /** Queues a text in fragments of `fragmentSize` characters. */
  sendText(text: string, fragmentSize: number): void {
    this.#enqueue(cutText(text, fragmentSize))
  }

  /** Queues a file: the name in fragments of `fragmentSize` characters, the content of `fragmentSize` bytes. */
  sendFile(name: string, bytes: Uint8Array, fragmentSize: number): void {
    this.#enqueue(cutFile(name, bytes, fragmentSize))
  }

  /** Leaves once all messages are sent, with FIN in place of the next KPA; at once if there was no message. */
  leave(): void {
    this.#leaving = true
    if (!this.busy && this.#queue.length === 0 && this.#nextTick === Infinity) this.#end("left")
  }

  /** Begins with the queued messages, as a call of `timeout` at `deadline` does. */
  start(nowMillis: number): ReadonlyArray<Uint8Array> {
    return this.timeout(nowMillis)
  }

  /** Processes a datagram of the server and returns the datagrams that the client sends then. */
  receive(datagram: Uint8Array, nowMillis: number): ReadonlyArray<Uint8Array> {
    if (this.ended) {
      this.counters.unasked += 1
      return []
    }
    const answer = decode(datagram)
    if (this.#leftover !== undefined && Buffer.from(this.#leftover).equals(datagram)) {
      this.#leftover = undefined
      this.counters.leftovers += 1
      return []
    }
    if (this.#current !== undefined) return this.#answered(this.#current, answer, datagram, nowMillis)
    const expected = this.#keepAliveInFlight && datagram.length === 13 && answer?.sequence === 0 && answer.count === 0
    if (expected && answer.type === frameType.ACK && answer.size === this.#size(0)) {
      this.#keepAliveInFlight = false
      this.#lastAnswerAt = nowMillis
      this.counters.keepAlivesAnswered += 1
      return this.#mayBegin() ? this.#begin(nowMillis) : []
    }
    if (expected && answer.type === frameType.FIN) {
      this.#end("peerLeft")
      return []
    }
    this.counters.unasked += 1
    this.log.push(`unexpected: ${describeFrame(datagram)}`)
    return []
  }

  /** Processes the timers that are due. */
  timeout(nowMillis: number): ReadonlyArray<Uint8Array> {
    if (nowMillis < this.deadline) return []
    if (this.#current !== undefined) return this.#onTimeout(this.#current, nowMillis)
    if (this.#mayBegin()) return this.#begin(nowMillis)
    if (nowMillis >= this.#lastAnswerAt + wait) {
      this.#end("lost")
      return []
    }
    if (this.#leaving) {
      this.#end("left")
      return this.#count([encode({ sequence: 0, count: 0, size: this.#size(0), type: frameType.FIN })])
    }
    this.#nextTick = nowMillis + tick
    this.#keepAliveInFlight = true
    this.counters.keepAlives += 1
    return this.#count([encode({ sequence: 0, count: 0, size: this.#size(0), type: frameType.KPA })])
  }

  #enqueue(message: Message): void {
    // After the loss of a peer the program continues: the next message tries again. Any other end is final.
    if (this.ending === "lost") this.ending = undefined
    if (this.ended || this.#leaving) throw new Error("the client has left")
    this.#queue.push(message)
  }

  /** A message waits until the KPA in flight is answered; otherwise their answers would be confused. */
  #mayBegin(): boolean {
    return this.#queue.length > 0 && !this.#keepAliveInFlight
  }

  #begin(now: number): ReadonlyArray<Uint8Array> {
    this.#current = this.#queue.shift()
    this.#nextTick = Infinity
    return this.#current === undefined ? [] : this.#send(this.#current, 0, now)
  }

  #answered(message: Message, answer: Frame | undefined, raw: Uint8Array, now: number): ReadonlyArray<Uint8Array> {
    const awaited = this.#frame(message)
    const sameHeader = answer?.sequence === awaited.sequence && answer.count === awaited.count &&
      answer.size === awaited.size
    // Exact match: the ACK of the INF has its data byte, other answers have none.
    const sameData = Buffer.from(answer?.data ?? []).equals(this.#position === 0 ? awaited.data : new Uint8Array(0))
    if (sameHeader && sameData && answer.type === frameType.ACK) {
      this.#lastAnswerAt = now
      this.#expiredWaits = 0
      this.#awaited -= 1
      if (this.#awaited > 0 && this.#copies === "both") return []
      this.#leftover = this.#awaited > 0 ? raw.slice() : undefined
      if (this.#position < message.pieces.length) return this.#send(message, this.#position + 1, now)
      return this.#finish(now)
    }
    if (answer?.type === frameType.FIN) {
      this.#end("peerLeft")
      return []
    }
    this.#waitsUntil = now + wait
    if (sameHeader && sameData && answer.type === frameType.NACK && this.#position > 0) {
      this.#lastAnswerAt = now
      this.#expiredWaits = 0
      this.counters.nacked += 1
      return this.#count([encode(awaited)])
    }
    this.counters.provoked += 1
    this.log.push(`provoked: ${describeFrame(raw)} is no answer to ${describeFrame(encode(awaited))}`)
    // Odd: at once, without limit, regardless of other frames in flight.
    if (this.#onUnexpected === "repeat") return this.#count([encode(awaited)])
    this.#end("failed")
    return []
  }

  #send(message: Message, position: number, now: number): ReadonlyArray<Uint8Array> {
    this.#position = position
    this.#waitsUntil = now + wait
    this.#expiredWaits = 0
    const frame = this.#frame(message)
    const good = encode(frame)
    const doubled = this.#doubling && position > 0
    this.#awaited = doubled ? 2 : 1
    if (position === 0 || frame.data.length === 0 || !this.#damage(position)) {
      return this.#count(doubled ? [good, good] : [good])
    }
    // Deliberate damage: the first byte of the payload is removed, header and CRC are unchanged.
    this.counters.damaged += 1
    const bad = new Uint8Array(Buffer.concat([good.subarray(0, 13), frame.data.subarray(1)]))
    return this.#count(doubled ? [bad, good] : [bad])
  }

  #onTimeout(message: Message, now: number): ReadonlyArray<Uint8Array> {
    if (this.#expiredWaits >= this.#repeats) {
      this.#end("lost")
      return []
    }
    this.#expiredWaits += 1
    this.counters.timeouts += 1
    this.#waitsUntil = now + wait
    // Odd: two copies, both of which must be answered, and two of every later DAT.
    this.#doubling = true
    this.#awaited = 2
    const copy = encode(this.#frame(message))
    return this.#count([copy, copy])
  }

  #finish(now: number): ReadonlyArray<Uint8Array> {
    this.delivered += 1
    this.#current = undefined
    this.#nextTick = now + tick
    return this.#mayBegin() ? this.#begin(now) : []
  }

  /** The frame in flight, undamaged. */
  #frame(message: Message): Omit<Frame, "crc"> {
    const count = message.pieces.length
    const piece = message.pieces[this.#position - 1]
    if (piece === undefined) {
      const data = new Uint8Array(Buffer.from(message.kind))
      return { sequence: message.named, count, size: this.#size(message.fragmentSize), type: frameType.INF, data }
    }
    // Odd: the size is a number of characters, not of the bytes that follow.
    const size = this.#size(piece.size)
    return { sequence: this.#position, count, size, type: frameType.DAT, data: piece.data }
  }

  #size(payload: number): number {
    return this.#dialect === "frame" ? payload + 13 : payload
  }

  #count(datagrams: ReadonlyArray<Uint8Array>): ReadonlyArray<Uint8Array> {
    this.counters.sent += datagrams.length
    this.counters.oversized += datagrams.filter((datagram) => datagram.length > largestDatagram).length
    return datagrams
  }

  #end(ending: ClientEnding): void {
    this.failed += this.#queue.length + (this.busy ? 1 : 0)
    this.#queue.length = 0
    this.#current = undefined
    this.#nextTick = Infinity
    this.#keepAliveInFlight = false
    this.ending = ending
    this.log.push(`connection ends: ${ending}`)
  }
}
