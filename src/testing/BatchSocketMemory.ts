/**
 * Sockets for runs in a network within the program: an MTU, a full link and merging as a kernel does it, without a kernel.
 * Runs arrive in the order in which they were sent, in a later microtask. Nothing is lost but what is larger than the MTU.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Address } from "../net/Address.ts"
import { format } from "../net/Address.ts"
import type { Bound, Fill, Handler, Run, Sent } from "../net/BatchSocket.ts"
import { BatchSocket, cut, runBytes } from "../net/BatchSocket.ts"
import * as NetLimits from "../net/NetLimits.ts"
import { SocketError } from "../net/Socket.ts"
import * as Limits from "../protocol/ProtocolLimits.ts"

export interface Options {
  /** The largest datagram that arrives, in bytes. */
  readonly mtuBytes?: number
  /** Whether a run arrives as one, without its stride, as from a kernel that merges; otherwise datagram by datagram. */
  readonly merges?: boolean
}

/** The first of the ports that are given for port 0, as IANA's dynamic ones. */
const firstDynamicPort = 49_152

class Station {
  readonly local: Address
  /** The only peer of a connected socket. */
  readonly peer: Address | undefined
  readonly handler: Handler
  readonly counters = {
    sentDatagrams: 0,
    sentBytes: 0,
    refusedDatagrams: 0,
    fullSends: 0,
    receivedRuns: 0,
    receivedBytes: 0,
    droppedMessages: 0
  }

  constructor(local: Address, peer: Address | undefined, handler: Handler) {
    this.local = local
    this.peer = peer
    this.handler = handler
  }

  receive(run: Run): void {
    this.counters.receivedRuns++
    this.counters.receivedBytes += run.bytes.length
    this.handler.onRun(run)
  }
}

interface Passage {
  readonly from: Station
  readonly to: Address
  readonly bytes: Uint8Array
  readonly datagramBytes: number
}

class Network {
  readonly #mtuBytes: number
  readonly #merges: boolean
  readonly #stations = new Map<string, Station>()
  #passages: Array<Passage> = []
  /** Those that something has come for, and those whose send was full. */
  #heard = new Set<Station>()
  #full = new Set<Station>()
  /** What a run is written into before it is copied: one for all, as a fresh one for each keeps the garbage collector busy. */
  #target = new Uint8Array(Limits.runBytes)
  #nextPort = firstDynamicPort

  constructor({ merges = false, mtuBytes = Limits.runBytes }: Options) {
    this.#mtuBytes = mtuBytes
    this.#merges = merges
  }

  /** Undefined when the address is taken. */
  open(host: string, port: number, peer: Address | undefined, handler: Handler): Station | undefined {
    const station = new Station({ host, port: port === 0 ? this.#freePort(host) : port }, peer, handler)
    const key = format(station.local)
    if (this.#stations.has(key)) return undefined
    this.#stations.set(key, station)
    return station
  }

  close(station: Station): void {
    this.#stations.delete(format(station.local))
  }

  send(from: Station, to: Address, datagramBytes: number, fill: Fill): Sent {
    if (!this.#isOpen(from)) return "Nothing"
    if (this.#passages.length >= NetLimits.sendRuns) {
      this.#full.add(from)
      from.counters.fullSends++
      return "Full"
    }
    const room = runBytes(datagramBytes)
    if (this.#target.length < room) this.#target = new Uint8Array(room)
    const target = this.#target.subarray(0, room)
    const length = fill(target)
    if (length > target.length) throw new RangeError(`a run of ${length} bytes where ${target.length} fit`)
    if (length === 0) return "Nothing"
    if (this.#passages.push({ from, to, bytes: target.slice(0, length), datagramBytes }) === 1) {
      queueMicrotask(() => this.#deliverAll())
    }
    return "Sent"
  }

  #deliverAll(): void {
    const passages = this.#passages
    this.#passages = []
    for (const passage of passages) this.#deliver(passage)
    const [heard, full] = [this.#heard, this.#full]
    this.#heard = new Set()
    this.#full = new Set()
    // Everything of this moment has been delivered.
    for (const station of heard) if (this.#isOpen(station)) station.handler.onPause()
    for (const station of full) if (this.#isOpen(station)) station.handler.onDrain()
  }

  #isOpen(station: Station): boolean {
    return this.#stations.get(format(station.local)) === station
  }

  #deliver({ bytes, datagramBytes, from, to }: Passage): void {
    const datagrams = Math.ceil(bytes.length / datagramBytes)
    const address = format(to)
    if (Math.min(datagramBytes, bytes.length) > this.#mtuBytes) {
      from.counters.refusedDatagrams += datagrams
      const message = `a datagram to ${address} is larger than the network takes`
      return from.handler.onError(new SocketError({ reason: "TooLarge", address, message }), datagramBytes)
    }
    from.counters.sentDatagrams += datagrams
    from.counters.sentBytes += bytes.length
    const station = this.#stations.get(address)
    if (station === undefined) return refuse(from, address)
    if (station.peer !== undefined && format(station.peer) !== format(from.local)) return
    const run: Run = { bytes, from: from.local, stride: datagramBytes }
    this.#heard.add(station)
    if (this.#merges) return station.receive({ ...run, stride: undefined })
    for (const datagram of cut(run, () => datagramBytes)) {
      station.receive({ bytes: datagram, from: from.local, stride: datagram.length })
    }
  }

  #freePort(host: string): number {
    while (this.#stations.has(format({ host, port: this.#nextPort }))) this.#nextPort++
    return this.#nextPort++
  }
}

/** Only a connected socket hears that nobody listens. */
const refuse = ({ handler, peer }: Station, address: string): void => {
  if (peer === undefined) return
  handler.onError(new SocketError({ reason: "Refused", address, message: `nothing listens at ${address}` }), undefined)
}

const open = (
  network: Network,
  host: string,
  port: number,
  peer: Address | undefined,
  handler: Handler
): Effect.Effect<Bound, SocketError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.suspend(() => {
      const station = network.open(host, port, peer, handler)
      if (station !== undefined) return Effect.succeed(station)
      const address = format({ host, port })
      return Effect.fail(
        new SocketError({ reason: "AddressInUse", address, message: `the address ${address} is in use` })
      )
    }),
    (station) => Effect.sync(() => network.close(station))
  ).pipe(Effect.map((station): Bound => ({
    local: station.local,
    send: (to, datagramBytes, fill) => network.send(station, to, datagramBytes, fill),
    discoversMtu: true,
    offload: () => ({ isOn: true }),
    receiveBufferBytes: NetLimits.kernelBufferBytes,
    smallBuffers: [],
    counters: () => ({ ...station.counters })
  })))

/** A fresh network. Every name is an address of it; `localhost` is 127.0.0.1. */
export const layer = (options: Options = {}): Layer.Layer<BatchSocket> =>
  Layer.sync(BatchSocket, () => {
    const network = new Network(options)
    return {
      resolve: (host) => Effect.succeed([host === "localhost" ? "127.0.0.1" : host]),
      bind: (local, handler) => open(network, local.host, local.port, undefined, handler),
      connect: (peer, handler) => open(network, "127.0.0.1", 0, peer, handler)
    }
  })
