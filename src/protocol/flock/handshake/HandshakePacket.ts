/**
 * The packets of the handshake (docs/PROTOCOL.md, flock §3): HELLO, HELLO2, HELLO3 and VERSION, how they are written and read.
 * Each is alone in its datagram but for HELLO3, which goes before DATA. What they carry is the Handshake's.
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

/** The version that this program speaks: "flk" and a number. */
export const version = 0x66_6c_6b_01

/** On the wire, in HELLO. */
const protectionNumbers: Readonly<Record<ProtectionName, number>> = { crc: 1 }

/** A handshake packet as it came. */
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

/** The first packet of a session, padded: it proves that the path takes such a datagram, and pays for the answer. */
export const hello = (crc32: Crc32, clientId: number, protection: ProtectionName, message: Uint8Array): Uint8Array =>
  packet(crc32, form.hello, 0, Limits.leastDatagramBytes, (bytes, at) => {
    const next = writeId(bytes, writeUint32(bytes, at, version), clientId)
    bytes[next] = protectionNumbers[protection]
    return writeMessage(bytes, next + 1, message)
  })

/** The answer to HELLO, as long as HELLO. */
export const hello2 = (crc32: Crc32, clientId: number, serverId: number, message: Uint8Array): Uint8Array =>
  packet(
    crc32,
    form.hello2,
    clientId,
    Limits.leastDatagramBytes,
    (bytes, at) => writeMessage(bytes, writeId(bytes, at, serverId), message)
  )

/** The client's proof that HELLO2 reached it. */
export const hello3 = (crc32: Crc32, serverId: number, message: Uint8Array): Uint8Array =>
  packet(crc32, form.hello3, serverId, 0, (bytes, at) => writeMessage(bytes, at, message))

/** The answer to a HELLO of another version. */
export const versions = (crc32: Crc32, clientId: number): Uint8Array =>
  packet(crc32, form.version, clientId, 0, (bytes, at) => writeUint32(bytes, at, version))

const writeMessage = (bytes: Uint8Array, at: number, message: Uint8Array): number => {
  const next = writeVarint(bytes, at, message.length)
  bytes.set(message, next)
  return next + message.length
}

/** A packet of at least `leastBytes`, filled up with zeros, whose body `write` writes and tells the end of. */
const packet = (
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

/** How long the message of a handshake may be: HELLO, the tightest packet, holds it. */
export const maxMessageBytes = Limits.leastDatagramBytes - headerBytes - 4 - 8 - 1 -
  bytesOf(Limits.leastDatagramBytes) -
  crcBytes

/** The handshake packet from `start`, undefined when it is none, damaged or not well-formed. */
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
      // One that is shorter would be answered with more than it brought.
      if (packetBytes < Limits.leastDatagramBytes) return undefined
      const theirs = readUint32(reader.bytes, reader.take(4))
      const clientId = readId(reader.bytes, reader.take(8))
      if (clientId === 0) return undefined
      // What follows in another version is not for us to read.
      if (theirs !== version) {
        return { form: packetForm, version: theirs, clientId, protection: undefined, message: nothing }
      }
      const known = reader.byte()
      const protection = known === protectionNumbers.crc ? "crc" : undefined
      return { form: packetForm, version: theirs, clientId, protection, message: readMessage(reader) }
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
      const known: Array<number> = []
      while (!reader.isAtEnd && known.length < Limits.handshakeParameters) {
        known.push(readUint32(reader.bytes, reader.take(4)))
      }
      return { form: packetForm, clientId: id, versions: known }
    }
  }
}

const nothing = new Uint8Array(0)

/** A copy: what it stands in belongs to the socket. */
const readMessage = (reader: Reader): Uint8Array => {
  const length = reader.varint()
  const start = reader.take(length)
  return reader.bytes.slice(start, start + length)
}
