/** Datagrams of flock, as hex: noise, packets around any frames, and packets that were right until something befell them. */
import * as FastCheck from "fast-check"
import { crc32 } from "node:zlib"
import { hello, hello2, hello3, versions } from "../../src/protocol/flock/handshake/HandshakePacket.ts"
import { crcBytes, sealWithCrc } from "../../src/protocol/flock/handshake/Protection.ts"
import { form, headerBytes, writeHeader } from "../../src/protocol/flock/wire/Packet.ts"
import { bytesOf, dataPacket, frames, integers } from "../protocol/flock/frames.ts"
import { befallen, mishaps, toHex } from "./datagrams.ts"

const noise = FastCheck.uint8Array({ maxLength: 60 })

/** Varints one after another, which is what most frames are. */
const varints = FastCheck.array(integers, { maxLength: 12 }).map((values) =>
  Buffer.concat(values.map((bytes) => bytesOf({ type: "MaxData", bytes }).subarray(1)))
)

/** The inside of a DATA packet: frames, what begins like one, or anything. */
export const payloads: FastCheck.Arbitrary<string> = FastCheck.oneof(
  noise,
  FastCheck.array(frames, { maxLength: 4 }).map((all) => Buffer.concat(all.map(bytesOf))),
  FastCheck.tuple(FastCheck.nat(0x40), varints).map(([type, rest]) => Buffer.concat([Uint8Array.of(type), rest])),
  FastCheck.tuple(frames, FastCheck.array(mishaps, { minLength: 1, maxLength: 3 })).map(([frame, befell]) =>
    befell.reduce(befallen, bytesOf(frame))
  )
).map(toHex)

const messages = FastCheck.uint8Array({ maxLength: 80 })
const right = FastCheck.oneof(
  FastCheck.tuple(integers, messages).map(([id, message]) => hello(crc32, id, "crc", message)),
  FastCheck.tuple(integers, integers, messages).map(([id, other, message]) => hello2(crc32, id, other, message)),
  FastCheck.tuple(integers, messages).map(([id, message]) => hello3(crc32, id, message)),
  integers.map((id) => versions(crc32, id)),
  FastCheck.tuple(integers, integers, noise).map(([id, packetNumber, inside]) => dataPacket(id, packetNumber, inside))
)

/** A packet of a known form, whole, with anything in it. */
const whole = FastCheck.record({
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

const packets = FastCheck.oneof(right, whole, noise)

/** One packet or a few, the last perhaps spoilt. */
export const flockDatagrams: FastCheck.Arbitrary<string> = FastCheck.oneof(
  packets,
  FastCheck.array(packets, { maxLength: 3 }).map((all) => Uint8Array.from(Buffer.concat(all))),
  FastCheck.tuple(right, FastCheck.array(mishaps, { minLength: 1, maxLength: 3 })).map(([bytes, befell]) =>
    befell.reduce(befallen, bytes)
  )
).map(toHex)
