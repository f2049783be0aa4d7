/**
 * A test of a route of AES-256-GCM by packets with a known result, in the way in which sessions use it: the functions of another
 * OpenSSL, or of another library, may have the same names.
 */
import { dataHeaderBytes, form, writeHeader, writeNumber } from "../../protocol/flock/wire/Packet.ts"
import { hexOf } from "../../protocol/Hex.ts"
import type { PacketKey } from "../../security/Aead.ts"
import { aeadTagBytes } from "../../security/Aead.ts"

/**
 * Packet numbers in the order of a session, with the lengths of the frames and the tags: the first one, an empty one, the
 * next ones, a number after skipped ones, one beyond 32 bits, and the largest. A tag is computed from all bytes of its text.
 */
const answers = [
  [0, 0, "519764d8c9f31409a85c2cc82c336552"],
  [1, 21, "fe2b20339aaf9392da69ae3e055da989"],
  [2, 1472, "ee5f628635c71e568b0d8eab88294c36"],
  [5, 21, "09456ff070767e3157e6458fe8e65eb0"],
  [2 ** 32 + 7, 300, "c4051e246f5745a27643c495baa24de8"],
  [Number.MAX_SAFE_INTEGER, 21, "c0c217fb1e341615a85fa18ea66eddb6"]
] as const

const key = Uint8Array.from({ length: 32 }, (_, index) => index)
const connectionId = 0x0a_0b_0c_0d

/** The offset of the packet in its buffer: a route must not take the one for the other. */
const start = 3

const packetOf = (packetNumber: number, framesBytes: number): Uint8Array => {
  const bytes = new Uint8Array(start + dataHeaderBytes + framesBytes + aeadTagBytes)
  for (let index = 0; index < framesBytes; index++) bytes[start + dataHeaderBytes + index] = index * 7
  writeHeader(bytes, start, form.data, connectionId, bytes.length)
  writeNumber(bytes, start, packetNumber)
  return bytes
}

const areEqual = (one: Uint8Array, other: Uint8Array): boolean => one.every((byte, index) => byte === other[index])

/** What the route does wrong, as the end of a sentence; undefined if it passes. */
export const failureOf = (packetKey: (key: Uint8Array) => PacketKey): string | undefined => {
  try {
    const sealing = packetKey(key)
    const opening = packetKey(key)
    try {
      for (const answer of answers) {
        const wrong = failureOfPacket(sealing, opening, answer)
        if (wrong !== undefined) return wrong
      }
      return undefined
    } finally {
      sealing.free()
      opening.free()
    }
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause)
  }
}

const failureOfPacket = (
  sealing: PacketKey,
  opening: PacketKey,
  [packetNumber, framesBytes, tag]: typeof answers[number]
): string | undefined => {
  const plain = packetOf(packetNumber, framesBytes)
  const framesAt = start + dataHeaderBytes
  const framesEnd = framesAt + framesBytes
  const sealed = plain.slice()
  sealing.seal(sealed, start, framesAt, framesEnd, packetNumber)
  if (!areEqual(plain.subarray(0, framesAt), sealed.subarray(0, framesAt))) return "it changes the header"
  if (hexOf(sealed.subarray(framesEnd)) !== tag) return "it computes another tag"
  // In the header, in the frames if there are some, in the tag.
  for (const at of [start, framesAt, framesEnd, sealed.length - 1]) {
    const forged = sealed.slice()
    forged[at] = (forged[at] ?? 0) ^ 1
    if (opening.open(forged, start, framesAt, framesEnd, packetNumber)) return "it opens a forged packet"
  }
  if (!opening.open(sealed, start, framesAt, framesEnd, packetNumber)) return "it does not open its own packet"
  return areEqual(plain.subarray(0, framesEnd), sealed.subarray(0, framesEnd)) ? undefined : "it opens other bytes"
}
