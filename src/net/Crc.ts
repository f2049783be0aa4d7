/**
 * The CRC-32 service: a synchronous function, because it runs for every frame (docs/PROTOCOL.md §2.1).
 */
import * as Context from "effect/Context"
import * as Layer from "effect/Layer"

export interface Shape {
  /** CRC-32 (ISO-HDLC, as zlib) of `bytes`; `seed` is the CRC of the preceding bytes. */
  readonly crc32: (bytes: Uint8Array, seed?: number) => number
}

export class Crc extends Context.Tag("holub/Crc")<Crc, Shape>() {
  /** The table, for platforms without zlib. Node has a faster one in `node/NodeCrc`. */
  static readonly layer: Layer.Layer<Crc> = Layer.sync(Crc, () => ({ crc32: table() }))
}

const polynomial = 0xed_b8_83_20

/** A CRC-32 function with a table of 256 entries, built once per layer. */
const table = (): Shape["crc32"] => {
  const entries = Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index
    for (let bit = 0; bit < 8; bit++) value = (value & 1) === 1 ? (value >>> 1) ^ polynomial : value >>> 1
    return value
  })
  return (bytes, seed = 0) => {
    let crc = ~seed
    for (let at = 0; at < bytes.length; at++) {
      crc = (crc >>> 8) ^ (entries[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0)
    }
    return ~crc >>> 0
  }
}
