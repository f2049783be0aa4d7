/** The program of a client of flock: one session at a time, and another one when the server has forgotten it. */
import { closeCode } from "../../../src/protocol/flock/CloseCode.ts"
import { ClientHandshake } from "../../../src/protocol/flock/handshake/ClientHandshake.ts"
import { read } from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import type { Path } from "../../../src/protocol/flock/path/PathValidation.ts"
import { connectionIdOf, form, formAt, resetTokenOf } from "../../../src/protocol/flock/wire/Packet.ts"
import { isSame } from "../../../src/protocol/SameBytes.ts"
import { RunStrides } from "../../../src/transport/flock/RunStrides.ts"
import type { Program, Runtime } from "../Host.ts"
import { Violation } from "../Ledger.ts"
import { End } from "./End.ts"
import type { Session } from "./Ledger.ts"
import { addressOf, format, type Network, packetsOf, pathOf, serverAddress } from "./Network.ts"
import { crc, parametersOf, type Shared } from "./WorldParts.ts"

/** How long a client repeats the handshake without an answer. */
const handshakeTimeoutMillis = 30_000
/** HELLOs that RETRYs cause in addition to those at intervals of 300 ms and more. */
const retriedHellos = 6
const helloMillis = 300

/** A client with one session, and what it needs of its world. */
export interface ClientOptions extends Shared {
  readonly network: Network
  readonly session: Session
  /** The session that follows one which the server has forgotten. */
  readonly nextSession: (session: Session) => Session
  readonly receive: (bytes: Uint8Array, from: string) => void
}

export class Client implements Program {
  readonly #options: ClientOptions
  readonly #runtime: Runtime
  readonly #server = pathOf(serverAddress)
  #session: Session
  #handshake: ClientHandshake
  #startedAt: number
  #hellos = 0
  /** As systems choose them, and as no service that a server does not answer. */
  #port = 50_000
  #disconnect: () => void
  #end: End | undefined
  #isClosing = false
  readonly #strides = new RunStrides()

  constructor(options: ClientOptions, runtime: Runtime) {
    this.#options = options
    this.#runtime = runtime
    this.#session = options.session
    this.#startedAt = runtime.now()
    this.#handshake = this.#handshakeOf(this.#session)
    this.#disconnect = options.network.connect(this.address, options.receive)
    this.#turn()
  }

