/** Two sessions that have shaken hands, and a path of 10 ms between them that does what a test says. Virtual time. */
import { crc32 } from "node:zlib"
import { NewReno } from "../../../src/protocol/flock/congestion/NewReno.ts"
import { Connection, type ConnectionEvent } from "../../../src/protocol/flock/Connection.ts"
import { crcBytes, crcProtection } from "../../../src/protocol/flock/handshake/Protection.ts"
import type { Path } from "../../../src/protocol/flock/path/PathValidation.ts"
import type { Role, Stream } from "../../../src/protocol/flock/streams/Stream.ts"
import { type Frame, readAll, write } from "../../../src/protocol/flock/wire/Frame.ts"
import { dataHeaderBytes, form, numberOf, writeHeader, writeNumber } from "../../../src/protocol/flock/wire/Packet.ts"
import type { TransportParameters } from "../../../src/protocol/flock/wire/TransportParameters.ts"

export const parameters: TransportParameters = {
  idleMillis: 30_000,
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

/** A datagram under way. A test may lose it, or do with it what it likes. */
export interface Datagram {
  readonly from: Role
  readonly to: Path
  readonly bytes: Uint8Array
  readonly at: number
}

export const framesIn = ({ bytes }: Datagram): ReadonlyArray<Frame> =>
  readAll(bytes, dataHeaderBytes, bytes.length - crcBytes) ?? []

export const packetNumberOf = ({ bytes }: Datagram): number => numberOf(bytes, 0, 0)

/** A packet as the other side of `to` would write it. */
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
  /** Where the client is now; what goes elsewhere does not reach it. */
  clientPath: Path = { host: "client", port: 1 }
  readonly serverPath: Path = { host: "server", port: 1 }
  /** Everything that left, and what became known to the applications. */
  readonly sent: Array<Datagram> = []
  readonly events: Record<Role, Array<ConnectionEvent>> = { client: [], server: [] }
  /** Whether a datagram arrives. */
  passes: (datagram: Datagram) => boolean = () => true
  #underWay: Array<Datagram> = []

  constructor(client: Partial<TransportParameters> = {}, server: Partial<TransportParameters> = {}) {
    const make = (role: Role, local: TransportParameters, peer: TransportParameters): Connection =>
      new Connection({
        role,
        localId: ids[role],
        remoteId: ids[role === "client" ? "server" : "client"],
        local,
        peer,
        protection,
        congestion: new NewReno({ maxDatagramBytes: 1200 }),
        path: role === "client" ? this.serverPath : this.clientPath,
        maxDatagramBytes: 1472,
        random: () => 0.5,
        roundTripMillis: 2 * delayMillis,
        isKeptAlive: role === "client",
        limitBytesPerMilli: Infinity
      }, 0)
    const theClients = { ...parameters, ...client }
    const theServers = { ...parameters, ...server }
    this.client = make("client", theClients, theServers)
    this.server = make("server", theServers, theClients)
  }

  /** Lets everything happen up to `until`. */
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

  /** A packet from `from` reaches `role` now. */
  deliver(role: Role, bytes: Uint8Array, from: Path = role === "client" ? this.serverPath : this.clientPath): void {
    const copy = bytes.slice()
    this[role].handlePacket(copy, 0, copy.length, from, this.now)
  }

  /** The bytes that have come on a stream. */
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
    return this.events[role].flatMap((event) => event.type === "Opened" ? [event.stream] : [])
  }

  flush(side: Connection, role: Role): void {
    this.events[role].push(...side.pollEvents())
    for (let departure = side.nextTransmit(this.now); departure !== undefined;) {
      const target = someBytes(8 * departure.datagramBytes)
      const length = side.fill(target, this.now)
      if (length === 0) return
      for (let at = 0; at < length; at += departure.datagramBytes) {
        const bytes = target.slice(at, Math.min(length, at + departure.datagramBytes))
        const datagram = { from: role, to: departure.to, bytes, at: this.now }
        this.sent.push(datagram)
        if (this.passes(datagram)) this.#underWay.push(datagram)
      }
      departure = side.nextTransmit(this.now)
    }
  }

  #arrive({ bytes, from, to }: Datagram): void {
    if (from === "client") return this.deliver("server", bytes)
    if (to.host === this.clientPath.host && to.port === this.clientPath.port) this.deliver("client", bytes)
  }
}

export const someBytes = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => index * 7)
