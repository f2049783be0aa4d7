/**
 * The handshakes of a listener of tcp. A connection costs one of a bounded number of places until its handshake has ended, for a few
 * seconds at most; one that says anything else is reset without an answer.
 */
import type { SocketError } from "../../net/Socket.ts"
import type { TcpConnection } from "../../net/Tcp.ts"
import * as HandshakeLimits from "../../protocol/flock/handshake/HandshakeLimits.ts"
import { framed } from "../../protocol/tcp/Records.ts"
import * as TcpLimits from "../../protocol/tcp/TcpLimits.ts"
import type { TcpParameters } from "../../protocol/tcp/TcpPayload.ts"
import {
  firstRecordBytes,
  type TcpAgreement,
  type TcpHandshakeOptions,
  type TcpServerHandshake,
  tcpServerHandshake
} from "../../security/TcpHandshake.ts"
import type { Alarm, MakeAlarm } from "../Alarm.ts"
import { HandshakeConnection } from "./HandshakeConnection.ts"
import { HandshakePlaces } from "./HandshakePlaces.ts"

/** A connection whose handshake is complete. */
export interface Greeted {
  readonly connection: TcpConnection
  readonly half: HandshakeConnection
  readonly agreement: TcpAgreement
  /** Whether the client's key is one that it keeps. */
  readonly isIdentity: boolean
  /** The parameters that the client was given. */
  readonly local: TcpParameters
  /** The time between the second and the third message. */
  readonly handshakeMillis: number
}

export interface GreetingsOptions {
  readonly handshake: TcpHandshakeOptions & { readonly nextKey: Uint8Array | undefined }
  /** Returns the parameters for a new handshake. */
  readonly parameters: () => TcpParameters
  /** Receives the parameters of a handshake that became no session. */
  readonly onDropped: (local: TcpParameters) => void
  readonly onAgreed: (greeted: Greeted) => void
  readonly handshakesPerSecond: number | undefined
  readonly random: () => number
  /** Returns the milliseconds of the monotonic clock. */
  readonly now: () => number
  readonly makeAlarm: MakeAlarm
}

export class Greetings {
  readonly counters = {
    /** Connections whose first bytes are no first message: of another program, or another protection. */
    malformed: 0,
    /** Messages that are not authentic: of a client without the shared key, or changed on the way. */
    forged: 0,
    /** Connections beyond the limits of handshakes. */
    refused: 0,
    /** Handshakes that took too long, or that their client has left. */
    timedOut: 0,
    left: 0
  }
  readonly #options: GreetingsOptions
  readonly #places: HandshakePlaces
  readonly #greetings = new Set<Greeting>()

  constructor(options: GreetingsOptions) {
    this.#options = options
    this.#places = new HandshakePlaces(options.random, options.handshakesPerSecond)
  }

  /** Handshakes in progress. */
  get count(): number {
    return this.#greetings.size
  }

  add(connection: TcpConnection): void {
    if (!this.#places.take(connection.peer)) {
      this.counters.refused++
      return connection.reset()
    }
    const greeting = new Greeting(connection, this.#options, {
      admits: () => this.#places.admits(connection.peer, this.#options.now()),
      onEnd: (dropped) => {
        this.#greetings.delete(greeting)
        this.#places.give(connection.peer)
        if (dropped !== undefined) this.counters[dropped]++
      }
    })
    this.#greetings.add(greeting)
    greeting.begin()
  }

  /** The listener ends: handshakes in progress are given up. */
  end(): void {
    for (const greeting of this.#greetings) greeting.drop("left")
  }
}

interface GreetingHost {
  /** Whether the first message is read. */
  readonly admits: () => boolean
  /** The handshake is over; with a reason it became no session. */
  readonly onEnd: (dropped: keyof Greetings["counters"] | undefined) => void
}

/** A handshake whose second message was sent. */
interface Answered {
  readonly handshake: TcpServerHandshake
  readonly local: TcpParameters
  readonly at: number
}

/** The handshake of one connection. */
class Greeting {
  readonly #connection: TcpConnection
  readonly #options: GreetingsOptions
  readonly #host: GreetingHost
  readonly #half: HandshakeConnection
  readonly #alarm: Alarm
  #answered: Answered | undefined
  #isOver = false

  constructor(connection: TcpConnection, options: GreetingsOptions, host: GreetingHost) {
    this.#connection = connection
    this.#options = options
    this.#host = host
    this.#alarm = options.makeAlarm(options.now, () => this.drop("timedOut"))
    this.#half = new HandshakeConnection(firstRecordBytes(options.handshake.psk), {
      onRecord: (record) => this.#answered === undefined ? this.#onFirst(record) : this.#onLast(record, this.#answered),
      onForeign: () => this.drop("malformed"),
      onOver: (_error: SocketError | undefined) => this.drop("left")
    })
  }

  begin(): void {
    this.#alarm.set(this.#options.now() + HandshakeLimits.halfOpenMillis)
    this.#connection.start(this.#half)
  }

  drop(reason: keyof Greetings["counters"]): void {
    if (this.#isOver) return
    this.#end(reason)
    this.#half.drop()
    this.#connection.reset()
    if (this.#answered === undefined) return
    this.#answered.handshake.free()
    this.#options.onDropped(this.#answered.local)
  }

  #onFirst(record: Uint8Array): void {
    const { handshake, now, parameters } = this.#options
    if (record.length !== firstRecordBytes(handshake.psk)) return this.drop("malformed")
    if (!this.#host.admits()) return this.drop("refused")
    const local = parameters()
    const answer = tcpServerHandshake({ ...handshake, parameters: local }, record)
    if (answer === undefined) {
      this.#options.onDropped(local)
      return this.drop("forged")
    }
    this.#half.reader.mostBytes = TcpLimits.handshakeRecordBytes
    this.#answered = { handshake: answer, local, at: now() }
    this.#connection.write(framed(answer.second))
  }

  #onLast(record: Uint8Array, { at, handshake, local }: Answered): void {
    const read = handshake.read(record)
    if (read === undefined) return this.drop("forged")
    this.#end(undefined)
    this.#options.onAgreed({
      ...read,
      connection: this.#connection,
      half: this.#half,
      local,
      handshakeMillis: this.#options.now() - at
    })
  }

  #end(reason: keyof Greetings["counters"] | undefined): void {
    this.#isOver = true
    this.#alarm.set(Infinity)
    this.#host.onEnd(reason)
  }
}
