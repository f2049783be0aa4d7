/** What all hosts of a world share: functions, transport parameters, and the observers of everything that they send. */
import { crc32 } from "node:zlib"
import type { TransportParameters } from "../../../src/protocol/flock/wire/TransportParameters.ts"
import type { Random } from "../Random.ts"
import type { Genuine } from "./Genuine.ts"
import type { Keys } from "./Keys.ts"
import type { ClientScript } from "./Script.ts"

/** CRC-32 of the bytes. */
export const crc = (bytes: Uint8Array): number => crc32(bytes)

/** The transport parameters of a client's session. */
export const parametersOf = ({ windows }: ClientScript): TransportParameters => ({
  ...windows,
  maxDatagramBytes: 65_507,
  maxAckDelayMicros: 5000,
  receiveBufferBytes: 212_992
})

/** What all ends of a world share. */
export interface Shared {
  readonly keys: Keys
  readonly genuine: Genuine
  readonly random: Random
}
