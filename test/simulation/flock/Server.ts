/** The program of a server of flock: the sessions of all clients at one address. */
import * as HandshakeLimits from "../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import { type HandshakePacket, type Hello, read } from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { ServerHandshake, type ServerHandshakeResult } from "../../../src/protocol/flock/handshake/ServerHandshake.ts"
import { isSamePath, type Path } from "../../../src/protocol/flock/path/PathValidation.ts"
import {
  connectionIdOf,
  dataHeaderBytes,
  form,
  formAt,
  headerBytes,
  numberOf,
  readId,
  resetBytes
} from "../../../src/protocol/flock/wire/Packet.ts"
import { isSame } from "../../../src/protocol/SameBytes.ts"
import { resetTokens } from "../../../src/security/ResetKey.ts"
import { ResetAnswers } from "../../../src/transport/flock/ResetAnswers.ts"
import { RunStrides } from "../../../src/transport/flock/RunStrides.ts"
import type { Program, Runtime } from "../Host.ts"
import { Violation } from "../Ledger.ts"
import { Accounts } from "./Accounts.ts"
import { End } from "./End.ts"
import type { Session } from "./Ledger.ts"
import { clientOf, format, isStrangers, type Network, packetsOf, pathOf, serverAddress } from "./Network.ts"
import type { ClientScript } from "./Script.ts"
import { Tokens } from "./Tokens.ts"
import { crc, parametersOf, type Shared } from "./WorldParts.ts"

/** For so long a half-open handshake is kept at least. */
const halfOpenMillis = 3000

/** A server, and what it needs of its world. */
export interface ServerOptions extends Shared {
  readonly network: Network
  readonly address: string
  readonly sessionOf: (clientId: number) => Session | undefined
  /** The script of clients that are not of the world. */
  readonly script: ClientScript
}

interface Served {
  readonly end: End
  /** The largest packet number received from the client. */
  largest: number
}

type Agreed = Extract<ServerHandshakeResult, { readonly _tag: "Agreed" }>

export class Server implements Program {
  readonly #options: ServerOptions
  readonly #runtime: Runtime
  readonly #handshake: ServerHandshake
  readonly #resets: ResetAnswers
  /** By connection id, the sessions that are not closed. */
  readonly #served = new Map<number, Served>()
  readonly #ends = new Map<Session, End>()
  readonly #accounts = new Accounts()
  readonly #tokens = new Tokens()
  readonly #strides = new RunStrides()
  /** By connection id, when HELLO2 was sent last, until the session is closed. */
  readonly #expected = new Map<number, number>()
  /** Whose parameters the next HELLO2 has. */
  #script: ClientScript
  /** The host of a third party while its old packet is processed: nothing may be sent there. */
  #forbiddenHost: string | undefined

