/** A client and a server after their handshake, and a path with a delay of 10 ms between them, in virtual time. A test controls losses. */
import { crc32 } from "node:zlib"
import { NewReno } from "../../../src/protocol/flock/congestion/NewReno.ts"
import { Connection, type ConnectionEvent } from "../../../src/protocol/flock/Connection.ts"
import type { ConnectionOptions } from "../../../src/protocol/flock/ConnectionOptions.ts"
import { crcBytes, crcProtection } from "../../../src/protocol/flock/handshake/Protection.ts"
import type { Path } from "../../../src/protocol/flock/path/PathValidation.ts"
import type { Role, Stream } from "../../../src/protocol/flock/streams/Stream.ts"
import { type Frame, readAll, write } from "../../../src/protocol/flock/wire/Frame.ts"
import { dataHeaderBytes, form, numberOf, writeHeader, writeNumber } from "../../../src/protocol/flock/wire/Packet.ts"
import type { TransportParameters } from "../../../src/protocol/flock/wire/TransportParameters.ts"

export const parameters: TransportParameters = {
  idleTimeoutMillis: 30_000,
  maxDatagramBytes: 1472,
  maxData: 100_000,
  maxStreamData: 50_000,
  maxStreams: 4,
  maxAckDelayMicros: 5000,
  receiveBufferBytes: 200_000
}

const ids = { client: 7, server: 8 } as const
const delayMillis = 10
const protection = crcProtection((bytes) => crc32(bytes))

/** A datagram that was sent. */
export interface Datagram {
  readonly from: Role
  readonly to: Path
  readonly bytes: Uint8Array
  readonly at: number
}

export const framesIn = ({ bytes }: Datagram): ReadonlyArray<Frame> =>
  readAll(bytes, dataHeaderBytes, bytes.length - crcBytes) ?? []

export const packetNumberOf = ({ bytes }: Datagram): number => numberOf(bytes, 0, 0)

/** A packet with these frames, as the peer of `to` writes it. */
export const packet = (to: Role, packetNumber: number, ...frames: ReadonlyArray<Frame>): Uint8Array => {
  const bytes = new Uint8Array(1200)
  const end = frames.reduce((at, frame) => write(bytes, at, frame), dataHeaderBytes)
  writeHeader(bytes, 0, form.data, ids[to], end + crcBytes)
  writeNumber(bytes, 0, packetNumber)
  protection.seal(bytes, 0, dataHeaderBytes, end, packetNumber)
  return bytes.subarray(0, end + crcBytes)
}

export class Pair {
  now = 0
  readonly client: Connection
  readonly server: Connection
  /** The client's current address; datagrams to another address do not reach it. */
  clientPath: Path = { host: "client", port: 1 }
  readonly serverPath: Path = { host: "server", port: 1 }
  /** All datagrams that were sent, and all events that were emitted. */
  readonly sent: Array<Datagram> = []
  readonly events: Record<Role, Array<ConnectionEvent>> = { client: [], server: [] }
  /** Whether the path delivers a datagram. */
  passes: (datagram: Datagram) => boolean = () => true
  #underWay: Array<Datagram> = []

  constructor(
    client: Partial<TransportParameters> = {},
    server: Partial<TransportParameters> = {},
    others: Partial<ConnectionOptions> = {}
  ) {
    const make = (role: Role, local: TransportParameters, peer: TransportParameters): Connection =>
      new Connection({
        role,
        localId: ids[role],
        remoteId: ids[role === "client" ? "server" : "client"],
        local,
        peer,
        protection,
        makeCongestion: () => new NewReno({ maxDatagramBytes: 1200 }),
        path: role === "client" ? this.serverPath : this.clientPath,
        maxDatagramBytes: 1472,
        random: () => 0.5,
        roundTripMillis: 2 * delayMillis,
        isKeptAlive: role === "client",
        limitBytesPerMilli: Infinity,
        ...others
      }, 0)
    const clientParameters = { ...parameters, ...client }
    const serverParameters = { ...parameters, ...server }
    this.client = make("client", clientParameters, serverParameters)
    this.server = make("server", serverParameters, clientParameters)
  }

  /** Runs all timers and deliveries up to `until`. */
  run(until: number): void {
    for (;;) {
      this.flush(this.client, "client")
      this.flush(this.server, "server")
      const [next] = this.#underWay
      const due = Math.min(
        this.client.deadline,
        this.server.deadline,
        next === undefined ? Infinity : next.at + delayMillis
      )
      if (due > until) break
      this.now = Math.max(this.now, due)
      if (next !== undefined && next.at + delayMillis <= this.now) {
        this.#underWay.shift()
        this.#arrive(next)
      } else for (const side of [this.client, this.server]) if (side.deadline <= this.now) side.handleTimeout(this.now)
    }
    this.now = Math.max(this.now, until)
  }

  /** Delivers a packet from `from` to `role` now. */
  deliver(role: Role, bytes: Uint8Array, from: Path = role === "client" ? this.serverPath : this.clientPath): boolean {
    const copy = bytes.slice()
    return this[role].handlePacket(copy, 0, copy.length, from, this.now)
  }

  /** Reads the bytes that arrived on a stream. */
  read(role: Role, id: number): ReadonlyArray<number> {
    const stream = this.streams(role).find((one) => one.id === id)
    const all: Array<number> = []
    for (;;) {
      const bytes = stream === undefined ? undefined : this[role].streams.read(stream)
      if (bytes === undefined) return all
      all.push(...bytes)
    }
  }

  /** The streams that the peer of `role` has opened. */
  streams(role: Role): ReadonlyArray<Stream> {
    return this.events[role].flatMap((event) => event._tag === "Opened" ? [event.stream] : [])
  }

  /** Polls the events of a side and sends everything that it may send now. */
  flush(side: Connection, role: Role): void {
    this.events[role].push(...side.pollEvents())
    for (let transmit = side.nextTransmit(this.now); transmit !== undefined;) {
      const target = someBytes(8 * transmit.datagramBytes)
      const length = side.fill(target, this.now)
      if (length === 0) return
      for (let at = 0; at < length; at += transmit.datagramBytes) {
        const bytes = target.slice(at, Math.min(length, at + transmit.datagramBytes))
        const datagram = { from: role, to: transmit.to, bytes, at: this.now }
        this.sent.push(datagram)
        if (this.passes(datagram)) this.#underWay.push(datagram)
      }
      transmit = side.nextTransmit(this.now)
    }
  }

  #arrive({ bytes, from, to }: Datagram): void {
    if (from === "client") this.deliver("server", bytes)
    else if (to.host === this.clientPath.host && to.port === this.clientPath.port) this.deliver("client", bytes)
  }
}

export const someBytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index * 7)
