/** Both sides of a clear handshake for tests, and a reader of their packets. */
import { crc32 } from "node:zlib"
import { ClientHandshake, type ClientHandshakeOptions } from "../../../src/protocol/flock/handshake/ClientHandshake.ts"
import { clearHandshake } from "../../../src/protocol/flock/handshake/Handshake.ts"
import { type HandshakePacket, read } from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { ServerHandshake, type ServerHandshakeOptions } from "../../../src/protocol/flock/handshake/ServerHandshake.ts"
import type { TransportParameters } from "../../../src/protocol/flock/wire/TransportParameters.ts"

export const parameters: TransportParameters = {
  idleTimeoutMillis: 30_000,
  maxDatagramBytes: 1472,
  maxData: 8_388_608,
  maxStreamData: 6_291_456,
  maxStreams: 256,
  maxAckDelayMicros: 5000,
  receiveBufferBytes: 4_194_304
}

export const clientHandshake = (options: Partial<ClientHandshakeOptions> = {}): ClientHandshake =>
  new ClientHandshake({
    crc32,
    makeHandshake: clearHandshake(crc32),
    protection: "crc",
    clientId: 77,
    local: parameters,
    ...options
  })

/** A server's handshake. Its connection ids are drawn from a deterministic generator. */
export const answeringOf = (options: Partial<ServerHandshakeOptions> = {}, seed = 1): ServerHandshake => {
  let state = seed
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state / 2 ** 32
  }
  return new ServerHandshake({
    crc32,
    makeHandshake: clearHandshake(crc32),
    protection: "crc",
    local: () => ({ ...parameters, maxStreams: 9 }),
    random,
    ...options
  })
}

/** Decodes a handshake packet, or throws. */
export const mustRead = (bytes: Uint8Array | undefined): HandshakePacket => {
  const packet = bytes === undefined ? undefined : read(crc32, bytes, 0, bytes.length)
  if (packet === undefined) throw new Error("no handshake packet")
  return packet
}
