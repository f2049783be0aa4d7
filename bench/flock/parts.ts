/**
 * The parts of the sources that the benchmarks use, for bundling: the pure core, sessions, Node's sockets, a network in memory.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { crc32 } from "node:zlib"
import * as NetLimits from "../../src/net/NetLimits.ts"
import * as OffloadSocket from "../../src/node/net/OffloadSocket.ts"
import * as NodeCrc from "../../src/node/NodeCrc.ts"
import * as NodeAead from "../../src/node/security/NodeAead.ts"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import * as NodeSecurity from "../../src/node/security/NodeSecurity.ts"
import * as Controllers from "../../src/protocol/flock/congestion/Controllers.ts"
import { Connection } from "../../src/protocol/flock/Connection.ts"
import { crcProtection, type Protection } from "../../src/protocol/flock/handshake/Protection.ts"
import type { Role } from "../../src/protocol/flock/streams/Stream.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import { aeadProtection } from "../../src/security/AeadProtection.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import * as Endpoint from "../../src/transport/flock/FlockEndpoint.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"

export { Effect, Endpoint, Exit, Limits, Scope, Stream }
export { endOf } from "../../src/protocol/flock/wire/Packet.ts"
export * as Digest from "../../src/storage/Digest.ts"
export * as Transport from "../../src/transport/Transport.ts"

const keys = NodeSecurity.layerMemory({ acceptNew: true })
const memory = Layer.mergeAll(SocketMemory.layer(), NodeCrc.layer, keys)

/** Both wires over a network in memory. */
export const memoryWires = {
  classic: Layer.provide(ClassicTransport.layer(), memory),
  flock: Layer.provide(FlockTransport.layer(), memory)
}

/** The program's sockets and CRC, and keys in memory. */
export const services = Layer.mergeAll(OffloadSocket.layer, NodeCrc.layer, keys)

const aead = NodeAead.make()

/** The protection of one end, with keys that both ends have. */
const protectionOf = (name: "aead" | "crc", role: Role): Protection => {
  if (name === "crc") return crcProtection(crc32)
  const [toServer, toClient] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]
  const [sealKey, openKey] = role === "client" ? [toServer, toClient] : [toClient, toServer]
  return aeadProtection({ name, aead, encrypt: nodeCrypto.encrypt, sealKey, openKey })
}

/** One end of an established session, with the program's settings and datagrams of `datagramBytes`. */
export const connection = (
  role: Role,
  datagramBytes: number,
  random: () => number,
  protection: "aead" | "crc" = "aead"
): Connection => {
  const parameters = {
    idleTimeoutMillis: Limits.idleTimeoutMillis,
    maxDatagramBytes: Limits.runBytes,
    maxData: Limits.firstSessionWindowBytes,
    maxStreamData: Limits.firstStreamWindowBytes,
    maxStreams: Limits.openStreams,
    maxAckDelayMicros: Limits.ackDelayMillis * 1000,
    receiveBufferBytes: NetLimits.kernelBufferBytes
  }
  return new Connection({
    role,
    localId: role === "client" ? 1 : 2,
    remoteId: role === "client" ? 2 : 1,
    local: parameters,
    peer: parameters,
    protection: protectionOf(protection, role),
    makeCongestion: (now) => Controllers.make("bbr", { maxDatagramBytes: Limits.leastDatagramBytes, random }, now),
    path: { host: role === "client" ? "server" : "client", port: 1 },
    maxDatagramBytes: datagramBytes,
    random,
    roundTripMillis: 0.2,
    isKeptAlive: role === "client",
    // A gigabyte a second: without a limit the estimated rate of a path in memory would be infinite.
    limitBytesPerMilli: 1_000_000
  }, 0)
}
