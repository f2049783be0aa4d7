/** The routes of AES-256-GCM on this machine, packets for them, and an independent implementation to compare them with. */
import { gcm } from "@noble/ciphers/aes.js"
import { requireKoffi } from "../../src/node/Koffi.ts"
import { cipherObjects } from "../../src/node/security/CipherObjects.ts"
import * as Evp from "../../src/node/security/Evp.ts"
import { fiveCalls } from "../../src/node/security/FiveCalls.ts"
import { twoCalls } from "../../src/node/security/TwoCalls.ts"
import { dataHeaderBytes, form, numberOf, writeHeader, writeNumber } from "../../src/protocol/flock/wire/Packet.ts"
import type { PacketKey } from "../../src/security/Aead.ts"
import { aeadTagBytes } from "../../src/security/Aead.ts"
import type * as Crypto from "../../src/security/Crypto.ts"

export const koffi = requireKoffi()
export const evp = Evp.make(koffi)

export type Route = (key: Uint8Array) => PacketKey

export const routes: ReadonlyArray<readonly [name: string, packetKey: Route]> = [
  ["two calls", twoCalls(evp)],
  ["five calls", fiveCalls(evp)],
  ["node:crypto", cipherObjects]
]

/** A key of 32 bytes, different for each seed. */
export const keyOf = (seed: number): Uint8Array => Uint8Array.from({ length: 32 }, (_, index) => index + seed * 32)

export const connectionId = 0x0a_0b_0c_0d

/** A packet that is not encrypted yet, without bytes around it. */
export const plainPacket = (packetNumber: number, frames: Uint8Array): Uint8Array => {
  const bytes = new Uint8Array(dataHeaderBytes + frames.length + aeadTagBytes)
  bytes.set(frames, dataHeaderBytes)
  writeHeader(bytes, 0, form.data, connectionId, bytes.length)
  writeNumber(bytes, 0, packetNumber)
  return bytes
}

export const framesOf = (length: number, seed = 7): Uint8Array =>
  Uint8Array.from({ length }, (_, index) => index * seed + (index >>> 8))

/** The places of a packet of this length at `start`. */
export const placesOf = (length: number, start = 0) =>
  [start, start + dataHeaderBytes, start + length - aeadTagBytes] as const

export const sealed = (key: PacketKey, packetNumber: number, plain: Uint8Array): Uint8Array => {
  const bytes = plain.slice()
  key.seal(bytes, ...placesOf(bytes.length), packetNumber)
  return bytes
}

/** The packet after decryption; undefined if it is not authentic. */
export const opened = (key: PacketKey, packetNumber: number, packet: Uint8Array): Uint8Array | undefined => {
  const bytes = packet.slice()
  return key.open(bytes, ...placesOf(bytes.length), packetNumber) ? bytes : undefined
}

/** The number that a receiver reads from a packet. */
export const readNumber = (packet: Uint8Array, expected: number): number => numberOf(packet, 0, expected)

/** The same packet, encrypted by @noble/ciphers as docs/PROTOCOL.md describes it. */
export const sealedByNoble = (key: Uint8Array, packetNumber: number, plain: Uint8Array): Uint8Array => {
  const frames = plain.subarray(dataHeaderBytes, plain.length - aeadTagBytes)
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(BigInt(packetNumber), 4)
  const associated = Buffer.alloc(13)
  associated.set(plain.subarray(0, 11))
  associated.writeUInt16BE(frames.length, 11)
  return Uint8Array.from([...plain.subarray(0, dataHeaderBytes), ...gcm(key, nonce, associated).encrypt(frames)])
}

/** The service's function by @noble/ciphers. */
export const encryptByNoble: Crypto.Shape["encrypt"] = (key, number, associated, plaintext) => {
  const nonce = Buffer.alloc(12)
  nonce.writeBigUInt64BE(number === "rekey" ? 2n ** 64n - 1n : BigInt(number), 4)
  return gcm(key, nonce, associated).encrypt(plaintext)
}