  constructor(options: ServerOptions, runtime: Runtime) {
    this.#options = options
    this.#runtime = runtime
    this.#script = options.script
    const { address, keys, random } = options
    const { crypto, gate, host, protection } = keys
    const { hmac, isEqual, random: randomBytes } = crypto
    const local = pathOf(address)
    const resetToken = resetTokens(crypto, host, local.host, local.port)
    this.#handshake = new ServerHandshake({
      crc32: crc,
      makeHandshake: keys.handshakes(host),
      protection,
      holdsGate: gate?.admits,
      cryptography: { hmac, randomBytes, isEqual },
      resetToken,
      nextKey: undefined,
      local: () => parametersOf(this.#script),
      random: () => random.number(0, 1)
    })
    this.#resets = new ResetAnswers(
      (id) => this.#handshake.isHalfOpen(id, this.#runtime.now()) ? undefined : resetToken(id),
      () => random.number(0, 1)
    )
  }

  get deadline(): number {
    let deadline = Infinity
    for (const { end } of this.#served.values()) deadline = Math.min(deadline, end.deadline)
    return deadline
  }

  /** The server's end of a session. */
  endOf(session: Session): End | undefined {
    return this.#ends.get(session)
  }

  receive(bytes: Uint8Array, address: string): void {
    const from = pathOf(address)
    this.#accounts.onReceived(address, bytes.length)
    this.#strides.handle({ bytes, from, segmentBytes: undefined }, (datagram, isTrial) => {
      let isAuthentic = false
      if (isTrial && !this.#isKnown(datagram)) return false
      for (const [start, end] of packetsOf(datagram)) {
        isAuthentic = formAt(datagram, start) === form.data && this.#onData(datagram, start, end, from)
        if (formAt(datagram, start) !== form.data) this.#onHandshakePacket(datagram, start, end, from)
      }
      return isAuthentic
    })
  }

  #isKnown(datagram: Uint8Array): boolean {
    return formAt(datagram, 0) === form.data && this.#served.has(connectionIdOf(datagram, 0))
  }

  timeout(): void {
    const now = this.#runtime.now()
    for (const [id, { end }] of this.#served) {
      if (end.deadline > now) continue
      end.timeout(now)
      this.#turn(id, end, now)
    }
  }

  #turn(id: number, end: End, now: number): void {
    end.turn(now)
    if (!end.connection.isClosed) return
    this.#served.delete(id)
    this.#expected.delete(id)
  }

  #onData(bytes: Uint8Array, start: number, end: number, from: Path): boolean {
    const id = connectionIdOf(bytes, start)
    const served = this.#served.get(id)
    const now = this.#runtime.now()
    const isGenuine = this.#options.genuine.has(bytes.subarray(start, end))
    if (served === undefined) this.#answerReset(id, end - start, isGenuine, from, now)
    if (served === undefined || end - start < dataHeaderBytes) return false
    const number = numberOf(bytes, start, served.largest + 1)
    const isOld = number <= served.largest || !isGenuine
    this.#forbiddenHost = isOld && isStrangers(from.host) ? from.host : undefined
    const isAuthentic = served.end.receive(bytes, start, end, from, now)
    this.#accounts.prove(format(served.end.connection.path))
    this.#turn(id, served.end, now)
    this.#forbiddenHost = undefined
    if (isGenuine) served.largest = Math.max(served.largest, number)
    if (isStrangers(served.end.connection.path.host)) {
      throw new Violation("a session sends to its peer only", format(from))
    }
    return isAuthentic
  }

  #onHandshakePacket(bytes: Uint8Array, start: number, end: number, from: Path): void {
    const packet = read(crc, bytes, start, end)
    const now = this.#runtime.now()
    if (packet === undefined) return
    if (packet.form === form.hello3 && this.#served.has(packet.serverId)) return
    if (packet.form === form.hello) {
      this.#script = this.#options.sessionOf(packet.clientId)?.script ?? this.#options.script
    }
    const { count } = this.#handshake
    const reaction = this.#handshake.handlePacket(packet, from, now)
    if (reaction?._tag === "Answer") {
      this.#check(packet, this.#handshake.count > count, reaction.bytes, from)
      this.#onAnswer(reaction.bytes, from, now)
      this.#answer(reaction.bytes, end - start, from)
    } else if (reaction?._tag === "Agreed") this.#open(reaction, now)
    else if (reaction?._tag === "Unknown") {
      this.#answerReset(
        reaction.serverId,
        end - start,
        this.#options.genuine.has(bytes.subarray(start, end)),
        from,
        now
      )
    }
  }

  /** Checks an answer to HELLO. */
  #check(packet: HandshakePacket, isNew: boolean, answer: Uint8Array, from: Path): void {
    const { genuine, keys } = this.#options
    const hello = packet as Hello
    if (keys.gate !== undefined && !genuine.hasHello(hello)) {
      throw new Violation("behind a gate nothing is answered", format(from))
    }
    this.#tokens.onAnswer(hello, isNew, answer, format(from))
    if (isNew && hello.token.length === 0 && this.#handshake.count > HandshakeLimits.retryHalfOpen) {
      throw new Violation("a flood is answered with RETRY", `${this.#handshake.count} half-open handshakes`)
    }
  }

  /** Remembers the identity of HELLO2, and that it was sent. */
  #onAnswer(bytes: Uint8Array, from: Path, now: number): void {
    const { address, genuine, keys } = this.#options
    if (formAt(bytes, 0) !== form.hello2) return
    this.#expected.set(readId(bytes, headerBytes), now)
    const packet = read(crc, bytes, 0, bytes.length)
    if (keys.hasKeys && packet?.form === form.hello2) {
      genuine.add(packet.message)
      keys.uses.onEphemeral(packet.message, `${address}, answer to ${format(from)} ${packet.serverId}`)
    }
  }

  #answerReset(id: number, causeBytes: number, isGenuine: boolean, from: Path, now: number): void {
    const { address, genuine } = this.#options
    const { withheldResets } = this.#resets.counters
    const packet = this.#resets.answer(id, causeBytes, from, now)
    const expectedAt = this.#expected.get(id) ?? -Infinity
    if (packet === undefined) {
      const isWithheld = this.#resets.counters.withheldResets > withheldResets
      if (!isGenuine || isWithheld || causeBytes <= resetBytes || now < expectedAt + 4 * halfOpenMillis) return
      throw new Violation("a server that has forgotten a session says so", `session ${id}`)
    }
    if (now < expectedAt + halfOpenMillis) throw new Violation("a server forgets no session", `session ${id}`)
    // A session has to do with the RESETs of its own server only.
    if (address === serverAddress) genuine.add(packet)
    this.#answer(packet, causeBytes, from)
  }

  #answer(bytes: Uint8Array, causeBytes: number, to: Path): void {
    this.#accounts.onAnswered(format(to), bytes, causeBytes)
    this.#options.network.sendDown(this.#options.address, format(to), bytes)
  }

  #open({ agreement, path }: Agreed, now: number): void {
    const { address, genuine, keys, network, sessionOf } = this.#options
    const session = sessionOf(agreement.remoteId)
    if (keys.hasKeys) {
      const key = session === undefined ? undefined : keys.clients[session.client]?.publicKey
      if (key === undefined || agreement.peerKey === undefined || !isSame(key, agreement.peerKey)) {
        throw new Violation("a server agrees with its clients only", format(path))
      }
    }
    if (session === undefined) return
    if (this.#ends.has(session)) {
      if (keys.hasKeys) throw new Violation("a handshake completes once", `client ${session.client}`)
      // A late copy of HELLO has started a second handshake, which is not answered.
      return
    }
    const send = (to: Path, datagram: Uint8Array): void => {
      if (to.host === this.#forbiddenHost) throw new Violation("an old packet causes no migration", format(to))
      if (!isSamePath(to, end.connection.path)) this.#accounts.onSent(format(to), genuine.clearOf(datagram))
      else if (clientOf(format(to)) === undefined) throw new Violation("a session sends to its peer only", format(to))
      network.sendDown(address, format(to), datagram)
    }
    this.#accounts.prove(format(path))
    const end: End = new End("server", session, agreement, path, this.#options, send, now)
    this.#served.set(agreement.localId, { end, largest: -1 })
    this.#expected.set(agreement.localId, Infinity)
    this.#ends.set(session, end)
    this.#turn(agreement.localId, end, now)
  }
}
