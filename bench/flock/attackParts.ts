/**
 * The parts of the sources that the benchmark of attacks uses, for bundling: a server as `serve` runs it, an honest
 * client, and a peer that writes any packets.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { createSocket, type Socket } from "node:dgram"
import { once } from "node:events"
import { crc32 } from "node:zlib"
import * as NodeAead from "../../src/node/security/NodeAead.ts"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import * as NodeStorage from "../../src/node/storage/NodeStorage.ts"
import { type ClientAgreement, ClientHandshake } from "../../src/protocol/flock/handshake/ClientHandshake.ts"
import { hello, requestOf } from "../../src/protocol/flock/handshake/HandshakePacket.ts"
import { type Frame, write as writeFrame } from "../../src/protocol/flock/wire/Frame.ts"
import { dataHeaderBytes, form, writeHeader, writeNumber } from "../../src/protocol/flock/wire/Packet.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import { aeadProtection } from "../../src/security/AeadProtection.ts"
import { noiseHandshake } from "../../src/security/NoiseHandshake.ts"
import { Storage } from "../../src/storage/Storage.ts"
import * as Inbox from "../../src/transfer/Inbox.ts"
import * as Router from "../../src/transfer/Router.ts"
import * as Endpoint from "../../src/transport/flock/FlockEndpoint.ts"
import { services } from "./parts.ts"

export { Effect, Endpoint, Exit, Limits, Scope, services, Stream }

/** The server: its port, the number of its sessions, of the messages that it has received, and of those that are under way. */
export interface Server {
  readonly port: number
  readonly sessions: () => number
  readonly received: () => number
  readonly underWay: () => number
}

/** Receives files and texts into `inbox`, with a quota in bytes. */
export const serve = (host: string, inbox: string, quotaBytes: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    let [started, received, ended] = [0, 0, 0]
    const serving = Effect.gen(function*() {
      const listener = yield* Endpoint.listen({ host, port: 0 })
      const { inbox: open } = yield* Storage
      const opened = yield* open({ path: inbox, ifExists: "overwrite", quotaBytes })
      resolve({
        port: listener.local.port,
        sessions: listener.open,
        received: () => received,
        underWay: () => started - received - ended
      })
      yield* Stream.runDrain(Router.run(listener, [Inbox.handler(opened)], ({ _tag }) =>
        Effect.sync(() => {
          if (_tag === "Started") started++
          if (_tag === "Received") received++
          if (_tag === "Refused" || _tag === "Abandoned") ended++
        })))
    })
    const layers = Layer.merge(services, NodeStorage.layer)
    Effect.runPromise(Effect.scoped(Effect.provide(serving, layers))).catch(reject)
  })

const parameters = {
  idleTimeoutMillis: 600_000,
  maxDatagramBytes: Limits.leastDatagramBytes,
  maxData: 2 ** 30,
  maxStreamData: 2 ** 30,
  maxStreams: Limits.openStreams,
  maxAckDelayMicros: 0,
  receiveBufferBytes: 2 ** 20
}

const encoder = new TextEncoder()
const aead = NodeAead.make()

/** Noise, as a client without an identity runs it. */
const makeHandshake = noiseHandshake({
  crypto: nodeCrypto,
  local: nodeCrypto.generate().keyPair,
  makeProtection: ({ receive, send }) =>
    aeadProtection({ name: "aead", aead, encrypt: nodeCrypto.encrypt, sealKey: send, openKey: receive })
})

export interface Place {
  readonly host: string
  readonly port: number
}

/** A socket at the address `from`; with `to` connected. */
export const socketAt = async (from: string, to?: Place): Promise<Socket> => {
  const socket = createSocket("udp4")
  socket.bind(0, from)
  await once(socket, "listening")
  if (to !== undefined) {
    socket.connect(to.port, to.host)
    await once(socket, "connect")
  }
  // A refused datagram is no error of an attack.
  return socket.on("error", () => undefined)
}

