import * as FastCheck from "fast-check"
import { describe, expect, it } from "vitest"
import { connectionIdOf, endOf, form, formAt } from "../../../src/protocol/flock/wire/Packet.ts"
import type { PacketKey } from "../../../src/security/Aead.ts"
import { toHex } from "../../protocol/flock/frames.ts"
import {
  connectionId,
  framesOf,
  keyOf,
  koffi,
  opened,
  placesOf,
  plainPacket,
  readNumber,
  routes,
  sealed,
  sealedByNoble
} from "../../suites/aeadRoutes.ts"

const key = keyOf(1)

/** The packet with one bit flipped. */
const flippedAt = (packet: Uint8Array, bit: number): Uint8Array => {
  const flipped = packet.slice()
  flipped[bit >>> 3] = (flipped[bit >>> 3] ?? 0) ^ (1 << (bit & 7))
  return flipped
}

/** Whether a receiver that expects this number would accept the packet, or a datagram with its bytes. */
const isAccepted = (packetKey: PacketKey, packet: Uint8Array, expected: number): boolean =>
  formAt(packet, 0) === form.data && connectionIdOf(packet, 0) === connectionId &&
  endOf(packet, 0, packet.length) === packet.length &&
  opened(packetKey, readNumber(packet, expected), packet) !== undefined

