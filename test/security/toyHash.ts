/**
 * A keyed hash and a keystream for simulations: fast and deterministic. They have no cryptographic strength, but a change of
 * a single byte always changes every lane of a hash, because each step is a bijection of the lane.
 */

/** Four lanes of 32 bits. */
export type Lanes = Int32Array

/** The lanes of nothing, for a purpose. */
export const lanesOf = (purpose: number): Lanes => {
  const lanes = new Int32Array(4)
  for (let at = 0; at < 4; at++) lanes[at] = mixed(purpose + at * 0x9e_37, 0x51_ed_27_0b)
  return lanes
}

const mixed = (value: number, more: number): number => {
  let h = value ^ more
  h = Math.imul(h ^ (h >>> 16), 0x85_eb_ca_6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2_b2_ae_35)
  return h ^ (h >>> 16)
}

/** Adds bytes [start, end) to the lanes. */
export const absorb = (lanes: Lanes, bytes: Uint8Array, start = 0, end = bytes.length): void => {
  // Indexed, because destructuring would iterate.
  let a = lanes[0] ?? 0
  let b = lanes[1] ?? 0
  let c = lanes[2] ?? 0
  let d = lanes[3] ?? 0
  for (let at = start; at < end; at++) {
    const byte = (bytes[at] ?? 0) + 1
    a = Math.imul(((a << 5) | (a >>> 27)) ^ byte, 0x01_00_01_93)
    b = Math.imul(((b << 7) | (b >>> 25)) ^ byte, 0x85_eb_ca_6b)
    c = Math.imul(((c << 11) | (c >>> 21)) ^ byte, 0xc2_b2_ae_35)
    d = Math.imul(((d << 13) | (d >>> 19)) ^ byte, 0x27_d4_eb_2f)
  }
  lanes[0] = a
  lanes[1] = b
  lanes[2] = c
  lanes[3] = d
}

/** Adds an integer below 2⁵³, or −1. */
export const absorbNumber = (lanes: Lanes, value: number): void => {
  for (let at = 0; at < 4; at++) {
    lanes[at] = mixed((lanes[at] ?? 0) + Math.floor(value / 2 ** 32), 0x51 + at)
    lanes[at] = mixed((lanes[at] ?? 0) + (value | 0), 0x7f + at)
  }
}

/** Writes 16 bytes of the lanes at `at`. */
export const writeDigest = (lanes: Lanes, target: Uint8Array, at: number): void => {
  for (let index = 0; index < 16; index += 4) {
    const word = mixed(lanes[index / 4] ?? 0, index)
    for (let byte = 0; byte < 4; byte++) target[at + index + byte] = word >>> (byte * 8)
  }
}

/** Whether the 16 bytes at `at` are the digest of the lanes. */
export const hasDigest = (lanes: Lanes, bytes: Uint8Array, at: number): boolean => {
  const digest = new Uint8Array(16)
  writeDigest(lanes, digest, 0)
  return digest.every((byte, index) => byte === bytes[at + index])
}

/** Encrypts or decrypts bytes [start, end) in place. */
export const applyKeystream = (lanes: Lanes, bytes: Uint8Array, start: number, end: number): void => {
  const a = lanes[0] ?? 0
  const b = lanes[1] ?? 0
  let word = 0
  for (let at = start; at < end; at++) {
    const index = at - start
    if (index % 4 === 0) word = mixed(Math.imul(index + 1, 0x9e_37_79_b1) + a, b)
    bytes[at] = (bytes[at] ?? 0) ^ (word >>> ((index % 4) * 8))
  }
}
