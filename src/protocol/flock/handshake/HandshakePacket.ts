/**
 * Encoding and decoding of the handshake packets HELLO, HELLO2, HELLO3 and VERSION (docs/PROTOCOL.md, flock §3). Each is alone in
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
export const version = 0x66_6c_6b_01

/** Numbers of the protections in HELLO. */
const protectionNumbers: Readonly<Record<ProtectionName, number>> = { crc: 1, aead: 2, "aead-psk": 3 }

/** A decoded handshake packet, by form. `protection` is undefined when its number is unknown or the version is another one. */
export type HandshakePacket =
  | {
    readonly form: typeof form.hello
    readonly version: number
    readonly clientId: number
    readonly protection: ProtectionName | undefined
    readonly message: Uint8Array
  }
  | {
    readonly form: typeof form.hello2
    readonly clientId: number
    readonly serverId: number
    readonly message: Uint8Array
  }
  | { readonly form: typeof form.hello3; readonly serverId: number; readonly message: Uint8Array }
  | { readonly form: typeof form.version; readonly clientId: number; readonly versions: ReadonlyArray<number> }

/**
 * Encodes HELLO, padded to 1200 bytes: it proves that the path carries such datagrams, and limits amplification (docs/PROTOCOL.md,
 * flock §3.1).
 */
export const hello = (crc32: Crc32, clientId: number, protection: ProtectionName, message: Uint8Array): Uint8Array =>
  writePacket(crc32, form.hello, 0, Limits.leastDatagramBytes, (bytes, at) => {
    const next = writeId(bytes, writeUint32(bytes, at, version), clientId)
    bytes[next] = protectionNumbers[protection]
    return writeMessage(bytes, next + 1, message)
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
 * Encodes VERSION, the response to a HELLO of another version (docs/PROTOCOL.md, flock §3.5). An empty list of versions comes
 * from a port of the classic wire.
 */
export const versions = (
  crc32: Crc32,
  clientId: number,
  supported: ReadonlyArray<number> = [version]
): Uint8Array =>
  writePacket(
    crc32,
    form.version,
    clientId,
    0,
    (bytes, at) => supported.reduce((next, one) => writeUint32(bytes, next, one), at)
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

/** Largest handshake message in bytes: it fits into HELLO, which has the least space. */
export const maxMessageBytes = Limits.leastDatagramBytes - headerBytes - 4 - 8 - 1 -
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
    case form.hello: {
      // The response to a shorter HELLO would be longer than HELLO (amplification).
      if (packetBytes < Limits.leastDatagramBytes) return undefined
      const peerVersion = readUint32(reader.bytes, reader.take(4))
      const clientId = readId(reader.bytes, reader.take(8))
      if (clientId === 0) return undefined
      // The rest is defined by the other version.
      if (peerVersion !== version) {
        return { form: packetForm, version: peerVersion, clientId, protection: undefined, message: emptyBytes }
      }
      const protectionNumber = reader.byte()
      const protection = protectionNumber === protectionNumbers.crc ? "crc" : undefined
      return { form: packetForm, version: peerVersion, clientId, protection, message: readMessage(reader) }
    }
    case form.hello2: {
      const serverId = readId(reader.bytes, reader.take(8))
      return serverId === 0
        ? undefined
        : { form: packetForm, clientId: id, serverId, message: readMessage(reader) }
    }
    case form.hello3:
      return { form: packetForm, serverId: id, message: readMessage(reader) }
    case form.version: {
      const supported: Array<number> = []
      while (!reader.isAtEnd && supported.length < Limits.handshakeParameters) {
        supported.push(readUint32(reader.bytes, reader.take(4)))
      }
      return { form: packetForm, clientId: id, versions: supported }
    }
  }
}

const emptyBytes = new Uint8Array(0)

/** A copy of the message, because the buffer belongs to the socket. */
const readMessage = (reader: Reader): Uint8Array => {
  const length = reader.varint()
  const start = reader.take(length)
  return reader.bytes.slice(start, start + length)
}
