/** The wire tcp as a Transport: messages and streams of flock over TCP, for networks that block UDP. */
import * as WireLayer from "../WireLayer.ts"
import type { TcpServices } from "./TcpClient.ts"
import * as TcpClient from "./TcpClient.ts"
import * as TcpListener from "./TcpListener.ts"
import { problemOf, type TcpOptions } from "./TcpOptions.ts"
import { capabilities, planOf } from "./TcpSession.ts"

/** Tcp with these options. `layerConfig` reads them from the configuration; durations are milliseconds. */
export const { layer, layerConfig } = WireLayer.make<TcpOptions, TcpServices>((options) => ({
  capabilities,
  plan: (envelope) => planOf(envelope, ""),
  connect: (where) => TcpClient.connect(where, options),
  listen: (where) => TcpListener.listen(where, options)
}), problemOf)
