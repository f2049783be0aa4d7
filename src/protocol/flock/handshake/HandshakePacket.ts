/**
 * Encoding and decoding of the handshake packets HELLO, RETRY, HELLO2, HELLO3 and VERSION (docs/PROTOCOL.md, flock §3). Each is alone in
 * its datagram except HELLO3, which precedes DATA. The messages in them belong to Handshake.
 */
import * as Limits from "../../ProtocolLimits.ts"
import {
  connectionIdOf,
  endOf,
  type Form,
  form,
  formAt,
  headerBytes,
  readId,
  readUint32,
  writeHeader,
  writeId,
  writeUint32
} from "../wire/Packet.ts"
import { bytesOf, Reader, write as writeVarint } from "../wire/Varint.ts"
import { type Crc32, crcBytes, holdsCrc, type ProtectionName, sealWithCrc } from "./Protection.ts"

/** The protocol version of this program: "flk" and a number. */
export const version = 0x66_6c_6b_02

/** Numbers of the protections in HELLO; in VERSION, bit n stands for the protection n. */
export const protectionNumbers: Readonly<Record<ProtectionName, number>> = { crc: 1, aead: 2, "aead-psk": 3 }

const protectionNames: ReadonlyArray<ProtectionName> = ["crc", "aead", "aead-psk"]

/** By its number. An object that is spread into another costs 4 µs on Node 20, so that readHello has none. */
const protectionsByNumber: ReadonlyArray<ProtectionName | undefined> = [undefined, ...protectionNames]

/** Length of the gate in HELLO, and of the token in RETRY and HELLO. */
export const gateBytes = 16
export const tokenBytes = 21

/** A version that a server supports, and the protections that its port offers with it. */
export interface Offer {
  readonly version: number
  readonly protections: ReadonlyArray<ProtectionName>
}

/** A decoded HELLO. Under another version only the client's id is known; `protection` is undefined when its number is unknown. */
export interface Hello {
  readonly form: typeof form.hello
  readonly version: number
  readonly clientId: number
  readonly protection: ProtectionName | undefined
  /** Version, client's id and protection as they were sent: what the prologue and the gate cover. */
  readonly request: Uint8Array
  readonly gate: Uint8Array
  /** The token of a RETRY; empty without one. */
  readonly token: Uint8Array
  readonly message: Uint8Array
}

/** A decoded handshake packet, by form. */
export type HandshakePacket =
  | Hello
  | { readonly form: typeof form.retry; readonly clientId: number; readonly token: Uint8Array }
  | {
    readonly form: typeof form.hello2
    readonly clientId: number
    readonly serverId: number
    readonly message: Uint8Array
  }
  | { readonly form: typeof form.hello3; readonly serverId: number; readonly message: Uint8Array }
  | { readonly form: typeof form.version; readonly clientId: number; readonly offers: ReadonlyArray<Offer> }

/** Version, client's id and protection of a HELLO in 13 bytes. */
export const requestOf = (clientId: number, protection: ProtectionName): Uint8Array => {
  const bytes = new Uint8Array(13)
  bytes[writeId(bytes, writeUint32(bytes, 0, version), clientId)] = protectionNumbers[protection]
  return bytes
}

const label = Uint8Array.from("holub flock", (sign) => sign.charCodeAt(0))

/** The prologue of a handshake (Noise §6): both sides must have seen the same request. */
export const prologueOf = (request: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(label.length + request.length)
  bytes.set(label)
  bytes.set(request, label.length)
  return bytes
}

/**
 * Encodes HELLO, padded to 1200 bytes: it proves that the path carries such datagrams, and limits amplification (docs/PROTOCOL.md,
 * flock §3.1). Without a gate its field is zeros; without a token its length is 0.
 */
export const hello = (
  crc32: Crc32,
  request: Uint8Array,
  message: Uint8Array,
  gate: Uint8Array = emptyBytes,
  token: Uint8Array = emptyBytes
): Uint8Array =>
  writePacket(crc32, form.hello, 0, Limits.leastDatagramBytes, (bytes, at) => {
    bytes.set(request, at)
    bytes.set(gate, at + request.length)
    const next = at + request.length + gateBytes
    bytes[next] = token.length
    bytes.set(token, next + 1)
    return writeMessage(bytes, next + 1 + token.length, message)
  })

/** Encodes RETRY: the client proves with the token that it receives at its address. Shorter than HELLO, and nothing is remembered. */
export const retry = (crc32: Crc32, clientId: number, token: Uint8Array): Uint8Array =>
  writePacket(crc32, form.retry, clientId, 0, (bytes, at) => {
    bytes.set(token, at)
    return at + token.length
  })

/** Encodes HELLO2, the response to HELLO, of the same length as HELLO. */
export const hello2 = (crc32: Crc32, clientId: number, serverId: number, message: Uint8Array): Uint8Array =>
  writePacket(
    crc32,
    form.hello2,
    clientId,
    Limits.leastDatagramBytes,
    (bytes, at) => writeMessage(bytes, writeId(bytes, at, serverId), message)
  )

/** Encodes HELLO3, with which the client proves that it received HELLO2. */
export const hello3 = (crc32: Crc32, serverId: number, message: Uint8Array): Uint8Array =>
  writePacket(crc32, form.hello3, serverId, 0, (bytes, at) => writeMessage(bytes, at, message))

/**
 * Encodes VERSION, the response to a HELLO of another version or protection (docs/PROTOCOL.md, flock §3.5). No offer comes
 * from a port of the classic wire.
 */
