/** CRC-32 by Node's zlib. */
import * as Layer from "effect/Layer"
import { crc32 } from "node:zlib"
import { Crc } from "../net/Crc.ts"

export const layer: Layer.Layer<Crc> = Layer.succeed(Crc, { crc32 })
