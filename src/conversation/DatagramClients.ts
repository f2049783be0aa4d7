/**
 * The clients of a listener of datagrams. Each remote address is one: it joins with its first datagram, and each datagram is a
 * message. Addresses are unproved, because UDP has no handshake: the table of them is bounded and shared out by source, silent ones
 * are forgotten, and off loopback an address gets little more than it has sent.
 */
import type { Departure } from "../apps/App.ts"
import { format, isLoopback } from "../net/Address.ts"
import { datagramBytes } from "../net/NetLimits.ts"
import type { Bound, Handler, Path, Run } from "../net/Socket.ts"
import { copyOf } from "../net/Socket.ts"
import { isReflectorPort } from "../protocol/ReflectorPort.ts"
import { Shares } from "../protocol/Shares.ts"
import { sourceOf } from "../protocol/Source.ts"
import { TokenBucket } from "../protocol/TokenBucket.ts"
import type { ServiceDisconnected } from "../telemetry/ServiceEvents.ts"
import type * as Alarm from "../transport/Alarm.ts"
import { Deadlines } from "../transport/Deadlines.ts"
import type { Attendance, Outgoing } from "./Client.ts"
import type { Room } from "./Room.ts"
import * as RoomLimits from "./RoomLimits.ts"

export interface DatagramOptions {
  /** The time after which a silent address is forgotten, in milliseconds. Default: `RoomLimits.datagramSilenceMillis`. */
  readonly silenceMillis?: number | undefined
  /** Whether addresses off loopback, which may be forged, get as much as the app sends. Default: false. */
  readonly allowsUnproved?: boolean | undefined
}

/** Datagrams since the start: those of clients, and those that were dropped. */
export interface DatagramCounters {
  readonly received: number
  readonly sent: number
  /** From addresses for which there was no place, in the table or in the room. */
  readonly refused: number
  /** From ports of services that would answer an answer, such as DNS (`ReflectorPort`): a sender forged them. */
  readonly reflected: number
  /** Received beyond the rate of `RoomLimits.readBytesPerSecond`. */
  readonly tooFast: number
  /** Not sent, because an unproved address would have got too much. */
  readonly unproved: number
  /** Not sent, because they were too large, or the kernel had no room for them. */
  readonly unsent: number
}

interface Surroundings {
  readonly room: Room
  readonly transport: "udp" | "multicast"
  readonly options: DatagramOptions
  readonly publish: (event: ServiceDisconnected) => void
  /** Milliseconds of the monotonic clock. */
  readonly now: () => number
  readonly makeAlarm: Alarm.MakeAlarm
}

/** A remote address with its place in the room. */
interface Remote {
  readonly key: string
  readonly source: string
  /** Its local part is the address to which its last datagram was sent. */
  path: Path
  attendance: Attendance | undefined
  /** Limits what is read; undefined on loopback. */
  readonly reading: TokenBucket | undefined
  /** Bytes that may be sent to it. */
  credit: number
}

