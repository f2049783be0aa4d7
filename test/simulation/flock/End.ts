/**
 * One end of a session and its application: it opens the streams of its script, writes, reads and gives up, and lets the
 * session send. What its session may not do, it checks at every turn.
 */
import { crc32 } from "node:zlib"
import * as Controllers from "../../../src/protocol/flock/congestion/Controllers.ts"
import { Connection } from "../../../src/protocol/flock/Connection.ts"
import type { Agreement } from "../../../src/protocol/flock/handshake/ClientHandshake.ts"
import type { Path } from "../../../src/protocol/flock/path/PathValidation.ts"
import { indexOf, openerOf, type Role, type Stream } from "../../../src/protocol/flock/streams/Stream.ts"
import type { Frame } from "../../../src/protocol/flock/wire/Frame.ts"
import type { TransportParameters } from "../../../src/protocol/flock/wire/TransportParameters.ts"
import { Violation } from "../Ledger.ts"
import type { Random } from "../Random.ts"
import type { Carried, Session } from "./Ledger.ts"
import type { ClientScript } from "./Script.ts"
import { Witness } from "./Witness.ts"

export const crc = (bytes: Uint8Array): number => crc32(bytes)

/** What the interface of every host takes. */
export const interfaceBytes = 1500
/** What a slow reader takes at a time. */
const sipBytes = 2000
const room = new Uint8Array(16 * interfaceBytes)

export const parametersOf = ({ windows }: ClientScript): TransportParameters => ({
  ...windows,
  maxDatagramBytes: 65_507,
  maxAckDelayMicros: 5000,
  receiveBufferBytes: 212_992
})

interface Opened {
  readonly carried: Carried
  readonly stream: Stream
  readonly resetAt: number
}

export class End {
  readonly connection: Connection
  readonly role: Role
  readonly #session: Session
  readonly #send: (to: Path, bytes: Uint8Array) => void
  readonly #openedAt: number
  #unopened: ReadonlyArray<Carried>
  #opened: ReadonlyArray<Opened> = []
  readonly #reading = new Map<Stream, Carried>()
  #readAt = Infinity
  /** The peer allows no other stream for now. */
  #isHeldBack = false
  readonly #witness = new Witness()

  constructor(
    role: Role,
    session: Session,
    agreement: Agreement,
    path: Path,
    random: Random,
    send: (to: Path, bytes: Uint8Array) => void,
    now: number
  ) {
    this.role = role
    this.#session = session
    this.#send = send
    this.#openedAt = now
    this.#unopened = session.streams[role]
    const chance = (): number => random.number(0, 1)
    this.connection = new Connection({
      role,
      ...agreement,
      local: parametersOf(session.script),
      congestion: Controllers.make(session.script.congestion, { maxDatagramBytes: 1200, random: chance }, now),
      path,
      maxDatagramBytes: interfaceBytes,
      random: chance,
      isKeptAlive: role === "client",
      limitBytesPerMilli: Infinity
    }, now)
  }

  get deadline(): number {
    const [next] = this.#unopened
    const openAt = next === undefined ? Infinity : this.#openedAt + next.plan.afterMillis
    const resetAt = Math.min(...this.#opened.map((one) => one.resetAt))
    const own = Math.min(
      this.#readAt,
      this.connection.isOpen ? Math.min(this.#isHeldBack ? Infinity : openAt, resetAt) : Infinity
    )
    return Math.min(this.connection.deadline, own)
  }

  receive(bytes: Uint8Array, start: number, end: number, from: Path, now: number): void {
    const { counters, recovery } = this.connection
    const before = counters.receivedPackets - counters.full
    const trustMillis = (): number => 3 * recovery.roundTrip.probeTimeoutMillis(0, 0)
    const trustedBefore = trustMillis()
    this.connection.handlePacket(bytes, start, end, from, now)
    // One for which there is no room may come again, and so may any when the session is over.
    if (counters.receivedPackets - counters.full === before || !this.connection.isOpen) return
    this.#witness.onTaken(bytes, start, end, Math.min(trustedBefore, trustMillis()), now)
  }

  timeout(now: number): void {
    if (now < this.connection.deadline) return
    const { recovery } = this.connection
    const { probeTimeouts } = recovery.counters
    const oldest = this.#oldestData()
    this.connection.handleTimeout(now)
    if (recovery.counters.probeTimeouts > probeTimeouts && this.connection.isOpen) this.#witness.want(oldest)
  }

  /** The frames of the oldest packet in flight that has some of a stream which is not given up. */
  #oldestData(): ReadonlyArray<Frame> {
    const { sent } = this.connection.recovery
    for (let number = sent.oldestInFlight; number < sent.next; number++) {
      const packet = sent.get(number)
      if (packet?.fate !== "InFlight" || packet.probedBytes > 0) continue
      return packet.frames.filter((frame) =>
        frame.type === "Stream" && !this.#session.streams[openerOf(frame.id)][indexOf(frame.id)]?.isGivenUp
      )
    }
    return []
  }

  /** Everything that can be done now. */
  turn(now: number): void {
    for (;;) {
      this.#openDue(now)
      this.#giveUpDue(now)
      if (now >= this.#readAt) this.#readSome(now)
      const events = this.connection.pollEvents()
      for (const event of events) {
        if (event.type === "Opened") this.#onOpened(event.stream)
        else if (event.type === "Readable") this.#onReadable(event.stream, now)
        else if (event.type === "Settled") this.#onSettled(event.stream)
        else if (event.type === "MayOpen") this.#isHeldBack = false
        else if (event.type === "Closed") this.#session.end(this.role, event.reason)
      }
      this.#flush(now)
      if (events.length === 0) break
    }
    this.#witness.checkWanted()
    this.#check()
  }

  #openDue(now: number): void {
    for (;;) {
      const [carried] = this.#unopened
      if (carried === undefined || !this.connection.isOpen || now < this.#openedAt + carried.plan.afterMillis) return
      const { streams } = this.connection
      const stream = streams.open()
      this.#isHeldBack = stream === undefined
      if (stream === undefined) return
      this.#unopened = this.#unopened.slice(1)
      carried.isOpened = true
      const content = carried.content()
      for (let at = 0; at < content.length; at += 3333) streams.write(stream, content.subarray(at, at + 3333))
      streams.finish(stream)
      const { resetAfterMillis = Infinity } = carried.plan
      this.#opened = [...this.#opened, { carried, stream, resetAt: now + resetAfterMillis }]
    }
  }

  #giveUpDue(now: number): void {
    for (const { carried, resetAt, stream } of this.#opened) {
      if (now < resetAt || !this.connection.isOpen) continue
      carried.isGivenUp = true
      this.#witness.want([])
      this.connection.streams.reset(stream, 5)
    }
    this.#opened = this.#opened.map((one) => now < one.resetAt ? one : { ...one, resetAt: Infinity })
  }

  #onOpened(stream: Stream): void {
    const carried = this.#session.streams[openerOf(stream.id)][indexOf(stream.id)]
    if (carried === undefined || openerOf(stream.id) === this.role || carried.received !== undefined) {
      throw new Violation("streams are opened once, by who opened them", `stream ${stream.id}`)
    }
    carried.received = stream
    this.#reading.set(stream, carried)
    // Nothing goes back.
    this.connection.streams.finish(stream)
  }

