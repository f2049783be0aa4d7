import { crc32 } from "node:zlib"
import { describe, expect, it } from "vitest"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import type { Damage } from "../../../src/protocol/classic/Damage.ts"
import { Damager } from "../../../src/protocol/classic/Damage.ts"
import { content, text } from "./exchange.ts"
import { datagramOf } from "./frames.ts"

const { dat, inf, kpa } = Frame.Kind

const datagram = (kind: Frame.Kind, sequenceNumber: number, payload: Uint8Array): Uint8Array =>
  datagramOf({ sequenceNumber, fragmentCount: 99, fragmentSize: payload.length + 13, kind }, payload)

/** The bytes that are sent for a datagram, from a larger buffer, as a socket has. */
const passed = (damager: Damager, bytes: Uint8Array): Uint8Array => {
  const target = new Uint8Array(2048)
  target.set(bytes)
  return target.slice(0, damager.apply(target, bytes.length))
}

const isIntact = (bytes: Uint8Array): boolean => {
  const frame = Frame.decode(bytes)
  return typeof frame !== "string" && Frame.isIntact(frame, crc32)
}

/** The DATs of 1 to `count`, each sent twice, that arrive damaged. */
const damagedOf = (damage: Damage, count: number, random = () => 0): ReadonlyArray<string> => {
  const damager = new Damager(damage, random)
  const found = Array.from({ length: count }, (_, at) => {
    const bytes = datagram(dat, at + 1, content(10))
    return [`${at + 1}`, `${at + 1} again`].filter(() => !isIntact(passed(damager, bytes)))
  }).flat()
  expect(damager.numbers.map(String)).toEqual(found)
  expect(damager.count).toBe(found.length)
  return found
}

describe("damage", () => {
  it.each<[string, Damage["which"], ReadonlyArray<string>]>([
    ["every third fragment", { every: 3 }, ["3", "6", "9"]],
    ["the fragments of a list", { list: [9, 2, 5, 50] }, ["2", "5", "9"]],
    ["no fragment", { list: [] }, []],
    ["all fragments", { every: 1 }, Array.from({ length: 10 }, (_, at) => String(at + 1))]
  ])("is done to %s, at the first transmission only", (_, which, expected) => {
    expect(damagedOf({ which, kind: "remove" }, 10)).toEqual(expected)
  })

  it("is done at random, with one random number for each fragment", () => {
    const draws = [0.1, 0.6, 0.49, 0.5]
    expect(damagedOf({ which: { rate: 0.5 }, kind: "cut" }, 4, () => draws.shift() ?? 1)).toEqual(["1", "3"])
    expect(draws).toEqual([])
  })

  it("removes the first byte, as existing programs do, and keeps the header with its CRC", () => {
    const whole = datagram(dat, 1, text("abcd"))
    const out = passed(new Damager({ which: { every: 1 }, kind: "remove" }, () => 0), whole)
    expect([out.subarray(0, 13), out.subarray(13)]).toEqual([whole.subarray(0, 13), text("bcd")])
  })

  it("cuts the payload in half", () => {
    const out = passed(new Damager({ which: { every: 1 }, kind: "cut" }, () => 0), datagram(dat, 1, text("abcde")))
    expect(out.subarray(13)).toEqual(text("ab"))
  })

  it.each([[0, 0, 1], [0.999_999, 3, 0x80]])(
    "flips one bit of the payload, selected by the random number %f",
    (drawn, at, mask) => {
      const whole = datagram(dat, 1, text("abcd"))
      const out = passed(new Damager({ which: { every: 1 }, kind: "flip" }, () => drawn), whole)
      const different = Array.from(whole, (byte, index) => byte ^ (out[index] ?? 0))
      expect(different).toEqual(Array.from(whole, (_, index) => index === 13 + at ? mask : 0))
    }
  )

  it("does not change other frames, and no DAT without payload", () => {
    const damager = new Damager({ which: { every: 1 }, kind: "cut" }, () => 0)
    const others = [datagram(inf, 1, text("F")), datagram(kpa, 0, text("")), datagram(dat, 1, text("")), text("short")]
    expect(others.map((bytes) => passed(damager, bytes))).toEqual(others)
    expect(damager.count).toBe(0)
  })

  it("keeps 1000 numbers and counts all", () => {
    const damager = new Damager({ which: { every: 1 }, kind: "cut" }, () => 0)
    for (let number = 1; number <= 1001; number++) {
      passed(
        damager,
        datagramOf({ sequenceNumber: number, fragmentCount: 2000, fragmentSize: 14, kind: dat }, text("x"))
      )
    }
    expect([damager.count, damager.numbers.length]).toEqual([1001, 1000])
  })
})
