/**
 * The parameters of a packet's encryption (docs/PROTOCOL.md, flock §2.5): nonce, associated data, and the places in its buffer, checked before an address is given to a function of C: an offset of ours that is wrong
 * ends in an error, and not in another part of memory.
 */
import { dataHeaderBytes, writeUint32 } from "../../protocol/flock/wire/Packet.ts"
import { aeadTagBytes } from "../../security/Aead.ts"

/** Bytes of the header that are associated data; the length of the plaintext follows them there, in two bytes. */
export const authenticatedHeaderBytes = 11

/** Associated data: header and length of the plaintext. */
export const associatedBytes = authenticatedHeaderBytes + 2

/** Length of a key. */
export const keyBytes = 32

/** Four zero bytes, and the packet number in 64 bits. */
export const nonceBytes = 12

/** Of frames: their length, with 8 bytes of number and a tag, fits in the two bytes in which OpenSSL takes it. */
export const maxFramesBytes = 0xff_ff - 8 - aeadTagBytes

/** Throws a RangeError unless the packet with its header, frames and tag stands within the buffer, and its number is one. */
export const checkBounds = (
  bytes: Uint8Array,
  start: number,
  framesAt: number,
  framesEnd: number,
  packetNumber: number
): void => {
  const areOffsets = start >>> 0 === start && framesEnd >>> 0 === framesEnd
  const isWithin = framesAt === start + dataHeaderBytes && framesEnd >= framesAt &&
    framesEnd + aeadTagBytes <= bytes.length && framesEnd - framesAt <= maxFramesBytes
  if (areOffsets && isWithin && Number.isSafeInteger(packetNumber) && packetNumber >= 0) return
  throw new RangeError(
    `no packet at ${start} with frames [${framesAt}, ${framesEnd}) and number ${packetNumber} fits in ${bytes.length} bytes`
  )
}

/** Writes a packet number in 64 bits at `at`. */
export const writeNumber64 = (target: Uint8Array, at: number, packetNumber: number): void => {
  writeUint32(target, writeUint32(target, at, Math.floor(packetNumber / 2 ** 32)), packetNumber >>> 0)
}

/** Writes the nonce of a packet number at `at`. */
export const writeNonceAt = (target: Uint8Array, at: number, packetNumber: number): void =>
  writeNumber64(target, writeUint32(target, at, 0), packetNumber)

/** Writes the associated data of the packet at `start` of `bytes`, whose frames have this length, at `at`. */
export const writeAssociated = (
  target: Uint8Array,
  at: number,
  bytes: Uint8Array,
  start: number,
  framesBytes: number
): void => {
  for (let index = 0; index < authenticatedHeaderBytes; index++) target[at + index] = bytes[start + index] ?? 0
  target[at + authenticatedHeaderBytes] = framesBytes >>> 8
  target[at + authenticatedHeaderBytes + 1] = framesBytes
}

/** Throws a RangeError unless the key has the length of one of AES-256. */
export const checkKey = (key: Uint8Array): void => {
  if (key.length !== keyBytes) throw new RangeError(`a key of AES-256 has ${keyBytes} bytes, not ${key.length}`)
}

/** A key is used after it was freed. */
export const freed = (): Error => new Error("the key of this packet was overwritten before")