/** The clients of one listener. */
export class DatagramClients {
  readonly handler: Handler = {
    onRun: (run) => this.#onRun(run),
    onError: ({ address, reason }) => {
      const remote = this.#remotes.get(address)
      if (remote !== undefined && (reason === "Refused" || reason === "Reset")) this.#forget(remote, "reset")
    },
    onDrain: () => this.#sendWaiting()
  }
  readonly #surroundings: Surroundings
  readonly #remotes = new Map<string, Remote>()
  readonly #shares = new Shares(
    RoomLimits.datagramAddresses,
    RoomLimits.datagramAddressesOfSource,
    RoomLimits.datagramAddressesForNewcomers
  )
  readonly #silences = new Deadlines<Remote>()
  readonly #alarm: Alarm.Alarm
  #alarmAt = Infinity
  readonly #counters = { received: 0, sent: 0, refused: 0, reflected: 0, tooFast: 0, unproved: 0, unsent: 0 }
  #reportedAt = -Infinity
  #unreported = 0
  /** Datagrams for which the kernel had no room yet. */
  #waiting: Array<{ readonly to: Path; readonly bytes: Uint8Array }> = []
  #bound: Bound | undefined

  constructor(surroundings: Surroundings) {
    this.#surroundings = surroundings
    this.#alarm = surroundings.makeAlarm(surroundings.now, () => this.#onAlarm())
  }

  start(bound: Bound): void {
    this.#bound = bound
  }

  counters(): DatagramCounters {
    return { ...this.#counters }
  }

  end(): void {
    for (const remote of Array.from(this.#remotes.values())) this.#forget(remote, "stopping")
    this.#alarm.set(Infinity)
    this.#bound = undefined
  }

  #onRun({ bytes, from }: Run): void {
    if (this.#bound === undefined) return
    const now = this.#surroundings.now()
    const cost = bytes.length + RoomLimits.datagramHeaderBytes
    const key = format(from)
    const known = this.#remotes.get(key)
    if (known !== undefined) known.credit += cost * RoomLimits.datagramAnswerFactor
    const remote = known ?? this.#admit(key, from, cost, now)
    if (remote === undefined) return
    if (remote.reading?.take(now, cost) === false) {
      this.#counters.tooFast++
      return
    }
    this.#counters.received++
    remote.path = from
    this.#silences.set(remote, now + (this.#surroundings.options.silenceMillis ?? RoomLimits.datagramSilenceMillis))
    this.#setAlarm()
    // The socket fills its buffer again, and an app may keep a message.
    remote.attendance?.say(new Uint8Array(bytes))
  }

  /** A new client; undefined if there is no place for it. */
  #admit(key: string, from: Path, cost: number, now: number): Remote | undefined {
    const { room, transport } = this.#surroundings
    const isLocal = isLoopback(from.host)
    if (!isLocal && isReflectorPort(from.port)) {
      this.#counters.reflected++
      return undefined
    }
    const source = sourceOf(from)
    if (!this.#shares.take(source)) {
      return this.#refuse(from, "there are too many addresses", cost, now)
    }
    const reading = isLocal ? undefined : new TokenBucket(RoomLimits.readBurstBytes, RoomLimits.readBytesPerSecond)
    const credit = cost * RoomLimits.datagramAnswerFactor
    const remote: Remote = { key, source, path: from, attendance: undefined, reading, credit }
    this.#remotes.set(key, remote)
    const joined = room.join({
      address: { host: from.host, port: from.port },
      transport,
      send: (message) => this.#send(remote, message),
      close: () => this.#remove(remote)
    })
    if (typeof joined !== "string") {
      // An app may have ended it at once.
      if (this.#remotes.get(key) !== remote) return undefined
      remote.attendance = joined
      return remote
    }
    this.#remove(remote)
    return this.#refuse(from, joined, cost, now)
  }

  /** Drops a datagram of an unknown address, which gets no answer, and reports it now and then. */
  #refuse(from: Path, why: string, cost: number, now: number): undefined {
    const { publish, room, transport } = this.#surroundings
    this.#counters.refused++
    this.#unreported++
    if (now < this.#reportedAt + RoomLimits.datagramRefusalMillis) return
    const number = this.#unreported
    this.#unreported = 0
    this.#reportedAt = now
    publish({
      _tag: "ServiceDisconnected",
      app: room.name,
      transport,
      peer: { host: from.host, port: from.port },
      reason: "refused",
      message: number === 1 ? why : `${why}; ${number} datagrams were refused since the last report`,
      receivedBytes: cost - RoomLimits.datagramHeaderBytes,
      sentBytes: 0
    })
  }

  #send(remote: Remote, { bytes }: Outgoing): void {
    const cost = bytes.length + RoomLimits.datagramHeaderBytes
    const isLimited = remote.reading !== undefined && this.#surroundings.options.allowsUnproved !== true
    if (bytes.length > RoomLimits.datagramPayloadBytes) this.#counters.unsent++
    else if (isLimited && cost > remote.credit) this.#counters.unproved++
    else {
      remote.credit -= cost
      if (this.#waiting.length > 0 || !this.#sendNow(remote.path, bytes)) this.#wait(remote.path, bytes)
    }
  }

  /** Returns whether the kernel had room. */
  #sendNow(to: Path, bytes: Uint8Array): boolean {
    const sent = this.#bound?.send(to, bytes.length > datagramBytes ? bytes.length : undefined, copyOf(bytes))
    if (sent === "Sent") this.#counters.sent++
    return sent !== "Full"
  }

  #wait(to: Path, bytes: Uint8Array): void {
    if (this.#waiting.length < RoomLimits.waitingDatagrams) this.#waiting.push({ to, bytes })
    else this.#counters.unsent++
  }

  #sendWaiting(): void {
    const waiting = this.#waiting
    const left = waiting.findIndex(({ bytes, to }) => !this.#sendNow(to, bytes))
    this.#waiting = left < 0 ? [] : waiting.slice(left)
  }

  #forget(remote: Remote, reason: Departure): void {
    this.#remove(remote)
    remote.attendance?.leave(reason)
  }

  #remove(remote: Remote): void {
    if (!this.#remotes.delete(remote.key)) return
    this.#shares.give(remote.source)
    this.#silences.set(remote, Infinity)
  }

  #onAlarm(): void {
    this.#alarmAt = Infinity
    const now = this.#surroundings.now()
    for (let silent = this.#silences.takeDue(now); silent !== undefined; silent = this.#silences.takeDue(now)) {
      this.#forget(silent, "silent")
    }
    this.#setAlarm()
  }

  /** An alarm that has become too early is set again when it rings: most datagrams then cost no timer. */
  #setAlarm(): void {
    if (this.#silences.first >= this.#alarmAt) return
    this.#alarmAt = this.#silences.first
    this.#alarm.set(this.#alarmAt)
  }
}
