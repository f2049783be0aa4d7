/** A network in memory: its sockets, with faults if a test wants them, TCP, and CRC-32. The keys of flock and tcp come from a platform. */
import * as Layer from "effect/Layer"
import { Crc } from "../net/Crc.ts"
import type { Socket } from "../net/Socket.ts"
import type { Tcp } from "../net/Tcp.ts"
import * as Faults from "./Faults.ts"
import * as SocketMemory from "./SocketMemory.ts"
import * as TcpMemory from "./TcpMemory.ts"

export interface Options extends SocketMemory.Options {
  /** The faults that its datagrams meet, in both directions. */
  readonly faults?: Faults.Options
  /** The connections of TCP, which meet no faults: TCP hides those of the network from its users. */
  readonly tcp?: TcpMemory.Options
}

/**
 * A network of its own. Its delays are those of the Clock: with TestClock, hours pass at once. A wire over it, whose clients accept
 * every server, is
 * `Layer.provide(Flock.layer(), Layer.merge(NetworkMemory.layer(), HolubNode.NodeSecurity.layerMemory({ acceptNew: true })))`.
 */
export const layer = ({ faults, tcp, ...options }: Options = {}): Layer.Layer<Socket | Tcp | Crc> => {
  const sockets = SocketMemory.layer(options)
  const faulty = faults === undefined ? sockets : Layer.provide(Faults.layer(faults), sockets)
  return Layer.mergeAll(faulty, TcpMemory.layer(tcp), Crc.layer)
}
