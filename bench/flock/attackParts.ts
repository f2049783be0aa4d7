/**
 * The parts of the sources that the benchmark of attacks uses, for bundling: a server as `serve` runs it, an honest
 * client, and a peer that writes any packets.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { createSocket, type Socket } from "node:dgram"
import { once } from "node:events"
import { crc32 } from "node:zlib"
import * as NodeStorage from "../../src/node/storage/NodeStorage.ts"
import { type ClientAgreement, ClientHandshake } from "../../src/protocol/flock/handshake/ClientHandshake.ts"
import { clearHandshake } from "../../src/protocol/flock/handshake/Handshake.ts"
import { hello, requestOf } from "../../src/protocol/flock/handshake/HandshakePacket.ts"
import { type Frame, write as writeFrame } from "../../src/protocol/flock/wire/Frame.ts"
import { dataHeaderBytes, form, writeHeader, writeNumber } from "../../src/protocol/flock/wire/Packet.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import { Storage } from "../../src/storage/Storage.ts"
import * as Inbox from "../../src/transfer/Inbox.ts"
import * as Router from "../../src/transfer/Router.ts"
import * as Endpoint from "../../src/transport/flock/FlockEndpoint.ts"
import { services } from "./parts.ts"

export { Effect, Endpoint, Limits, services, Stream }

/** The server: its port, the number of its sessions and of the messages that it has received. */
export interface Server {
  readonly port: number
  readonly sessions: () => number
  readonly received: () => number
}

/** Receives files and texts into `inbox`, with a quota in bytes. */
export const serve = (host: string, inbox: string, quotaBytes: number): Promise<Server> =>
  new Promise((resolve, reject) => {
    let received = 0
    const serving = Effect.gen(function*() {
      const listener = yield* Endpoint.listen({ host, port: 0 })
      const { inbox: open } = yield* Storage
      const opened = yield* open({ path: inbox, ifExists: "overwrite", quotaBytes })
      resolve({ port: listener.local.port, sessions: listener.open, received: () => received })
      yield* Stream.runDrain(Router.run(listener, [Inbox.handler(opened)], ({ _tag }) =>
        Effect.sync(() => {
          if (_tag === "Received") received++
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

/** A peer with a session that obeys no rule. */
export class Attacker {
  readonly #socket: Socket
  readonly #server: { readonly host: string; readonly port: number }
  readonly #agreement: ClientAgreement
  #next = 0
  /** Bytes of UDP payload that were sent and that came back, over all its sockets. */
  sentBytes = 0
  receivedBytes = 0

  private constructor(
    socket: Socket,
    server: { readonly host: string; readonly port: number },
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
    server: { readonly host: string; readonly port: number },
    millis = 5000
  ): Promise<Attacker | undefined> {
    const socket = createSocket("udp4")
    socket.bind(0, from)
    await once(socket, "listening")
    const handshake = new ClientHandshake({
      crc32,
      makeHandshake: clearHandshake(crc32),
      protection: "crc",
      judge: () => "Accept",
      isIdentity: false,
      clientId: 1 + Math.floor(Math.random() * 2 ** 50),
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

  /** Leaves without CLOSE, or with one. */
  close(isTold = true): void {
    if (isTold) this.send({ _tag: "Close", code: 0, reason: "" })
    // A socket that is closed at once does not send what it has been given.
    setTimeout(() => this.#socket.close(), 10)
  }
}

/** HELLOs from many addresses, none of which answers HELLO2. */
export class Flood {
  readonly #sockets: ReadonlyArray<Socket>
  readonly #startedAt = performance.now()
  #sent = 0
  #isOver = false

  private constructor(sockets: ReadonlyArray<Socket>) {
    this.#sockets = sockets
  }

  /** Sends about `perMilli` HELLOs each millisecond from the addresses `sources`. */
  static async start(
    sources: ReadonlyArray<string>,
    perMilli: number,
    { host, port }: { readonly host: string; readonly port: number }
  ): Promise<Flood> {
    const sockets = await Promise.all(sources.map(async (source) => {
      const socket = createSocket("udp4")
      socket.bind(0, source)
      await once(socket, "listening")
      socket.connect(port, host)
      await once(socket, "connect")
      return socket.on("error", () => undefined)
    }))
    const flood = new Flood(sockets)
    const turn = (): void => {
      if (flood.#isOver) return
      const due = Math.floor((performance.now() - flood.#startedAt) * perMilli)
      // A flood that is late does not catch up: the machine has other work.
      for (let count = 0; count < 64 && flood.#sent < due; count++) {
        const packet = hello(crc32, requestOf(1 + Math.floor(Math.random() * 2 ** 50), "crc"), new Uint8Array(0))
        sockets[flood.#sent++ % sockets.length]?.send(packet)
      }
      setImmediate(turn)
    }
    turn()
    return flood
  }

  /** Ends it; returns the HELLOs a second. */
  stop(): number {
    this.#isOver = true
    for (const socket of this.#sockets) socket.close()
    return this.#sent / (performance.now() - this.#startedAt) * 1000
  }
}
