/** Both sides of a clear handshake for tests, and a reader of their packets. */
import { createHmac } from "node:crypto"
import { crc32 } from "node:zlib"
import { ClientHandshake, type ClientHandshakeOptions } from "../../../src/protocol/flock/handshake/ClientHandshake.ts"
import { clearHandshake, type Handshake, type MakeHandshake } from "../../../src/protocol/flock/handshake/Handshake.ts"
import {
  type HandshakePacket,
  hello,
  read,
  requestOf,
  version,
  versions
} from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { encodeClient, encodeServer } from "../../../src/protocol/flock/handshake/HandshakePayload.ts"
import { crcProtection } from "../../../src/protocol/flock/handshake/Protection.ts"
import {
  ServerHandshake,
  type ServerHandshakeOptions,
  type ServerHandshakeResult
} from "../../../src/protocol/flock/handshake/ServerHandshake.ts"
import type { Path } from "../../../src/protocol/flock/path/PathValidation.ts"
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

export const resetToken = new Uint8Array(16).fill(0x5e)

/** Deterministic secrets: each has other bytes. */
let secrets = 0
export const cryptography = {
  hmac: (key: Uint8Array, bytes: Uint8Array): Uint8Array => createHmac("sha256", key).update(bytes).digest(),
  randomBytes: (length: number): Uint8Array => new Uint8Array(length).fill(++secrets),
  isEqual: (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0
}

/** HELLO of a client without keys. */
export const helloOf = (clientId: number, token?: Uint8Array): Uint8Array =>
  hello(crc32, requestOf(clientId, "crc"), new Uint8Array(0), undefined, token)

/** VERSION of a server without keys. */
export const versionsOf = (clientId: number): Uint8Array =>
  versions(crc32, clientId, [{ version, protections: ["crc"] }])

/** The payload of a server's message. */
export const serverPayload = (serverId: number, local: TransportParameters = parameters): Uint8Array =>
  encodeServer({ serverId, resetToken, versions: [version], nextKey: undefined, parameters: local })

/** The payload of a client's message. */
export const clientPayload = (local: TransportParameters = parameters): Uint8Array =>
  encodeClient({ isIdentity: false, parameters: local })

export const clientHandshake = (options: Partial<ClientHandshakeOptions> = {}): ClientHandshake =>
  new ClientHandshake({
    crc32,
    makeHandshake: clearHandshake(crc32),
    protection: "crc",
    judge: () => "Accept",
    isIdentity: false,
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
    cryptography,
    resetToken: () => resetToken,
    nextKey: undefined,
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

/**
 * A handshake without secrets whose peer shows a key: 32 times the first byte of its message, which is followed by the payload.
 * `onFree` receives the key of each state that is given up.
 */
export const keyedHandshakeWith = (onFree: (peerKey: Uint8Array | undefined) => void): MakeHandshake => () => {
  const state = (peerKey: Uint8Array | undefined): Handshake => ({
    peerKey,
    write: (message) => ({ message, next: state(peerKey) }),
    read: (message) => ({ payload: message.subarray(1), next: state(new Uint8Array(32).fill(message[0] ?? 0)) }),
    finish: () => ({ protection: crcProtection(crc32), peerKey, channelBinding: new Uint8Array(32) }),
    free: () => onFree(peerKey)
  })
  return state(undefined)
}

export const keyedHandshake = keyedHandshakeWith(() => undefined)

/** Two ports of one client. */
export const clientPath: Path = { host: "192.0.2.1", port: 4040 }
export const otherPath: Path = { host: "192.0.2.1", port: 4041 }

/** Passes a handshake packet to a server. */
export const handle = (
  server: ServerHandshake,
  bytes: Uint8Array,
  from = clientPath,
  now = 0
): ServerHandshakeResult | undefined => server.handlePacket(mustRead(bytes), from, now)

/** The bytes of the response, or throws when there is none. */
export const responseOf = (result: ServerHandshakeResult | undefined): Uint8Array => {
  if (result?._tag !== "Answer") throw new Error("no answer")
  return result.bytes
}