describe.each(routes)("encryption by %s", (_, route) => {
  it("is that of @noble/ciphers for each length of frames from 0 to 3,000", () => {
    const sealing = route(key)
    const opening = route(key)
    for (let length = 0; length <= 3000; length++) {
      const plain = plainPacket(length, framesOf(length))
      const packet = sealed(sealing, length, plain)
      expect(Buffer.compare(packet, sealedByNoble(key, length, plain))).toBe(0)
      expect(Buffer.compare(opened(opening, length, packet)?.subarray(0, -16) ?? packet, plain.subarray(0, -16))).toBe(
        0
      )
    }
    sealing.free()
    opening.free()
  })

  it("is that of @noble/ciphers for numbers around 2³², epochs and 2⁵³, and for the largest packet", () => {
    const edges = [0, 2 ** 20, 2 ** 21, 2 ** 31, 2 ** 32, 2 ** 33, 2 ** 40, 2 ** 53 - 4]
    const sealing = route(key)
    const opening = route(key)
    const packets = edges.flatMap((edge) => [-3, -2, -1, 0, 1, 3].map((more) => edge + more)).filter((number) =>
      number >= 0
    )
      .map((number) => {
        const plain = plainPacket(number, framesOf(number % 500))
        const packet = sealed(sealing, number, plain)
        expect(toHex(packet)).toBe(toHex(sealedByNoble(key, number, plain)))
        return { number, packet, plain }
      })
    for (const { number, packet, plain } of packets.toReversed()) {
      expect(toHex(opened(opening, number, packet)?.subarray(0, -16) ?? packet)).toBe(toHex(plain.subarray(0, -16)))
    }
    const largest = plainPacket(7, framesOf(0xff_ff - 24))
    expect(Buffer.compare(sealed(sealing, 7, largest), sealedByNoble(key, 7, largest))).toBe(0)
    sealing.free()
    opening.free()
  })

  it("refuses each single bit flipped in a packet, and then opens the packet itself (C1)", () => {
    const packetKey = route(key)
    for (const length of [0, 1, 21, 100]) {
      const number = 2 ** 33 + length
      const packet = sealed(packetKey, number, plainPacket(number, framesOf(length)))
      const bits = Array.from({ length: packet.length * 8 }, (_unused, bit) => bit)
      expect(bits.filter((bit) => isAccepted(packetKey, flippedAt(packet, bit), number))).toEqual([])
      // Also where the receiver knows connection and length beforehand.
      expect(bits.filter((bit) => {
        const flipped = flippedAt(packet, bit)
        return opened(packetKey, readNumber(flipped, number), flipped) !== undefined
      })).toEqual([])
      expect(isAccepted(packetKey, packet, number)).toBe(true)
    }
    packetKey.free()
  })

  it("refuses a packet with another number, key, or length", () => {
    const packetKey = route(key)
    const other = route(keyOf(2))
    const packet = sealed(packetKey, 9, plainPacket(9, framesOf(40)))
    for (const number of [8, 10, 9 + 2 ** 32]) expect(opened(packetKey, number, packet)).toBeUndefined()
    expect(opened(other, 9, packet)).toBeUndefined()
    expect(opened(packetKey, 9, packet.subarray(0, -1))).toBeUndefined()
    expect(opened(packetKey, 9, packet.subarray(0, 31))).toBeUndefined()
    expect(opened(packetKey, 9, packet)).toBeDefined()
    for (const one of [packetKey, other]) one.free()
  })

  it("shows no plaintext of a packet that is not authentic", () => {
    const packetKey = route(key)
    const plain = plainPacket(9, framesOf(60))
    const packet = sealed(packetKey, 9, plain)
    packet[packet.length - 1] = (packet[packet.length - 1] ?? 0) ^ 1
    const [start, framesAt, framesEnd] = placesOf(packet.length)
    expect(packetKey.open(packet, start, framesAt, framesEnd, 9)).toBe(false)
    const same = Array.from(packet.subarray(framesAt, framesEnd)).filter((byte, at) => byte === plain[framesAt + at])
    expect(same.length).toBeLessThan(10)
    packetKey.free()
  })

  it("changes nothing but frames and tag, wherever the packet stands", () => {
    const packetKey = route(key)
    const plain = plainPacket(70, framesOf(33))
    for (const buffer of [new ArrayBuffer(300), new SharedArrayBuffer(300)]) {
      for (const start of [0, 1, 7, 90]) {
        const bytes = new Uint8Array(buffer, 5, 200).fill(0xa5)
        bytes.set(plain, start)
        const places = placesOf(plain.length, start)
        packetKey.seal(bytes, ...places, 70)
        const around = (at: number): number =>
          at < start || at >= start + plain.length ? 0xa5 : (plain[at - start] ?? 0)
        const changed = Array.from(bytes.keys()).filter((at) => bytes[at] !== around(at))
        expect(changed.every((at) => at >= places[1] && at < places[2] + 16)).toBe(true)
        const tag = bytes.slice(places[2], places[2] + 16)
        expect(packetKey.open(bytes, ...places, 70)).toBe(true)
        expect(toHex(bytes.subarray(places[2], places[2] + 16))).toBe(toHex(tag))
        expect(Array.from(bytes.keys()).filter((at) => bytes[at] !== around(at) && at < places[2])).toEqual([])
        expect(packetKey.open(bytes, ...places, 71)).toBe(false)
        expect(toHex(bytes.subarray(start, places[1]))).toBe(toHex(plain.subarray(0, 15)))
      }
    }
    packetKey.free()
  })

  it("refuses places beyond the buffer, and numbers that are none", () => {
    const packetKey = route(key)
    const bytes = new Uint8Array(100)
    const wrong: ReadonlyArray<readonly [start: number, framesAt: number, framesEnd: number, number: number]> = [
      [-1, 14, 20, 0],
      [0, 15, 85, 0],
      [0, 15, 14, 0],
      [0, 14, 40, 0],
      [0, 16, 40, 0],
      [86, 101, 101, 0],
      [0, 15, 2 ** 32 + 40, 0],
      [2 ** 32, 2 ** 32 + 15, 2 ** 32 + 40, 0],
      [0.5, 15.5, 40.5, 0],
      [NaN, NaN, NaN, 0],
      [0, 15, 40, -1],
      [0, 15, 40, 2 ** 53],
      [0, 15, 40, 0.5]
    ]
    for (const [start, framesAt, framesEnd, number] of wrong) {
      expect(() => packetKey.seal(bytes, start, framesAt, framesEnd, number)).toThrow(RangeError)
      expect(() => packetKey.open(bytes, start, framesAt, framesEnd, number)).toThrow(RangeError)
    }
    const large = new Uint8Array(70_000)
    expect(() => packetKey.seal(large, 0, 15, 15 + 0xff_ff - 23, 0)).toThrow(RangeError)
    const detached = plainPacket(0, framesOf(9))
    packetKey.seal(detached, ...placesOf(detached.length), 0)
    const places = placesOf(detached.length)
    structuredClone(detached.buffer, { transfer: [detached.buffer] })
    expect(() => packetKey.open(detached, ...places, 0)).toThrow(RangeError)
    expect(bytes.every((byte) => byte === 0)).toBe(true)
    packetKey.free()
  })

  it("uses no key after it was freed, which may happen twice", () => {
    const packetKey = route(key)
    const packet = sealed(packetKey, 3, plainPacket(3, framesOf(5)))
    packetKey.free()
    packetKey.free()
    expect(() => opened(packetKey, 3, packet)).toThrow("overwritten")
    expect(() => sealed(packetKey, 4, packet)).toThrow("overwritten")
  })

  it("does not need the array of its key any longer", () => {
    const array = key.slice()
    const packetKey = route(array)
    array.fill(0)
    const plain = plainPacket(3, framesOf(5))
    expect(toHex(sealed(packetKey, 3, plain))).toBe(toHex(sealedByNoble(key, 3, plain)))
    packetKey.free()
  })

  it("takes keys of 32 bytes only", () => {
    for (const length of [0, 16, 31, 33]) expect(() => route(new Uint8Array(length)).free()).toThrow(RangeError)
  })

  it("leaves no error of OpenSSL behind, which a TLS connection would take for its own", () => {
    const errors = koffi.load(null).func("uint64_t ERR_peek_error()")
    const packetKey = route(key)
    const packet = sealed(packetKey, 3, plainPacket(3, framesOf(50)))
    expect(opened(packetKey, 4, packet)).toBeUndefined()
    expect(errors()).toBe(0)
    packetKey.free()
  })
})

