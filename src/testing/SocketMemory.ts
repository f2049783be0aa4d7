/**
 * A network in memory: sockets without an operating system, with an MTU, full links and merging as in a kernel, for our
 * tests and the tests of embedding programs. Runs arrive in the order of sending, in a later microtask. Only datagrams
 * larger than the MTU are lost.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Address } from "../net/Address.ts"
import { format } from "../net/Address.ts"
import * as NetLimits from "../net/NetLimits.ts"
import type { Bound, Fill, Handler, Path, Run, Sent, SocketOptions } from "../net/Socket.ts"
import { cut, noCounters, runBytes, Socket, SocketError } from "../net/Socket.ts"
import { groupError, isMulticast } from "../net/Unicast.ts"
import * as Limits from "../protocol/ProtocolLimits.ts"
import { overwriting } from "./OverwrittenRuns.ts"

export interface Options {
  /** The largest datagram that arrives, in bytes. */
  readonly mtuBytes?: number
  /**
   * Whether a run arrives as a whole, without its segment length, as from a kernel that merges; otherwise by datagrams.
   */
  readonly merges?: boolean
}

/** The address of sockets that are bound to none. */
const ownHost = "127.0.0.1"

/** The first port that is assigned for port 0: the start of IANA's dynamic range. */
const firstDynamicPort = 49_152

class Station {
  readonly local: Address
  /** The only peer of a connected socket. */
  readonly peer: Address | undefined
  readonly handler: Handler
  /** Whether runs always arrive datagram by datagram. */
  readonly isUnmerged: boolean
  readonly counters = { ...noCounters, droppedMessages: 0 }

  /** The address from which it sends. */
  readonly host: string
  isOpen = true

  constructor(
    local: Address,
    peer: Address | undefined,
    handler: Handler,
    { fragmentation, multicast }: SocketOptions
  ) {
    this.local = local
    this.peer = peer
    this.handler = overwriting(handler)
    this.isUnmerged = fragmentation === "allowed" || multicast !== undefined
    this.host = multicast === undefined ? local.host : multicast.interface ?? ownHost
  }

  receive(run: Run): void {
    this.counters.receivedRuns++
    this.counters.receivedBytes += run.bytes.length
    this.handler.onRun(run)
  }
}

/** A run in transit. */
interface Passage {
  readonly from: Station
  readonly to: Path
  readonly bytes: Uint8Array
  readonly segmentBytes: number
}

class Network {
  readonly #mtuBytes: number
  readonly #merges: boolean
  readonly #stations = new Map<string, Station>()
  /** The stations of each multicast group, which share its address. */
  readonly #groups = new Map<string, Set<Station>>()
  #passages: Array<Passage> = []
  /** Stations to which a run was delivered, and stations whose send was full. */
  #reached = new Set<Station>()
  #full = new Set<Station>()
  /**
   * The buffer into which a run is written before it is copied; shared, because new buffers load the garbage collector.
   */
  #target = new Uint8Array(Limits.runBytes)
  #nextPort = firstDynamicPort

  constructor({ merges = false, mtuBytes = Limits.runBytes }: Options) {
    this.#mtuBytes = mtuBytes
    this.#merges = merges
  }

