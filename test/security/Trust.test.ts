import { describe, expect, it } from "@effect/vitest"
import { isSame } from "../../src/protocol/SameBytes.ts"
import * as Trust from "../../src/security/Trust.ts"
import { keyOf } from "./hashing.ts"

const [one, two, three] = [keyOf(1), keyOf(2), keyOf(3)] as const

describe("what a client accepts", () => {
  it("are the known keys and the announced next ones, and no others", () => {
    const known = [{ key: one, next: two }, { key: three, next: undefined }]
    expect(Trust.expectationOf(known, [], false)).toEqual({ keys: [one, two, three], others: "refuse" })
    expect(Trust.expectationOf(known, [], true).others).toBe("refuse")
  })

  it("is asked for at an unknown place, or learned if that was chosen", () => {
    expect(Trust.expectationOf([], [], false)).toEqual({ keys: [], others: "ask" })
    expect(Trust.expectationOf([], [], true)).toEqual({ keys: [], others: "accept" })
  })

  it("is the own host key on this machine, beside what is known there", () => {
    expect(Trust.expectationOf([], [two], false)).toEqual({ keys: [two], others: "ask" })
    expect(Trust.expectationOf([{ key: one, next: undefined }], [two], false)).toEqual({
      keys: [one, two],
      others: "refuse"
    })
  })
})

describe("what is remembered", () => {
  it("is the first key, with the next one", () => {
    expect(Trust.learned(undefined, { key: one, next: two })).toEqual({ key: one, next: two })
  })

  it("does not change with the same key", () => {
    expect(Trust.learned({ key: one, next: undefined }, { key: one, next: undefined })).toBeUndefined()
    expect(Trust.learned({ key: one, next: two }, { key: one, next: two })).toBeUndefined()
  })

  it("has the next key from its announcement until the server takes it back", () => {
    expect(Trust.learned({ key: one, next: undefined }, { key: one, next: two })).toEqual({ key: one, next: two })
    expect(Trust.learned({ key: one, next: two }, { key: one, next: three })).toEqual({ key: one, next: three })
    expect(Trust.learned({ key: one, next: two }, { key: one, next: undefined })).toEqual({ key: one, next: undefined })
  })

  it("is the next key alone once the server uses it", () => {
    expect(Trust.learned({ key: one, next: two }, { key: two, next: undefined })).toEqual({ key: two, next: undefined })
    expect(Trust.learned({ key: one, next: two }, { key: two, next: two })).toEqual({ key: two, next: undefined })
  })
})

describe("keys", () => {
  it("are the same with the same bytes and the same length", () => {
    expect(isSame(one, keyOf(1))).toBe(true)
    expect(isSame(one, two)).toBe(false)
    expect(isSame(one, one.subarray(1))).toBe(false)
  })
})