  #onReadable(stream: Stream, now: number): void {
    const { readMillis } = this.#session.script
    if (readMillis === 0 || openerOf(stream.id) === this.role) this.#read(stream, Infinity)
    else if (this.#readAt === Infinity) this.#readAt = now + readMillis
  }

  #readSome(now: number): void {
    this.#readAt = Infinity
    for (const stream of this.#reading.keys()) this.#read(stream, sipBytes)
    const isMore = [...this.#reading.keys()].some(({ receive }) => receive.readableBytes > 0)
    if (isMore) this.#readAt = now + this.#session.script.readMillis
  }

  #read(stream: Stream, mostBytes: number): void {
    const { receive } = stream
    const carried = this.#reading.get(stream)
    if (carried === undefined) return this.#onBack(stream)
    const { stopAfterBytes = Infinity } = carried.plan
    for (let left = mostBytes; left > 0;) {
      const bytes = this.connection.streams.read(stream, left)
      if (bytes === undefined) break
      left -= bytes.length
      carried.take(bytes)
    }
    if (receive.isAtEnd) carried.end()
    else if (receive.resetCode !== undefined) {
      if (!carried.isGivenUp) throw new Violation("nothing is given up unasked", carried.name)
      carried.outcome = "given up"
    } else if (carried.readBytes > stopAfterBytes) {
      carried.isGivenUp = true
      carried.outcome = "given up"
      this.connection.streams.stop(stream, 6)
    } else return
    this.#reading.delete(stream)
  }

  /** What comes back on a stream that this end has opened: its end alone. */
  #onBack({ id, receive }: Stream): void {
    const carried = openerOf(id) === this.role ? this.#session.streams[this.role][indexOf(id)] : undefined
    if (carried !== undefined && receive.isAtEnd) carried.isBackAtEnd = true
  }

  #onSettled({ id }: Stream): void {
    const carried = this.#session.streams[openerOf(id)][indexOf(id)]
    if (carried === undefined) return
    if (openerOf(id) !== this.role) carried.isBackSettled = true
    else if (carried.isSettled) throw new Violation("a stream settles once", carried.name)
    else carried.settled()
  }

  #flush(now: number): void {
    const { connection } = this
    const { recovery } = connection
    for (
      let departure = connection.nextTransmit(now);
      departure !== undefined;
      departure = connection.nextTransmit(now)
    ) {
      const { bytesInFlight: before } = recovery.rate
      const { congestionWindowBytes } = recovery.congestion
      const { datagramBytes, to } = departure
      const length = connection.fill(room.subarray(0, Math.floor(room.length / datagramBytes) * datagramBytes), now)
      // Besides the window: its last datagram, two probes after silence or a PING, or one that tries out a size.
      const most = Math.max(before, congestionWindowBytes) + Math.max(interfaceBytes, 3 * datagramBytes)
      if (recovery.rate.bytesInFlight > most) {
        throw new Violation(
          "in flight is no more than the window",
          `${recovery.rate.bytesInFlight}, window ${congestionWindowBytes}`
        )
      }
      if (length === 0) return
      for (let at = 0; at < length; at += datagramBytes) {
        const datagram = room.slice(at, Math.min(length, at + datagramBytes))
        this.#witness.onSent(datagram, now)
        this.#send(to, datagram)
      }
    }
  }

  #check(): void {
    const { maxStreams } = this.#session.script.windows
    const { streams } = this.connection
    if (streams.count > 2 * maxStreams + this.#session.streams[this.role].length) {
      throw new Violation("memory stays within its caps", `${streams.count} streams`)
    }
    for (const { receive } of this.#reading.keys()) {
      const unread = receive.furthestBytes - receive.readBytes
      if (unread <= receive.window.windowBytes) continue
      throw new Violation("memory stays within its caps", `${unread} bytes of a stream are not read`)
    }
  }
}
