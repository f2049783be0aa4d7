/** Both sides of a clear handshake for tests: what makes them, and their packets. */
import { crc32 } from "node:zlib"
import { Answering, type AnsweringOptions } from "../../../src/protocol/flock/Answering.ts"
import { Calling, type CallingOptions } from "../../../src/protocol/flock/Calling.ts"
import { clearHandshake } from "../../../src/protocol/flock/Handshake.ts"
import { type OpeningPacket, read } from "../../../src/protocol/flock/Opening.ts"
import type { Parameters } from "../../../src/protocol/flock/Parameters.ts"

export const parameters: Parameters = {
  idleMillis: 30_000,
  maxDatagramBytes: 1472,
  maxData: 8_388_608,
  maxStreamData: 6_291_456,
  maxStreams: 256,
  maxAckDelayMicros: 5000,
  receiveBufferBytes: 4_194_304
}

export const callingOf = (options: Partial<CallingOptions> = {}): Calling =>
  new Calling({
    crc32,
    makeHandshake: clearHandshake(crc32),
    protection: "crc",
    clientId: 77,
    local: parameters,
    ...options
  })

/** Its ids are those of a generator that is the same every time. */
export const answeringOf = (options: Partial<AnsweringOptions> = {}, seed = 1): Answering => {
  let state = seed
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return state / 2 ** 32
  }
  return new Answering({
    crc32,
    makeHandshake: clearHandshake(crc32),
    protection: "crc",
    local: { ...parameters, maxStreams: 9 },
    random,
    ...options
  })
}

/** A handshake packet as it is read. */
export const mustRead = (bytes: Uint8Array | undefined): OpeningPacket => {
  const packet = bytes === undefined ? undefined : read(crc32, bytes, 0, bytes.length)
  if (packet === undefined) throw new Error("no handshake packet")
  return packet
}