const random64 = (): number => 1 + Math.floor(Math.random() * 2 ** 50)

/** A peer with a session that obeys no rule. */
export class Attacker {
  readonly #socket: Socket
  readonly #server: Place
  readonly #agreement: ClientAgreement
  #next = 0
  /** Bytes of UDP payload that were sent and that came back, over all its sockets. */
  sentBytes = 0
  receivedBytes = 0

  private constructor(
    socket: Socket,
    server: Place,
    agreement: ClientAgreement
  ) {
    this.#socket = socket
    this.#server = server
    this.#agreement = agreement
    socket.on("message", ({ length }) => void (this.receivedBytes += length))
  }

  /** Opens a session from the address `from`; undefined when the server does not answer within `millis`. */
  static async open(
    from: string,
    server: Place,
    millis = 5000
  ): Promise<Attacker | undefined> {
    const socket = await socketAt(from)
    const handshake = new ClientHandshake({
      crc32,
      makeHandshake,
      protection: "aead",
      judge: () => "Accept",
      isIdentity: false,
      clientId: random64(),
      local: parameters
    })
    const answered = new Promise<ClientAgreement | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), millis)
      socket.on("message", (bytes) => {
        const result = handshake.handlePacket(bytes, 0, bytes.length, 0)
        if (result?._tag !== "Agreed") return
        clearTimeout(timer)
        resolve(result.agreement)
      })
    })
    const startedAt = performance.now()
    const repeat = setInterval(() => {
      const packet = handshake.pollTransmit(performance.now() - startedAt)
      if (packet !== undefined) socket.send(packet, server.port, server.host)
    }, 10)
    const agreement = await answered
    clearInterval(repeat)
    if (agreement === undefined) {
      socket.close()
      return undefined
    }
    socket.removeAllListeners("message")
    const attacker = new Attacker(socket, server, agreement)
    socket.send(agreement.prefix, server.port, server.host)
    attacker.send({ _tag: "Ping" })
    return attacker
  }

  /** Parameters that the server has announced. */
  get credit(): { readonly session: number; readonly stream: number } {
    return { session: this.#agreement.peer.maxData, stream: this.#agreement.peer.maxStreamData }
  }

  /** Sends a packet with these frames, from the session's address or from another socket. */
  send(...frames: ReadonlyArray<Frame>): number {
    return this.sendFrom(this.#socket, ...frames)
  }

  sendFrom(socket: Socket, ...frames: ReadonlyArray<Frame>): number {
    const bytes = new Uint8Array(65_000)
    const end = frames.reduce((at, frame) => writeFrame(bytes, at, frame), dataHeaderBytes)
    const packetEnd = end + this.#agreement.protection.tagBytes
    writeHeader(bytes, 0, form.data, this.#agreement.remoteId, packetEnd)
    writeNumber(bytes, 0, this.#next)
    this.#agreement.protection.seal(bytes, 0, dataHeaderBytes, end, this.#next)
    this.#next++
    this.sentBytes += packetEnd
    socket.send(bytes, 0, packetEnd, this.#server.port, this.#server.host)
    return packetEnd
  }

  /** Sends the header of a message on stream `id`, and nothing of its body. */
  announce(id: number, header: Readonly<Record<string, unknown>>): void {
    const json = encoder.encode(JSON.stringify(header))
    const bytes = new Uint8Array(json.length + 2)
    bytes.set([0x40 | (json.length >>> 8), json.length & 255])
    bytes.set(json, 2)
    this.send({ _tag: "Stream", id, offset: 0, isLast: false, bytes, start: 0, end: bytes.length })
  }

  /** Leaves without CLOSE. */
  leave(): void {
    this.#socket.close()
  }

  /** Leaves with CLOSE. */
  close(): void {
    this.send({ _tag: "Close", code: 0, reason: "" })
    // A socket that is closed at once does not send what it has been given.
    setTimeout(() => this.#socket.close(), 10)
  }
}

/** Datagrams that are sent at a rate until the end. */
export class Flood {
  readonly #startedAt = performance.now()
  readonly #send: (nth: number) => void
  readonly #perMilli: number
  readonly #end: () => void
  #due = 0
  #sent = 0
  #isOver = false

  /** `send` sends the datagram of that number, about `perMilli` of them each millisecond; `end` is called at the end. */
  constructor(perMilli: number, send: (nth: number) => void, end: () => void) {
    this.#perMilli = perMilli
    this.#send = send
    this.#end = end
    this.#turn(this.#startedAt)
  }

  /** HELLOs with `perMilli` from the addresses `sources`, none of which answers. */
  static async hellos(sources: ReadonlyArray<string>, perMilli: number, server: Place): Promise<Flood> {
    const sockets = await Promise.all(sources.map((source) => socketAt(source, server)))
    const message = nodeCrypto.random(32)
    return new Flood(
      perMilli,
      (nth) => sockets[nth % sockets.length]?.send(hello(crc32, requestOf(random64(), "aead"), message)),
      () => sockets.forEach((socket) => socket.close())
    )
  }

  /** DATA packets for the session with the connection id `serverId`, with numbers that it has not received yet. */
  static async forged(sources: ReadonlyArray<string>, perMilli: number, server: Place, serverId: number) {
    const sockets = await Promise.all(sources.map((source) => socketAt(source, server)))
    const bytes = nodeCrypto.random(Limits.leastDatagramBytes)
    writeHeader(bytes, 0, form.data, serverId, bytes.length)
    return new Flood(
      perMilli,
      (nth) => {
        writeNumber(bytes, 0, firstForgedNumber + nth % forgedNumbers)
        sockets[nth % sockets.length]?.send(bytes.slice())
      },
      () => sockets.forEach((socket) => socket.close())
    )
  }

  /** Bytes without meaning, of all sizes. */
  static async garbage(sources: ReadonlyArray<string>, perMilli: number, server: Place): Promise<Flood> {
    const sockets = await Promise.all(sources.map((source) => socketAt(source, server)))
    const pieces = garbagePieces()
    return new Flood(
      perMilli,
      (nth) => sockets[nth % sockets.length]?.send(pieces[nth % pieces.length] ?? new Uint8Array(1)),
      () => sockets.forEach((socket) => socket.close())
    )
  }

  /** Ends it; returns the number of datagrams, and the seconds. */
  stop(): { readonly count: number; readonly seconds: number } {
    this.#isOver = true
    this.#end()
    return { count: this.#sent, seconds: (performance.now() - this.#startedAt) / 1000 }
  }

  #turn(before: number): void {
    if (this.#isOver) return
    const now = performance.now()
    // A flood that is late catches up a little: the machine has other work.
    this.#due = Math.min(this.#due + (now - before) * this.#perMilli, 20 * this.#perMilli)
    for (; this.#due >= 1; this.#due--) this.#send(this.#sent++)
    setTimeout(() => this.#turn(now), 0)
  }
}

/** Numbers of forged packets: within the first epoch, beyond those that a short transfer sends. */
const firstForgedNumber = 2 ** 19
const forgedNumbers = 2 ** 18

/** Half of them at random; the others begin as packets do, or look like the heads of merged runs all over. */
const garbagePieces = (): ReadonlyArray<Uint8Array> => {
  const forms = Object.values(form)
  return Array.from({ length: 256 }, (_, nth) => {
    const size = 1 + Math.floor((nth * 97 % 256) / 255 * (Limits.runBytes - 1))
    const bytes = nodeCrypto.random(size)
    if (nth % 4 === 1) bytes[0] = forms[nth % forms.length] ?? 0
    if (nth % 8 === 3) bytes.fill(form.data)
    if (nth % 8 === 7) writeHeader(bytes, 0, form.data, random64(), size)
    return bytes
  })
}
