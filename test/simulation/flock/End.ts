/**
 * One end of a session and its application: it opens the streams of its script, writes, reads and aborts them, and lets
 * the session send. It checks the session's invariants in every turn.
 */
import * as Controllers from "../../../src/protocol/flock/congestion/Controllers.ts"
import { Connection } from "../../../src/protocol/flock/Connection.ts"
import type { Agreement } from "../../../src/protocol/flock/handshake/ClientHandshake.ts"
import type { Path } from "../../../src/protocol/flock/path/PathValidation.ts"
import { indexOf, openerOf, type Role, type Stream } from "../../../src/protocol/flock/streams/Stream.ts"
import type { Frame } from "../../../src/protocol/flock/wire/Frame.ts"
import { Violation } from "../Ledger.ts"
import { Tap } from "./Genuine.ts"
import type { Session, StreamRecord } from "./Ledger.ts"
import { stateOf } from "./StateOf.ts"
import { Witness } from "./Witness.ts"
import { parametersOf, type Shared } from "./WorldParts.ts"

/** The MTU of every host's interface, without IP and UDP headers. */
export const interfaceBytes = 1500
/** The bytes of one read of a slow reader. */
const slowReadBytes = 2000
const sendBuffer = new Uint8Array(16 * interfaceBytes)

interface Opened {
  readonly record: StreamRecord
  readonly stream: Stream
  readonly resetAt: number
}

/** A client's or the server's end of a session. */
export class End {
  readonly connection: Connection
  readonly role: Role
  readonly session: Session
  readonly #send: (to: Path, bytes: Uint8Array) => void
  readonly #openedAt: number
  #unopened: ReadonlyArray<StreamRecord>
  #opened: ReadonlyArray<Opened> = []
  readonly #reading = new Map<Stream, StreamRecord>()
  #readAt = Infinity
  /** Whether the peer's stream limit is reached. */
  #isBlocked = false
  readonly #shared: Shared
  readonly #witness: Witness
  readonly #tap: Tap
  #now: number