describe("the routes", () => {
  it("seal and open each other's packets, in any order and with any loss", () => {
    const step = FastCheck.record({
      by: FastCheck.nat(routes.length - 1),
      skipped: FastCheck.oneof({ weight: 3, arbitrary: FastCheck.constant(0) }, FastCheck.nat(3)),
      length: FastCheck.oneof(FastCheck.nat(40), FastCheck.nat(3000)),
      forgedBit: FastCheck.option(FastCheck.nat(247))
    })
    const world = FastCheck.record({
      first: FastCheck.constantFrom(0, 2 ** 20 - 5, 2 ** 32 - 5, 2 ** 45),
      steps: FastCheck.array(step, { minLength: 1, maxLength: 30 })
    })
    FastCheck.assert(
      FastCheck.property(world, ({ first, steps }) => {
        // Each route has one key for both directions.
        const keys = routes.map(([, route]) => route(key))
        let number = first
        for (const { by, forgedBit, length, skipped } of steps) {
          number += 1 + skipped
          const plain = plainPacket(number, framesOf(length, by + 3))
          const packets = keys.map((one) => toHex(sealed(one, number, plain)))
          expect(new Set(packets).size).toBe(1)
          const sealing = keys[by]
          if (sealing === undefined) throw new Error("no such route")
          const packet = sealed(sealing, number, plain)
          for (const one of keys) {
            if (forgedBit !== null) {
              const forged = flippedAt(packet, forgedBit)
              expect(opened(one, readNumber(forged, number), forged)).toBeUndefined()
            }
            expect(toHex(opened(one, number, packet)?.subarray(0, -16) ?? packet)).toBe(toHex(plain.subarray(0, -16)))
          }
        }
        for (const one of keys) one.free()
      }),
      { seed: 14, numRuns: 100 }
    )
  })
})
