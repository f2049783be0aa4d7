/** The programs on the hosts of a world of flock: a client with one session, and the server of all sessions. */
import { closeCode } from "../../../src/protocol/flock/CloseCode.ts"
import type { Connection } from "../../../src/protocol/flock/Connection.ts"
import { ClientHandshake } from "../../../src/protocol/flock/handshake/ClientHandshake.ts"
import { clearHandshake } from "../../../src/protocol/flock/handshake/Handshake.ts"
import { read as readHandshakePacket } from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { ServerHandshake } from "../../../src/protocol/flock/handshake/ServerHandshake.ts"
import { isSamePath, type Path } from "../../../src/protocol/flock/path/PathValidation.ts"
import {
  connectionIdOf,
  dataHeaderBytes,
  endOf,
  form,
  formAt,
  numberOf
} from "../../../src/protocol/flock/wire/Packet.ts"
import { toyCrypto } from "../../security/toyCrypto.ts"
import type { Program, Runtime } from "../Host.ts"
import { Violation } from "../Ledger.ts"
import type { Random } from "../Random.ts"
import { Accounts } from "./Accounts.ts"
import { crc, End, parametersOf } from "./End.ts"
import type { Session } from "./Ledger.ts"
import { addressOf, clientOf, isStrangers, type Network } from "./Network.ts"

const { hmac, isEqual, random: randomBytes } = toyCrypto(() => 0.5)

/** How long a client repeats the handshake without an answer. */
const handshakeTimeoutMillis = 30_000

const clientId = (client: number): number => 1000 + client
const format = ({ host, port }: Path): string => `${host}:${port}`
const pathOf = (address: string): Path => {
  const [host = "", port] = address.split(":")
  return { host, port: Number(port) }
}

/** The complete packets of a datagram. */
function* packetsOf(bytes: Uint8Array): Generator<readonly [start: number, end: number]> {
  for (let start = 0; start < bytes.length;) {
    const end = endOf(bytes, start, bytes.length)
    if (end === undefined) return
    yield [start, end]
    start = end
  }
}

/** The part of a session's state that a damaged packet must not change. */
const stateOf = ({ counters, path, streams }: Connection): string =>
  `${counters.receivedPackets} packets, ${format(path)}, ${streams.count} streams`

const deliver = (
  end: End,
  network: Network,
  bytes: Uint8Array,
  at: readonly [number, number],
  from: Path,
  now: number
): void => {
  const isDamaged = network.damaged.has(bytes)
  const before = isDamaged ? stateOf(end.connection) : ""
  end.receive(bytes, at[0], at[1], from, now)
  if (isDamaged && stateOf(end.connection) !== before) {
    throw new Violation("damaged packets have no effect", `${before}; then ${stateOf(end.connection)}`)
  }
}

/** A client with one session. */
export class Client implements Program {
  readonly #network: Network
  readonly #session: Session
  readonly #random: Random
  readonly #runtime: Runtime
  readonly #receive: (bytes: Uint8Array, from: string) => void
  readonly #handshake: ClientHandshake
  readonly #giveUpAt: number
  readonly #server = pathOf("server:4040")
  #port = 0
  #disconnect: () => void
  #end: End | undefined
  #isClosing = false