  constructor(
    role: Role,
    session: Session,
    agreement: Agreement,
    path: Path,
    shared: Shared,
    send: (to: Path, bytes: Uint8Array) => void,
    now: number
  ) {
    this.role = role
    this.session = session
    this.#shared = shared
    this.#send = send
    this.#now = this.#openedAt = now
    const { genuine, keys, random } = shared
    this.#witness = new Witness(keys.epochOf)
    this.#tap = new Tap(
      genuine,
      agreement.protection,
      (packet, framesEnd, packetNumber) => this.#witness.onSealed(packet, framesEnd, packetNumber, this.#now)
    )
    this.#unopened = session.streams[role]
    const chance = (): number => random.number(0, 1)
    this.connection = new Connection({
      role,
      ...agreement,
      protection: this.#tap.protection,
      local: parametersOf(session.script),
      makeCongestion: (at) =>
        Controllers.make(session.script.congestion, { maxDatagramBytes: 1200, random: chance }, at),
      path,
      maxDatagramBytes: interfaceBytes,
      random: chance,
      isKeptAlive: role === "client",
      limitBytesPerMilli: Infinity
    }, now)
  }

  /** The time of the next `timeout` call in milliseconds. */
  get deadline(): number {
    const [next] = this.#unopened
    const openAt = next === undefined ? Infinity : this.#openedAt + next.plan.afterMillis
    const resetAt = Math.min(...this.#opened.map((one) => one.resetAt))
    const own = Math.min(
      this.#readAt,
      this.connection.isOpen ? Math.min(this.#isBlocked ? Infinity : openAt, resetAt) : Infinity
    )
    return Math.min(this.connection.deadline, own)
  }

  /** A packet has arrived. One that is not authentic, or was accepted before, changes nothing. */
  receive(bytes: Uint8Array, start: number, end: number, from: Path, now: number): boolean {
    const { counters, recovery } = this.connection
    const isGenuine = this.#shared.genuine.has(bytes.subarray(start, end))
    const isOld = !isGenuine || (this.connection.isOpen && this.#witness.hasAccepted(bytes, start))
    const stateBefore = isOld ? this.#state() : ""
    const before = counters.receivedPackets
    const trustMillis = (): number => 3 * recovery.roundTrip.probeTimeoutMillis(0, 0)
    const trustedBefore = trustMillis()
    const isAuthentic = this.connection.handlePacket(bytes, start, end, from, now)
    if (isOld && this.#state() !== stateBefore) {
      const rule = isGenuine ? "each packet is accepted once" : "packets that are not authentic have no effect"
      throw new Violation(rule, `${this.role}: ${stateBefore}; then ${this.#state()}`)
    }
    // A packet for which there is no room may be accepted later, and so may any packet after the session's end.
    if (counters.receivedPackets === before || !this.connection.isOpen) return isAuthentic
    const framesEnd = end - this.#tap.protection.tagBytes
    this.#witness.onAccepted(bytes, start, framesEnd, Math.min(trustedBefore, trustMillis()), trustedBefore, now)
    return isAuthentic
  }

  #state(): string {
    return stateOf(this.connection, this.#reading.keys(), this.#shared.keys.packetKeys)
  }

  /** The deadline has passed. */
  timeout(now: number): void {
    if (now < this.connection.deadline) return
    const { recovery } = this.connection
    const { probeTimeouts } = recovery.counters
    const oldest = this.#oldestData()
    this.connection.handleTimeout(now)
    if (recovery.counters.probeTimeouts > probeTimeouts && this.connection.isOpen) this.#witness.require(oldest)
  }

  /** The frames of the oldest packet in flight that has data of a stream which is not aborted. */
  #oldestData(): ReadonlyArray<Frame> {
    const { sent } = this.connection.recovery
    for (let number = sent.oldestInFlight; number < sent.next; number++) {
      const packet = sent.get(number)
      if (packet?.fate !== "InFlight" || packet.probedBytes > 0) continue
      return packet.frames.filter((frame) =>
        frame._tag === "Stream" && !this.session.streams[openerOf(frame.id)][indexOf(frame.id)]?.isAborted
      )
    }
    return []
  }

  /** Performs all actions that are due. */
  turn(now: number): void {
    for (;;) {
      this.#openDue(now)
      this.#resetDue(now)
      if (now >= this.#readAt) this.#readSome(now)
      const events = this.connection.pollEvents()
      for (const event of events) {
        if (event._tag === "Opened") this.#onOpened(event.stream)
        else if (event._tag === "Readable") this.#onReadable(event.stream, now)
        else if (event._tag === "Settled") this.#onSettled(event.stream)
        else if (event._tag === "MayOpen") this.#isBlocked = false
        else if (event._tag === "Closed") this.session.end(this.role, event.reason)
      }
      this.#flush(now)
      if (events.length === 0) break
    }
    this.#witness.checkRequired()
    this.#check()
  }

  #openDue(now: number): void {
    for (;;) {
      const [record] = this.#unopened
      if (record === undefined || !this.connection.isOpen || now < this.#openedAt + record.plan.afterMillis) return
      const { streams } = this.connection
      const stream = streams.open()
      this.#isBlocked = stream === undefined
      if (stream === undefined) return
      this.#unopened = this.#unopened.slice(1)
      record.isOpened = true
      const content = record.content()
      for (let start = 0; start < content.length; start += 3333) {
        streams.write(stream, content.subarray(start, start + 3333))
      }
      streams.finish(stream)
      const { resetAfterMillis = Infinity } = record.plan
      this.#opened = [...this.#opened, { record, stream, resetAt: now + resetAfterMillis }]
    }
  }

  #resetDue(now: number): void {
    for (const { record, resetAt, stream } of this.#opened) {
      if (now < resetAt || !this.connection.isOpen) continue
      record.isAborted = true
      this.#witness.require([])
      this.connection.streams.reset(stream, 5)
    }
    this.#opened = this.#opened.map((one) => now < one.resetAt ? one : { ...one, resetAt: Infinity })
  }

  #onOpened(stream: Stream): void {
    const record = this.session.streams[openerOf(stream.id)][indexOf(stream.id)]
    if (record === undefined || openerOf(stream.id) === this.role || record.received !== undefined) {
      throw new Violation("a stream is opened once, by its opener", `stream ${stream.id}`)
    }
    record.received = stream
    this.#reading.set(stream, record)
    // The reverse direction has no content.
    this.connection.streams.finish(stream)
  }

  #onReadable(stream: Stream, now: number): void {
    const { readMillis } = this.session.script
    if (readMillis === 0 || openerOf(stream.id) === this.role) this.#read(stream, Infinity)
    else if (this.#readAt === Infinity) this.#readAt = now + readMillis
  }

  #readSome(now: number): void {
    for (const stream of this.#reading.keys()) this.#read(stream, slowReadBytes)
    const isMore = [...this.#reading.keys()].some(({ receive }) => receive.readableBytes > 0)
    this.#readAt = isMore ? now + this.session.script.readMillis : Infinity
  }

  #read(stream: Stream, maxBytes: number): void {
    const { receive } = stream
    const record = this.#reading.get(stream)
    if (record === undefined) return this.#onReverse(stream)
    const { stopAfterBytes = Infinity } = record.plan
    for (let remaining = maxBytes; remaining > 0;) {
      const bytes = this.connection.streams.read(stream, remaining)
      if (bytes === undefined) break
      remaining -= bytes.length
      record.take(bytes)
    }
    if (receive.isAtEnd) record.end()
    else if (receive.resetCode !== undefined) {
      if (!record.isAborted) throw new Violation("no stream is aborted without a reason", record.name)
      record.outcome = "aborted"
    } else if (record.readBytes > stopAfterBytes) {
      record.isAborted = true
      record.outcome = "aborted"
      this.connection.streams.stop(stream, 6)
    } else return
    this.#reading.delete(stream)
  }

  /** The reverse direction of a stream that this end has opened: only its end arrives. */
  #onReverse({ id, receive }: Stream): void {
    const record = openerOf(id) === this.role ? this.session.streams[this.role][indexOf(id)] : undefined
    if (record === undefined) return
    if (receive.isAtEnd) record.isReverseAtEnd = true
    else if (receive.resetCode !== undefined) record.neverReceived()
  }

  #onSettled({ id }: Stream): void {
    const record = this.session.streams[openerOf(id)][indexOf(id)]
    if (record === undefined) return
    if (openerOf(id) !== this.role) record.isReverseSettled = true
    else if (record.isSettled) throw new Violation("a stream settles once", record.name)
    else record.settled()
  }

  #flush(now: number): void {
    this.#now = now
    const { connection } = this
    const { recovery } = connection
    for (;;) {
      const transmit = connection.nextTransmit(now)
      if (transmit === undefined) return
      const { bytesInFlight: before } = recovery.rate
      const { congestionWindowBytes } = recovery.congestion
      const { datagramBytes, to } = transmit
      const target = sendBuffer.subarray(0, Math.floor(sendBuffer.length / datagramBytes) * datagramBytes)
      const length = connection.fill(target, now)
      // Allowed above the window: the last datagram, two probes after a timeout or a PING, or one MTU probe.
      const maxBytes = Math.max(before, congestionWindowBytes) + Math.max(interfaceBytes, 3 * datagramBytes)
      if (recovery.rate.bytesInFlight > maxBytes) {
        throw new Violation(
          "the bytes in flight stay within the window",
          `${recovery.rate.bytesInFlight}, window ${congestionWindowBytes}`
        )
      }
      if (length === 0) return
      for (let start = 0; start < length; start += datagramBytes) {
        const datagram = sendBuffer.slice(start, Math.min(length, start + datagramBytes))
        this.#tap.onSent(datagram)
        this.#send(to, datagram)
      }
    }
  }

  #check(): void {
    const { maxStreams } = this.session.script.windows
    const { streams } = this.connection
    if (streams.count > 2 * maxStreams + this.session.streams[this.role].length) {
      throw new Violation("memory stays within its limits", `${streams.count} streams`)
    }
    for (const { receive } of this.#reading.keys()) {
      const unread = receive.furthestBytes - receive.readBytes
      if (unread <= receive.window.windowBytes) continue
      throw new Violation("memory stays within its limits", `${unread} bytes of a stream are not read`)
    }
  }
}
