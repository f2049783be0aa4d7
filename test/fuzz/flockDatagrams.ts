/** Generates datagrams of flock as hex: noise, valid packets, intact packets with any content, and mutated packets. */
import * as FastCheck from "fast-check"
import { crc32 } from "node:zlib"
import {
  hello,
  hello2,
  hello3,
  requestOf,
  retry,
  tokenBytes,
  version,
  versions
} from "../../src/protocol/flock/handshake/HandshakePacket.ts"
import { crcBytes, sealWithCrc } from "../../src/protocol/flock/handshake/Protection.ts"
import { form, headerBytes, writeHeader } from "../../src/protocol/flock/wire/Packet.ts"
import { bytesOf, dataPacket, frames, integers } from "../protocol/flock/frames.ts"
import { mutated, mutations, toHex } from "./datagrams.ts"

const noise = FastCheck.uint8Array({ maxLength: 60 })

/** Sequences of varints, the format of most frames. */
const varints = FastCheck.array(integers, { maxLength: 12 }).map((values) =>
  Buffer.concat(values.map((bytes) => bytesOf({ _tag: "MaxData", bytes }).subarray(1)))
)

/** The content of a DATA packet as hex: frames, a frame type with varints, mutated frames, or noise. */
export const payloads: FastCheck.Arbitrary<string> = FastCheck.oneof(
  noise,
  FastCheck.array(frames, { maxLength: 4 }).map((all) => Buffer.concat(all.map(bytesOf))),
  FastCheck.tuple(FastCheck.nat(0x40), varints).map(([type, rest]) => Buffer.concat([Uint8Array.of(type), rest])),
  FastCheck.tuple(frames, FastCheck.array(mutations, { minLength: 1, maxLength: 3 })).map(([frame, applied]) =>
    applied.reduce(mutated, bytesOf(frame))
  )
).map(toHex)

const messages = FastCheck.uint8Array({ maxLength: 80 })
const valid = FastCheck.oneof(
  FastCheck.tuple(integers, messages).map(([id, message]) => hello(crc32, requestOf(id, "crc"), message)),
  FastCheck.tuple(integers, integers, messages).map(([id, other, message]) => hello2(crc32, id, other, message)),
  FastCheck.tuple(integers, messages).map(([id, message]) => hello3(crc32, id, message)),
  integers.map((id) => versions(crc32, id, [{ version, protections: ["crc"] }])),
  FastCheck.tuple(integers, FastCheck.uint8Array({ minLength: tokenBytes, maxLength: tokenBytes })).map(([id, token]) =>
    retry(crc32, id, token)
  ),
  FastCheck.tuple(integers, integers, noise).map(([id, packetNumber, inside]) => dataPacket(id, packetNumber, inside))
)

/** An intact packet of a known form with any content. */
const intact = FastCheck.record({
  packetForm: FastCheck.constantFrom(...Object.values(form)),
  id: integers,
  body: FastCheck.oneof(noise, FastCheck.uint8Array({ minLength: 1180, maxLength: 1200 }))
}).map(({ body, id, packetForm }) => {
  const end = headerBytes + body.length
  const bytes = new Uint8Array(end + crcBytes)
  bytes.set(body, headerBytes)
  writeHeader(bytes, 0, packetForm, id, bytes.length)
  sealWithCrc(crc32, bytes, 0, end)
  return bytes
})

const packets = FastCheck.oneof(valid, intact, noise)

/** One or more packets, possibly mutated, as hex. */
export const flockDatagrams: FastCheck.Arbitrary<string> = FastCheck.oneof(
  packets,
  FastCheck.array(packets, { maxLength: 3 }).map((all) => Uint8Array.from(Buffer.concat(all))),
  FastCheck.tuple(valid, FastCheck.array(mutations, { minLength: 1, maxLength: 3 })).map(([bytes, applied]) =>
    applied.reduce(mutated, bytes)
  )
).map(toHex)
