/**
 * A model of the existing client program, oddities included: what our server meets in the world. A synchronous state
 * machine; time is a number of milliseconds. Where it is odd the comment says so: these are not mistakes to be mended.
 */
import { cutFile, cutText, type Message } from "./cutting.ts"
import { decode, describeFrame, type Dialect, encode, type Frame, frameType, largestDatagram } from "./frames.ts"

/** Why it has stopped: it left, the server answered FIN, 20 s of silence, or an answer that it cannot stand. */
export type ClientEnding = "left" | "peerLeft" | "lost" | "failed"

export interface ClientOptions {
  readonly dialect?: Dialect
  /** Which DATs of every message are damaged when they are sent for the first time. */
  readonly damage?: (sequenceNumber: number) => boolean
  /** What an answer other than the one it waits for does: the frame again at once, without limit; or the end. */
  readonly onUnexpected?: "repeat" | "fail"
  /** How many waits of 20 s in a row it outlives by repeating, before the peer is lost. */
  readonly repeats?: number
  /** After it sent two copies: goes on when both are answered, or at the first answer, ignoring the second. */
  readonly copies?: "both" | "first"
}

const wait = 20_000
const tick = 5_000

export class ExistingClient {
  readonly log: Array<string> = []
  readonly counters = {
    sent: 0,
    /** Answers other than the awaited one while a frame was in flight. */
    provoked: 0,
    /** Datagrams that came while it waited for nothing. */
    unasked: 0,
    nacked: 0,
    damaged: 0,
    /** Second answers that were ignored; with copies "first" only. */
    leftovers: 0,
    /** Waits that ran out, each answered with two copies. */
    timeouts: 0,
    keepAlives: 0,
    keepAlivesAnswered: 0,
    /** Frames over 1458 bytes, which come of cutting by characters. */
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
  /** How many answers to the frame in flight are still awaited. */
  #awaited = 0
  /** The second answer, as it would look, to a frame that is settled by its first. */
  #leftover: Uint8Array | undefined = undefined
  #waitsUntil = Infinity
  #silentWaits = 0
  /** Odd: since the first wait that ran out, every DAT is sent twice. */
  #doubling = false
  #nextTick = Infinity
  #heard = 0
  #keepAliveUnderWay = false
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

  /** Whether a message is under way. */
  get busy(): boolean {
    return this.#current !== undefined
  }

  /** Whether DATs go out twice by now. */
  get doubling(): boolean {
    return this.#doubling
  }

  /** Answers that it should never have been given: what a test wants to be 0. */
  get provoked(): number {
    return this.counters.provoked
  }

  /** 0, that is at once, when a message is ready to begin. */
  get deadline(): number {
    if (this.ended) return Infinity
    if (this.#current !== undefined) return this.#waitsUntil
    if (this.#mayBegin()) return 0
    return Math.min(this.#nextTick, this.#nextTick === Infinity ? Infinity : this.#heard + wait)
  }

  /** Fragments of this many characters. */
  sendText(text: string, fragmentSize: number): void {
    this.#enqueue(cutText(text, fragmentSize))
  }

  /** The name in fragments of this many characters, the content of this many bytes. */
  sendFile(name: string, bytes: Uint8Array, fragmentSize: number): void {
    this.#enqueue(cutFile(name, bytes, fragmentSize))
  }

  /** Leaves once all is sent, with FIN in place of the next KPA; at once if there has never been a message. */
  leave(): void {
    this.#leaving = true
    if (!this.busy && this.#queue.length === 0 && this.#nextTick === Infinity) this.#end("left")
  }

  /** Begins with what is queued. Calling `timeout` when `deadline` says so does the same. */
  start(nowMillis: number): ReadonlyArray<Uint8Array> {
    return this.timeout(nowMillis)
  }

  /** Takes a datagram of the server and returns what it makes the client send. */
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
    const expected = this.#keepAliveUnderWay && datagram.length === 13 && answer?.sequence === 0 && answer.count === 0
    if (expected && answer.type === frameType.ACK && answer.size === this.#size(0)) {
      this.#keepAliveUnderWay = false
      this.#heard = nowMillis
      this.counters.keepAlivesAnswered += 1
      return this.#mayBegin() ? this.#begin(nowMillis) : []
    }
    if (expected && answer.type === frameType.FIN) {
      this.#end("peerLeft")
      return []
    }
    this.counters.unasked += 1
    this.log.push(`unasked: ${describeFrame(datagram)}`)
    return []
  }

  /** Does what is due. */
  timeout(nowMillis: number): ReadonlyArray<Uint8Array> {
    if (nowMillis < this.deadline) return []
    if (this.#current !== undefined) return this.#waitRanOut(this.#current, nowMillis)
    if (this.#mayBegin()) return this.#begin(nowMillis)
    if (nowMillis >= this.#heard + wait) {
      this.#end("lost")
      return []
    }
    if (this.#leaving) {
      this.#end("left")
      return this.#count([encode({ sequence: 0, count: 0, size: this.#size(0), type: frameType.FIN })])
    }
    this.#nextTick = nowMillis + tick
    this.#keepAliveUnderWay = true
    this.counters.keepAlives += 1
    return this.#count([encode({ sequence: 0, count: 0, size: this.#size(0), type: frameType.KPA })])
  }

  #enqueue(message: Message): void {
    // The loss of a peer does not kill the program: the next message tries anew. Any other end does.
    if (this.ending === "lost") this.ending = undefined
    if (this.ended || this.#leaving) throw new Error("the client has left")
    this.#queue.push(message)
  }

  /** A message waits until the KPA under way is answered; the two would take each other's answers. */
  #mayBegin(): boolean {
    return this.#queue.length > 0 && !this.#keepAliveUnderWay
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
    // Exactly: the INF's ACK with its data byte, others with none.
    const sameData = Buffer.from(answer?.data ?? []).equals(this.#position === 0 ? awaited.data : new Uint8Array(0))
    if (sameHeader && sameData && answer.type === frameType.ACK) {
      this.#heard = now
      this.#silentWaits = 0
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
      this.#heard = now
      this.#silentWaits = 0
      this.counters.nacked += 1
      return this.#count([encode(awaited)])
    }
    this.counters.provoked += 1
    this.log.push(`provoked: ${describeFrame(raw)} is no answer to ${describeFrame(encode(awaited))}`)
    // Odd: at once, without limit, and never mind what else is under way.
    if (this.#onUnexpected === "repeat") return this.#count([encode(awaited)])
    this.#end("failed")
    return []
  }

  #send(message: Message, position: number, now: number): ReadonlyArray<Uint8Array> {
    this.#position = position
    this.#waitsUntil = now + wait
    this.#silentWaits = 0
    const frame = this.#frame(message)
    const good = encode(frame)
    const doubled = this.#doubling && position > 0
    this.#awaited = doubled ? 2 : 1
    if (position === 0 || frame.data.length === 0 || !this.#damage(position)) {
      return this.#count(doubled ? [good, good] : [good])
    }
    // Deliberate damage: the first byte of the payload goes, header and CRC stay as they were.
    this.counters.damaged += 1
    const bad = new Uint8Array(Buffer.concat([good.subarray(0, 13), frame.data.subarray(1)]))
    return this.#count(doubled ? [bad, good] : [bad])
  }

  #waitRanOut(message: Message, now: number): ReadonlyArray<Uint8Array> {
    if (this.#silentWaits >= this.#repeats) {
      this.#end("lost")
      return []
    }
    this.#silentWaits += 1
    this.counters.timeouts += 1
    this.#waitsUntil = now + wait
    // Odd: two copies, both to be answered, and two of every later DAT.
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
    // Odd: the size counts characters, whatever the number of bytes that follow.
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
    this.#keepAliveUnderWay = false
    this.ending = ending
    this.log.push(`connection ends: ${ending}`)
  }
}