export const versions = (crc32: Crc32, clientId: number, offers: ReadonlyArray<Offer>): Uint8Array =>
  writePacket(
    crc32,
    form.version,
    clientId,
    0,
    (bytes, at) =>
      offers.reduce((next, offer) => {
        const end = writeUint32(bytes, next, offer.version)
        bytes[end] = offer.protections.reduce((bits, name) => bits | (1 << protectionNumbers[name]), 0)
        return end + 1
      }, at)
  )

const writeMessage = (bytes: Uint8Array, at: number, message: Uint8Array): number => {
  const next = writeVarint(bytes, at, message.length)
  bytes.set(message, next)
  return next + message.length
}

/** Writes a packet, padded with zeros to at least `leastBytes`. `write` writes the body at `at` and returns the offset after it. */
const writePacket = (
  crc32: Crc32,
  packetForm: Form,
  id: number,
  leastBytes: number,
  write: (bytes: Uint8Array, at: number) => number
): Uint8Array => {
  const bytes = new Uint8Array(Limits.leastDatagramBytes)
  const end = Math.max(write(bytes, headerBytes), leastBytes - crcBytes)
  writeHeader(bytes, 0, packetForm, id, end + crcBytes)
  sealWithCrc(crc32, bytes, 0, end)
  return bytes.subarray(0, end + crcBytes)
}

/** Largest handshake message in bytes: it fits into HELLO with a token, which has the least space. */
export const maxMessageBytes = Limits.leastDatagramBytes - headerBytes - 13 - gateBytes - 1 - tokenBytes -
  bytesOf(Limits.leastDatagramBytes) -
  crcBytes

/** Decodes the packet at `start`; undefined when it is no handshake packet, damaged or malformed. */
export const read = (crc32: Crc32, bytes: Uint8Array, start: number, end: number): HandshakePacket | undefined => {
  const packetEnd = endOf(bytes, start, end)
  if (packetEnd === undefined || packetEnd - start < headerBytes + crcBytes) return undefined
  const bodyEnd = packetEnd - crcBytes
  const packetForm = formAt(bytes, start)
  if (packetForm === undefined || packetForm === form.data || !holdsCrc(crc32, bytes, start, bodyEnd)) return undefined
  const reader = new Reader(bytes, start + headerBytes, bodyEnd)
  const body = readBody(packetForm, connectionIdOf(bytes, start), packetEnd - start, reader)
  return reader.hasFailed ? undefined : body
}

const readBody = (
  packetForm: Exclude<Form, typeof form.data>,
  id: number,
  packetBytes: number,
  reader: Reader
): HandshakePacket | undefined => {
  switch (packetForm) {
    case form.hello:
      // The response to a shorter HELLO would be longer than HELLO (amplification).
      return packetBytes < Limits.leastDatagramBytes ? undefined : readHello(reader)
    case form.retry:
      return { form: packetForm, clientId: id, token: readBytes(reader, tokenBytes) }
    case form.hello2: {
      const serverId = readId(reader.bytes, reader.take(8))
      return serverId === 0
        ? undefined
        : { form: packetForm, clientId: id, serverId, message: readMessage(reader) }
    }
    case form.hello3:
      return { form: packetForm, serverId: id, message: readMessage(reader) }
    case form.version: {
      const offers: Array<Offer> = []
      while (!reader.isAtEnd && offers.length < Limits.handshakeParameters) {
        const offered = readUint32(reader.bytes, reader.take(4))
        const bits = reader.byte()
        const protections = protectionNames.filter((name) => (bits & (1 << protectionNumbers[name])) !== 0)
        offers.push({ version: offered, protections })
      }
      return { form: packetForm, clientId: id, offers }
    }
  }
}

const readHello = (reader: Reader): Hello | undefined => {
  const request = readBytes(reader, 13)
  const peerVersion = readUint32(request, 0)
  const clientId = readId(request, 4)
  if (clientId === 0) return undefined
  // The rest is defined by the other version.
  const isOurs = peerVersion === version
  const gate = isOurs ? readBytes(reader, gateBytes) : emptyBytes
  const tokenLength = isOurs ? reader.byte() : 0
  if (tokenLength !== 0 && tokenLength !== tokenBytes) return undefined
  const token = readBytes(reader, tokenLength)
  const message = isOurs ? readMessage(reader) : emptyBytes
  const protection = isOurs ? protectionsByNumber[request[12] ?? 0] : undefined
  return { form: form.hello, version: peerVersion, clientId, protection, request, gate, token, message }
}

const emptyBytes = new Uint8Array(0)

/** A copy, because the buffer belongs to the socket. By a loop: `slice` needs 0.3 µs for the few bytes of a field. */
const readBytes = (reader: Reader, length: number): Uint8Array => {
  const start = reader.take(length)
  const { bytes, hasFailed } = reader
  if (hasFailed) return emptyBytes
  if (length > loopBytes) return bytes.slice(start, start + length)
  const copy = new Uint8Array(length)
  for (let index = 0; index < length; index++) copy[index] = bytes[start + index] ?? 0
  return copy
}

const loopBytes = 64

/** A longer one fails: the cost of a message must not grow with the length of a forged packet. */
const readMessage = (reader: Reader): Uint8Array => {
  const length = reader.varint()
  if (length <= maxMessageBytes) return readBytes(reader, length)
  reader.take(Infinity)
  return emptyBytes
}