  get deadline(): number {
    if (this.#session.isUnreachable) return Infinity
    if (this.#end === undefined) return Math.min(this.#handshake.deadline, this.#startedAt + handshakeTimeoutMillis)
    return this.#end.deadline
  }

  /** The end of the newest session. */
  get end(): End | undefined {
    return this.#end
  }

  get address(): string {
    return addressOf(this.#session.client, this.#port)
  }

  receive(bytes: Uint8Array, from: string): void {
    if (this.#session.isUnreachable) return
    const run = { bytes, from: pathOf(from), segmentBytes: undefined }
    this.#strides.handle(run, (datagram) => this.#onDatagram(datagram, from))
    this.#turn()
  }

  #onDatagram(bytes: Uint8Array, from: string): boolean {
    let isAuthentic = false
    for (const [start, end] of packetsOf(bytes)) {
      isAuthentic = false
      const packetForm = formAt(bytes, start)
      if (this.#end === undefined) {
        // The kernel passes packets of the server's address only.
        if (from === serverAddress) this.#onHandshakePacket(bytes, start, end)
      } else if (packetForm === form.reset) this.#onReset(this.#end, bytes.subarray(start, end), pathOf(from))
      else if (packetForm === form.data && connectionIdOf(bytes, start) === this.#session.clientId) {
        isAuthentic = this.#end.receive(bytes, start, end, pathOf(from), this.#runtime.now())
      }
    }
    return isAuthentic
  }

  timeout(): void {
    const now = this.#runtime.now()
    this.#end?.timeout(now)
    if (this.#end === undefined && now >= this.#startedAt + handshakeTimeoutMillis) this.#session.isUnreachable = true
    this.#turn()
  }

  /** All streams have ended at both ends. */
  onComplete(session: Session): void {
    if (this.#isClosing || this.#end === undefined || session !== this.#session) return
    this.#isClosing = true
    this.#runtime.after(this.#session.script.restMillis, () => {
      this.#end?.connection.close(closeCode.NoError, "", this.#runtime.now())
      this.#turn()
    })
  }

  rebind(): void {
    this.#disconnect()
    this.#port++
    this.#disconnect = this.#options.network.connect(this.address, this.#options.receive)
    // Either another socket, or a NAT in between.
    if (this.#port % 2 === 0) this.#end?.connection.onNewSocket()
  }

  #handshakeOf({ client, clientId, script }: Session): ClientHandshake {
    const { keys } = this.#options
    return new ClientHandshake({
      crc32: crc,
      makeHandshake: keys.handshakes(keys.clients[client] ?? keys.host),
      protection: keys.protection,
      gate: keys.gate?.of,
      judge: (key) => !keys.hasKeys || (key !== undefined && isSame(key, keys.host.publicKey)) ? "Accept" : "Refuse",
      isIdentity: keys.hasKeys,
      clientId,
      local: parametersOf(script)
    })
  }

  #onHandshakePacket(bytes: Uint8Array, start: number, end: number): void {
    const { genuine, keys, network } = this.#options
    const now = this.#runtime.now()
    const answer = this.#handshake.handlePacket(bytes, start, end, now)
    if (answer?._tag !== "Agreed") return
    const { agreement } = answer
    if (keys.hasKeys) {
      const { peerKey } = agreement
      const packet = read(crc, bytes, start, end)
      const isGenuine = packet?.form === form.hello2 && genuine.has(packet.message)
      if (peerKey === undefined || !isSame(peerKey, keys.host.publicKey) || !isGenuine) {
        throw new Violation("a client agrees with its server only", `client ${this.#session.client}`)
      }
    }
    const send = (to: Path, datagram: Uint8Array): void => {
      if (format(to) !== serverAddress) throw new Violation("a client sends to its server only", format(to))
      network.sendUp(this.#session.client, this.address, datagram)
    }
    this.#end = new End("client", this.#session, agreement, this.#server, this.#options, send, now)
  }

  #onReset({ connection }: End, packet: Uint8Array, from: Path): void {
    const token = resetTokenOf(packet, 0, packet.length)
    if (token === undefined || connectionIdOf(packet, 0) !== connection.remoteId) return
    const wasClosed = connection.isClosed
    const isGenuine = this.#options.genuine.has(packet)
    const hasEnded = connection.onReset(token, from)
    if (hasEnded && !isGenuine) {
      throw new Violation("a RESET ends a session that its server has forgotten only", format(from))
    }
    if (!wasClosed && isGenuine && format(from) === serverAddress && !connection.isClosed) {
      throw new Violation("a server that has forgotten a session is known at once", `client ${this.#session.client}`)
    }
  }

  /** A session that the server has forgotten is followed by another one, which begins anew. */
  #begin(session: Session): void {
    this.#session = session
    this.#end = undefined
    this.#isClosing = false
    this.#startedAt = this.#runtime.now()
    this.#hellos = 0
    this.#handshake = this.#handshakeOf(session)
  }

  #turn(): void {
    const now = this.#runtime.now()
    this.#end?.turn(now)
    if (this.#session.isReset && !this.#session.isComplete) this.#begin(this.#options.nextSession(this.#session))
    if (this.#end !== undefined || this.#session.isUnreachable) return
    if (this.#handshake.otherKey(now) !== undefined) {
      throw new Violation("a forged HELLO2 is no other key", `client ${this.#session.client}`)
    }
    const hello = this.#handshake.pollTransmit(now)
    if (hello !== undefined) this.#sendHello(hello, now)
  }

  #sendHello(hello: Uint8Array, now: number): void {
    const { genuine, keys, network } = this.#options
    const { client, clientId } = this.#session
    this.#hellos++
    if (this.#hellos > retriedHellos + (now - this.#startedAt) / helloMillis) {
      throw new Violation(
        "a client repeats HELLO at its intervals",
        `${this.#hellos} after ${now - this.#startedAt} ms`
      )
    }
    const packet = read(crc, hello, 0, hello.length)
    if (packet?.form === form.hello) {
      genuine.addHello(packet)
      if (keys.hasKeys) keys.uses.onEphemeral(packet.message, `attempt ${clientId}`)
    }
    network.sendUp(client, this.address, hello)
  }
}
