/**
 * A network within the program: sockets without an operating system, for tests and for embedders' tests. Datagrams arrive
 * in the order in which they were sent, in a later microtask, and are lost only when the link is full.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Address } from "../net/Address.ts"
import { format } from "../net/Address.ts"
import * as NetLimits from "../net/NetLimits.ts"
import type { Bound, Handler } from "../net/Socket.ts"
import { Socket, SocketError } from "../net/Socket.ts"
import { maxReadBytes } from "../protocol/classic/ClassicFrame.ts"

/** The first of the ports that are given for port 0, as IANA's dynamic ones. */
const firstDynamicPort = 49_152

interface Station {
  readonly local: Address
  /** The only peer of a connected socket. */
  readonly peer: Address | undefined
  readonly handler: Handler
}

class Network {
  readonly #stations = new Map<string, Station>()
  readonly #passages: Array<{ readonly from: Station; readonly to: Address; readonly bytes: Uint8Array }> = []
  #nextPort = firstDynamicPort
  #isScheduled = false

  /** Undefined when the address is taken. */
  open(host: string, port: number, peer: Address | undefined, handler: Handler): Station | undefined {
    const station = { local: { host, port: port === 0 ? this.#freePort(host) : port }, peer, handler }
    const key = format(station.local)
    if (this.#stations.has(key)) return undefined
    this.#stations.set(key, station)
    return station
  }

  close(station: Station): void {
    this.#stations.delete(format(station.local))
  }

  send(from: Station, to: Address, bytes: Uint8Array): void {
    if (this.#passages.length >= NetLimits.queuedDatagrams) return
    this.#passages.push({ from, to, bytes })
    if (this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(() => this.#deliverAll())
  }

  #deliverAll(): void {
    this.#isScheduled = false
    for (let passage = this.#passages.shift(); passage !== undefined; passage = this.#passages.shift()) {
      const station = this.#stations.get(format(passage.to))
      if (station === undefined) refuse(passage.from, passage.to)
      else if (station.peer === undefined || format(station.peer) === format(passage.from.local)) {
        station.handler.onDatagrams([{ bytes: passage.bytes, from: passage.from.local }])
      }
    }
  }

  #freePort(host: string): number {
    while (this.#stations.has(format({ host, port: this.#nextPort }))) this.#nextPort++
    return this.#nextPort++
  }
}

/** Only a connected socket hears that nobody listens. */
const refuse = (from: Station, to: Address): void => {
  if (from.peer === undefined) return
  const address = format(to)
  from.handler.onError(new SocketError({ reason: "Refused", address, message: `nothing listens at ${address}` }))
}

const open = (network: Network, host: string, port: number, peer: Address | undefined, handler: Handler) =>
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
    send: (to, fill) => {
      const buffer = new Uint8Array(maxReadBytes)
      const length = fill(buffer)
      if (length > 0) network.send(station, to, buffer.slice(0, length))
      return length > 0
    }
  })))

/** A fresh network. Every name is an address of it; `localhost` is 127.0.0.1. */
export const layer: Layer.Layer<Socket> = Layer.sync(Socket, () => {
  const network = new Network()
  return {
    resolve: (host) => Effect.succeed([host === "localhost" ? "127.0.0.1" : host]),
    bind: (local, handler) => open(network, local.host, local.port, undefined, handler),
    connect: (peer, handler) => open(network, "127.0.0.1", 0, peer, handler)
  }
})
