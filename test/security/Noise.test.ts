import { describe, expect, it } from "@effect/vitest"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import type { Shape } from "../../src/security/Crypto.ts"
import { noise } from "../../src/security/Noise.ts"
import files from "../data/noise-vectors.json" with { type: "json" }
import { fromHex, toHex } from "../protocol/flock/frames.ts"
import { nobleCrypto } from "./nobleCrypto.ts"
import { exchanged, filled, parties, passed, utf8, withEphemeral } from "./noiseParties.ts"
import { noiseSuite } from "./noiseSuite.ts"

type Vector = (typeof files)[number]["vectors"][number]

const stateOf = (crypto: Shape, vector: Vector, side: "init" | "resp") => {
  const psk = vector[`${side}_psks`]?.[0]
  return noise({
    crypto: withEphemeral(crypto, fromHex(vector[`${side}_ephemeral`])),
    role: side === "init" ? "initiator" : "responder",
    prologue: fromHex(vector[`${side}_prologue`]),
    local: crypto.keyPair(fromHex(vector[`${side}_static`])),
    psk: psk === undefined ? undefined : fromHex(psk)
  })
}

const vectors = files.flatMap(({ from, vectors: all }) =>
  all.map((vector) => [`${vector.protocol_name} of ${from}`, vector] as const)
)

describe.each([["Node", nodeCrypto], ["noble", nobleCrypto]] as const)(
  "a published handshake with the functions of %s",
  (_, crypto) => {
    it.each(vectors)("has the messages, the hash and the keys of %s", (_name, vector) => {
      const payloads = vector.messages.map(({ payload }) => fromHex(payload))
      const [one, two, three] = payloads
      if (one === undefined || two === undefined || three === undefined) throw new Error("three messages")
      const end = exchanged(
        { initiator: stateOf(crypto, vector, "init"), responder: stateOf(crypto, vector, "resp") },
        [
          one,
          two,
          three
        ]
      )
      expect(end.messages.map(({ message }) => toHex(message))).toEqual(
        vector.messages.slice(0, 3).map(({ ciphertext }) => ciphertext)
      )
      if ("handshake_hash" in vector) expect(toHex(end.initiator.handshakeHash)).toBe(vector.handshake_hash)
      // Transport messages: the responder sends the first, and both sides take turns.
      const keys = end.initiator.split()
      expect(vector.messages.length).toBeGreaterThan(4)
      for (const [at, { ciphertext }] of vector.messages.entries()) {
        const payload = payloads[at] ?? new Uint8Array(0)
        const key = at % 2 === 0 ? keys.initiator : keys.responder
        const text = at < 3 ? fromHex(ciphertext) : crypto.encrypt(key, (at - 3) >> 1, new Uint8Array(0), payload)
        expect(toHex(text)).toBe(ciphertext)
      }
    })
  }
)

const zero = new Uint8Array(32)
/** The other encodings of points of order 1, 2, 4 and 8 are in Wycheproof's tests of X25519. */
const lowOrder = [
  zero,
  Uint8Array.of(1, ...zero.subarray(1)),
  fromHex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
  fromHex("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")
]

describe("a handshake with the functions of Node on both sides (C6)", () => {
  noiseSuite({ initiator: nodeCrypto, responder: nodeCrypto, lowOrder, runs: 50 })
})

describe("a handshake of Node with noble", () => {
  noiseSuite({ initiator: nodeCrypto, responder: nobleCrypto, lowOrder, runs: 10 })
})

describe("a handshake of noble with Node", () => {
  noiseSuite({ initiator: nobleCrypto, responder: nodeCrypto, lowOrder, runs: 10 })
})

describe("a state of a handshake", () => {
  const start = (psk?: Uint8Array) => parties({ initiator: nodeCrypto, responder: nodeCrypto, psk })

  it("writes once: the same key and nonce would be used for two texts", () => {
    const { initiator } = start()
    initiator.write(utf8("one"))
    expect(() => initiator.write(utf8("other"))).toThrow("spent")
  })

  it("reads a message again, until it is written or split", () => {
    const first = start()
    const { message } = first.initiator.write(utf8("one"))
    const reads = [first.responder.read(message), first.responder.read(message)]
    expect(reads.map((read) => read?.payload)).toEqual([utf8("one"), utf8("one")])
    // Each has an ephemeral key of its own.
    const [two, other] = reads.map((read) => read?.next.write(utf8("two")).message.subarray(0, 32))
    expect(two).not.toEqual(other)
  })

  it("splits once, and then the state before is spent too", () => {
    const { messages: [, , three], readers: [, , reader], responder } = exchanged(start())
    responder.split()
    expect(() => responder.split()).toThrow("spent")
    expect(() => reader.read(three.message)).toThrow("spent")
  })

  it("that is given up is spent, while the one that it was read from can read again", () => {
    const first = start()
    const { message, next } = first.initiator.write(utf8(""))
    const reading = first.responder.read(message)
    reading?.next.free()
    expect(() => reading?.next.write(utf8(""))).toThrow("spent")
    expect(next.peerKey).toBeUndefined()
    const second = first.responder.read(message)?.next.write(utf8("again"))
    const read = next.read(second?.message ?? new Uint8Array(0))
    expect(read?.payload).toEqual(utf8("again"))
    read?.next.free()
    expect(next.read(second?.message ?? new Uint8Array(0))?.payload).toEqual(utf8("again"))
  })

  it("throws when it is called out of turn", () => {
    const first = start()
    expect(() => first.responder.write(utf8(""))).toThrow("the next step of this handshake is to read, not to write")
    expect(() => first.initiator.read(utf8(""))).toThrow("to write, not to read")
    expect(() => first.initiator.split()).toThrow("to write, not to split")
    const { responder } = exchanged(first)
    expect(() => responder.read(utf8(""))).toThrow("to split, not to read")
  })

  it.each([undefined, filled(7)])(
    "takes payloads up to messages of 65,535 bytes, and is not spent by a longer one",
    (psk) => {
      let { initiator: writer, responder: reader } = start(psk)
      const tag = psk === undefined ? 0 : 16
      for (const payload of [65_535 - 32 - tag, 65_535 - 96, 65_535 - 64].map((length) => new Uint8Array(length))) {
        expect(() => writer.write(new Uint8Array(payload.length + 1))).toThrow(RangeError)
        const one = passed(writer, reader, payload)
        expect([one.message.length, one.payload.length]).toEqual([65_535, payload.length])
        writer = one.to
        reader = one.from
      }
    }
  )

  it("reads no message of more than 65,535 bytes", () => {
    expect(start().responder.read(new Uint8Array(65_536).fill(9))).toBeUndefined()
  })

  it("keeps nothing of the buffers that it was given", () => {
    const first = start()
    const payloads = ["one", "two", "three"].map((text) => Buffer.from(text))
    let { initiator: writer, responder: reader } = first
    for (const payload of payloads) {
      const written = writer.write(payload)
      // A Buffer, as datagrams are: its method `slice` copies nothing.
      const arrived = Buffer.from(written.message)
      const read = reader.read(arrived)
      payload.fill(0)
      arrived.fill(0)
      written.message.fill(0)
      if (read === undefined) throw new Error("a genuine message is refused")
      expect(read.payload.some((byte) => byte !== 0)).toBe(true)
      writer = read.next
      reader = written.next
    }
    expect(reader.split()).toEqual(writer.split())
  })

  it("refuses a pre-shared key that has not 32 bytes", () => {
    expect(() => start(new Uint8Array(31))).toThrow("a pre-shared key has 32 bytes, not 31")
  })
})