  constructor(
    network: Network,
    session: Session,
    random: Random,
    runtime: Runtime,
    receive: (bytes: Uint8Array, from: string) => void
  ) {
    this.#network = network
    this.#session = session
    this.#random = random
    this.#runtime = runtime
    this.#receive = receive
    this.#giveUpAt = runtime.now() + handshakeTimeoutMillis
    this.#handshake = new ClientHandshake({
      crc32: crc,
      makeHandshake: clearHandshake(crc),
      protection: "crc",
      judge: () => "Accept",
      isIdentity: false,
      clientId: clientId(session.client),
      local: parametersOf(session.script)
    })
    this.#disconnect = network.connect(this.#address, receive)
    this.#turn()
  }

  get deadline(): number {
    if (this.#session.isUnreachable) return Infinity
    if (this.#end === undefined) return Math.min(this.#handshake.deadline, this.#giveUpAt)
    return this.#end.deadline
  }

  get end(): End | undefined {
    return this.#end
  }

  receive(bytes: Uint8Array): void {
    const now = this.#runtime.now()
    if (this.#session.isUnreachable) return
    for (const [start, end] of packetsOf(bytes)) {
      if (this.#end !== undefined) {
        if (formAt(bytes, start) !== form.data || connectionIdOf(bytes, start) !== clientId(this.#session.client)) {
          continue
        }
        deliver(this.#end, this.#network, bytes, [start, end], this.#server, now)
        continue
      }
      const answer = this.#handshake.handlePacket(bytes, start, end, now)
      if (answer?._tag !== "Agreed") continue
      const send = (_: Path, datagram: Uint8Array): void =>
        this.#network.sendUp(this.#session.client, this.#address, datagram)
      this.#end = new End("client", this.#session, answer.agreement, this.#server, this.#random, send, now)
    }
    this.#turn()
  }

  timeout(): void {
    const now = this.#runtime.now()
    this.#end?.timeout(now)
    if (this.#end === undefined && now >= this.#giveUpAt) this.#session.isUnreachable = true
    this.#turn()
  }

  /** All streams have ended at both ends. */
  onComplete(): void {
    if (this.#isClosing || this.#end === undefined) return
    this.#isClosing = true
    this.#runtime.after(this.#session.script.restMillis, () => {
      this.#end?.connection.close(closeCode.NoError, "", this.#runtime.now())
      this.#turn()
    })
  }

  rebind(): void {
    this.#disconnect()
    this.#port++
    this.#disconnect = this.#network.connect(this.#address, this.#receive)
    // Either another socket, or a NAT in between.
    if (this.#port % 2 === 0) this.#end?.connection.onNewSocket()
  }

  get #address(): string {
    return addressOf(this.#session.client, this.#port)
  }

  #turn(): void {
    const now = this.#runtime.now()
    if (this.#end !== undefined) return this.#end.turn(now)
    if (this.#session.isUnreachable) return
    const hello = this.#handshake.pollTransmit(now)
    if (hello !== undefined) this.#network.sendUp(this.#session.client, this.#address, hello)
  }
}

interface Served {
  readonly end: End
  readonly session: Session
  /** The largest packet number received from the client. */
  largest: number
}

/** The server of all clients. */
export class Server implements Program {
  readonly #network: Network
  readonly #sessions: ReadonlyArray<Session>
  readonly #random: Random
  readonly #runtime: Runtime
  readonly #handshakes: ReadonlyArray<ServerHandshake>
  readonly #served = new Map<number, Served>()
  readonly #accounts = new Accounts()
  /** The host of a third party while its old packet is processed: nothing may be sent there. */
  #forbiddenHost: string | undefined

  constructor(network: Network, sessions: ReadonlyArray<Session>, random: Random, runtime: Runtime) {
    this.#network = network
    this.#sessions = sessions
    this.#random = random
    this.#runtime = runtime
    // Each session has its own transport parameters, so each has its own handshake server at the same address.
    this.#handshakes = sessions.map(({ script }) =>
      new ServerHandshake({
        crc32: crc,
        makeHandshake: clearHandshake(crc),
        protection: "crc",
        cryptography: { hmac, randomBytes, isEqual },
        resetToken: () => new Uint8Array(16),
        nextKey: undefined,
        local: () => parametersOf(script),
        random: () => random.number(0, 1)
      })
    )
  }

  get deadline(): number {
    let deadline = Infinity
    for (const { end } of this.#served.values()) deadline = Math.min(deadline, end.deadline)
    return deadline
  }

  /** The server's end of a session. */
  endOf(session: Session): End | undefined {
    return [...this.#served.values()].find((one) => one.session === session)?.end
  }

  receive(bytes: Uint8Array, address: string): void {
    const from = pathOf(address)
    this.#accounts.onReceived(address, bytes.length)
    for (const at of packetsOf(bytes)) {
      if (formAt(bytes, at[0]) === form.data) this.#onData(bytes, at, from)
      else this.#onHandshakePacket(bytes, at, from)
    }
  }

  timeout(): void {
    const now = this.#runtime.now()
    for (const { end } of this.#served.values()) {
      if (end.deadline > now) continue
      end.timeout(now)
      end.turn(now)
    }
  }

  #onData(bytes: Uint8Array, at: readonly [number, number], from: Path): void {
    const served = this.#served.get(connectionIdOf(bytes, at[0]))
    if (served === undefined || at[1] - at[0] < dataHeaderBytes) return
    const number = numberOf(bytes, at[0], served.largest + 1)
    const isDamaged = this.#network.damaged.has(bytes)
    const isOld = number <= served.largest || isDamaged
    this.#forbiddenHost = isOld && isStrangers(from.host) ? from.host : undefined
    deliver(served.end, this.#network, bytes, at, from, this.#runtime.now())
    served.end.turn(this.#runtime.now())
    this.#forbiddenHost = undefined
    if (!isDamaged) served.largest = Math.max(served.largest, number)
    if (isStrangers(served.end.connection.path.host)) {
      throw new Violation("a session sends to its peer only", format(from))
    }
  }

  #onHandshakePacket(bytes: Uint8Array, [start, end]: readonly [number, number], from: Path): void {
    const packet = readHandshakePacket(crc, bytes, start, end)
    const now = this.#runtime.now()
    if (packet === undefined) return
    for (const [client, handshake] of this.#handshakes.entries()) {
      if (packet.form === form.hello && packet.clientId !== clientId(client)) continue
      const reaction = handshake.handlePacket(packet, from, now)
      if (reaction?._tag === "Answer") this.#network.sendDown(format(from), reaction.bytes)
      else if (reaction?._tag === "Agreed") this.#open(client, reaction, now)
    }
  }

  #open(
    client: number,
    { agreement, path }: { agreement: ConstructorParameters<typeof End>[2]; path: Path },
    now: number
  ): void {
    const session = this.#sessions[client]
    // A late copy of HELLO has started a second handshake, which is not answered.
    if (session === undefined || this.endOf(session) !== undefined) return
    const send = (to: Path, datagram: Uint8Array): void => {
      if (to.host === this.#forbiddenHost) throw new Violation("an old packet causes no migration", format(to))
      if (!isSamePath(to, end.connection.path)) this.#accounts.onSent(format(to), datagram)
      else if (clientOf(format(to)) === undefined) throw new Violation("a session sends to its peer only", format(to))
      this.#network.sendDown(format(to), datagram)
    }
    const end: End = new End("server", session, agreement, path, this.#random, send, now)
    this.#served.set(agreement.localId, { end, session, largest: -1 })
    end.turn(now)
  }
}
