/** A network in memory: its sockets, with faults if a test wants them, and CRC-32. The keys of flock come from a platform. */
import * as Layer from "effect/Layer"
import { Crc } from "../net/Crc.ts"
import type { Socket } from "../net/Socket.ts"
import * as Faults from "./Faults.ts"
import * as SocketMemory from "./SocketMemory.ts"

export interface Options extends SocketMemory.Options {
  /** The faults that its datagrams meet, in both directions. */
  readonly faults?: Faults.Options
}

/**
 * A network of its own. Its delays are those of the Clock: with TestClock, hours pass at once. A wire over it, whose clients accept
 * every server, is
 * `Layer.provide(Flock.layer(), Layer.merge(NetworkMemory.layer(), HolubNode.NodeSecurity.layerMemory({ acceptNew: true })))`.
 */
export const layer = ({ faults, ...options }: Options = {}): Layer.Layer<Socket | Crc> => {
  const sockets = SocketMemory.layer(options)
  return Layer.merge(faults === undefined ? sockets : Layer.provide(Faults.layer(faults), sockets), Crc.layer)
}