  /** The station at a free address; undefined if the address is in use. */
  open(
    { host, port }: Address,
    peer: Address | undefined,
    handler: Handler,
    options: SocketOptions
  ): Station | undefined {
    const local = { host, port: port === 0 ? this.#freePort(host) : port }
    const key = format(local)
    if (this.#stations.has(key)) return undefined
    const station = new Station(local, peer, handler, options)
    if (options.multicast === undefined) this.#stations.set(key, station)
    else this.#groups.set(key, (this.#groups.get(key) ?? new Set()).add(station))
    return station
  }

  close(station: Station): void {
    const key = format(station.local)
    station.isOpen = false
    if (this.#stations.get(key) === station) this.#stations.delete(key)
    const group = this.#groups.get(key)
    if (group?.delete(station) === true && group.size === 0) this.#groups.delete(key)
  }

  send(from: Station, to: Path, segmentBytes: number | undefined, fill: Fill): Sent {
    if (!from.isOpen) return "Nothing"
    const most = segmentBytes === undefined ? NetLimits.queuedDatagrams : NetLimits.sendRuns
    if (this.#passages.length >= most) {
      this.#full.add(from)
      from.counters.fullSends++
      return "Full"
    }
    const room = runBytes(segmentBytes)
    if (this.#target.length < room) this.#target = new Uint8Array(room)
    const target = this.#target.subarray(0, room)
    const length = fill(target)
    if (length > target.length) throw new RangeError(`a run of ${length} bytes where ${target.length} fit`)
    if (length === 0) return "Nothing"
    const passage = { from, to, bytes: target.slice(0, length), segmentBytes: segmentBytes ?? length }
    if (this.#passages.push(passage) === 1) queueMicrotask(() => this.#deliverAll())
    return "Sent"
  }

  #deliverAll(): void {
    const passages = this.#passages
    this.#passages = []
    for (const passage of passages) this.#deliver(passage)
    const [reached, full] = [this.#reached, this.#full]
    this.#reached = new Set()
    this.#full = new Set()
    // All runs of this microtask were delivered.
    for (const station of reached) if (station.isOpen) station.handler.onPause?.()
    for (const station of full) if (station.isOpen) station.handler.onDrain?.()
  }

  #deliver({ bytes, segmentBytes, from, to }: Passage): void {
    const datagrams = Math.ceil(bytes.length / segmentBytes)
    const address = format(to)
    if (Math.min(segmentBytes, bytes.length) > this.#mtuBytes) {
      from.counters.refusedDatagrams += datagrams
      const message = `a datagram to ${address} is larger than the network takes`
      return from.handler.onError(new SocketError({ reason: "TooLarge", address, message }), segmentBytes)
    }
    from.counters.sentDatagrams += datagrams
    from.counters.sentBytes += bytes.length
    // A socket of a group sends from its interface, not from the group at which it was reached.
    const host = isMulticast(from.local.host) ? from.host : to.local ?? from.host
    const sender = { host, port: from.local.port }
    if (isMulticast(to.host)) {
      for (const member of Array.from(this.#groups.get(address) ?? [])) {
        // Each receiver overwrites its own copy.
        if (member.isOpen) this.#arrive(member, { from, to, bytes: bytes.slice(), segmentBytes }, sender)
      }
      return
    }
    const station = this.#stationAt(to)
    if (station === undefined) return refuse(from, address)
    this.#arrive(station, { from, to, bytes, segmentBytes }, sender)
  }

  #arrive(station: Station, { bytes, segmentBytes, to }: Passage, sender: Address): void {
    if (station.peer !== undefined && format(station.peer) !== format(sender)) return
    // The only path of a connected socket needs no local address.
    const path: Path = station.peer === undefined ? { ...sender, local: to.host } : sender
    const run: Run = { bytes, from: path, segmentBytes }
    this.#reached.add(station)
    if (this.#merges && !station.isUnmerged) return station.receive({ ...run, segmentBytes: undefined })
    for (const datagram of cut(run, () => segmentBytes)) {
      station.receive({ bytes: datagram, from: path, segmentBytes: datagram.length })
    }
  }

  /** The socket at an address, or the one at the wildcard of its family. */
  #stationAt({ host, port }: Address): Station | undefined {
    const wildcard = host.includes(":") ? "::" : "0.0.0.0"
    return this.#stations.get(format({ host, port })) ?? this.#stations.get(format({ host: wildcard, port }))
  }

  #freePort(host: string): number {
    const isTaken = (key: string) => this.#stations.has(key) || this.#groups.has(key)
    while (isTaken(format({ host, port: this.#nextPort }))) this.#nextPort++
    return this.#nextPort++
  }
}

/** Only a connected socket receives the refusal. */
const refuse = ({ handler, peer }: Station, address: string): void => {
  if (peer === undefined) return
  handler.onError(new SocketError({ reason: "Refused", address, message: `nothing listens at ${address}` }), undefined)
}

const open = (
  network: Network,
  local: Address,
  peer: Address | undefined,
  handler: Handler,
  options: SocketOptions = {}
): Effect.Effect<Bound, SocketError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.suspend(() => {
      const error = options.multicast === undefined ? undefined : groupError(local)
      if (error !== undefined) return Effect.fail(error)
      const station = network.open(local, peer, handler, options)
      if (station !== undefined) return Effect.succeed(station)
      const address = format(local)
      return Effect.fail(
        new SocketError({ reason: "AddressInUse", address, message: `the address ${address} is in use` })
      )
    }),
    (station) => Effect.sync(() => network.close(station))
  ).pipe(Effect.map((station): Bound => ({
    local: station.local,
    send: (to, segmentBytes, fill) => network.send(station, to, segmentBytes, fill),
    discoversMtu: true,
    offload: () => ({ isOn: true }),
    receiveBufferBytes: NetLimits.kernelBufferBytes,
    smallBuffers: [],
    counters: () => ({ ...station.counters })
  })))

/**
 * A new network. Every name resolves to itself; `localhost` is 127.0.0.1. Runs are overwritten when their handler
 * returns. A socket of a multicast group sends from the address that its option names as interface.
 */
export const layer = (options: Options = {}): Layer.Layer<Socket> =>
  Layer.sync(Socket, () => {
    const network = new Network(options)
    return {
      resolve: (host) => Effect.succeed([host === "localhost" ? "127.0.0.1" : host]),
      bind: (local, handler, more) => open(network, local, undefined, handler, more),
      connect: (peer, handler, more) => open(network, { host: ownHost, port: 0 }, peer, handler, more)
    }
  })
