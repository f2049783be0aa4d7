import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as FastCheck from "fast-check"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"
import {
  compareVectors,
  countBeyond,
  covers,
  emptyVector,
  hasEvent,
  merged,
  partsOf,
  raise,
  recordOf,
  totalOf,
  type Vector,
  vectorOf,
  VectorRecord
} from "../../../src/protocol/conversation/Vector.ts"
import { alpha } from "./rooms.ts"

const of = (record: Readonly<Record<string, number>>): Vector => vectorOf(record)
const vectors = FastCheck.dictionary(FastCheck.constantFrom("a", "b", "c"), FastCheck.integer({ min: 1, max: 4 }))
  .map(vectorOf)

describe("a vector", () => {
  it("has the events up to its numbers", () => {
    expect(hasEvent(of({ a: 2 }), { origin: "a", seq: 2 })).toBe(true)
    expect(hasEvent(of({ a: 2 }), { origin: "a", seq: 3 })).toBe(false)
    expect(hasEvent(emptyVector, { origin: "a", seq: 1 })).toBe(false)
  })

  it.each([
    [{ a: 1 }, { a: 1 }, "equal"],
    [{ a: 1 }, { a: 2 }, "behind"],
    [{ a: 1, b: 1 }, { a: 1 }, "ahead"],
    [{ a: 2 }, { a: 1, b: 1 }, "apart"]
  ])("%j stands to %j as %s", (one, other, order) => {
    expect(compareVectors(of(one), of(other))).toBe(order)
  })

  it("merges with another in any order to the least that covers both", () => {
    FastCheck.assert(FastCheck.property(vectors, vectors, vectors, (one, other, third) => {
      const both = merged(one, other)
      expect(compareVectors(both, merged(other, one))).toBe("equal")
      expect(compareVectors(merged(both, third), merged(one, merged(other, third)))).toBe("equal")
      expect(covers(both, one) && covers(both, other)).toBe(true)
      expect(compareVectors(merged(both, both), both)).toBe("equal")
      expect(totalOf(both)).toBeLessThanOrEqual(totalOf(one) + totalOf(other))
    }))
  })

  it("is raised by what is larger, and says what that is", () => {
    const target = new Map([["a", 2], ["b", 5]])
    expect(recordOf(raise(target, of({ a: 3, b: 4, c: 1 })))).toEqual({ a: 3, c: 1 })
    expect(recordOf(target)).toEqual({ a: 3, b: 5, c: 1 })
  })

  it("counts what a mark lacks, without what is purged", () => {
    expect(countBeyond(of({ a: 10, b: 2 }), of({ a: 7 }))).toBe(5)
    expect(countBeyond(of({ a: 10, b: 2 }), of({ a: 7 }), of({ a: 8, b: 2 }))).toBe(2)
    expect(countBeyond(of({ a: 1 }), of({ a: 9 }))).toBe(0)
  })

  it("is divided into parts, at least one", () => {
    const parts = partsOf(of({ a: 1, b: 2, c: 3 }), 2)
    expect(parts.map(recordOf)).toEqual([{ a: 1, b: 2 }, { c: 3 }])
    expect(partsOf(emptyVector, 2).map(recordOf)).toEqual([{}])
  })
})

describe("a vector as JSON", () => {
  const decode = Schema.decodeUnknownEither(VectorRecord)

  it("has origins and numbers", () => {
    expect(Either.isRight(decode({ [alpha.origin]: 1 }))).toBe(true)
    expect(Either.isLeft(decode({ alpha: 1 }))).toBe(true)
    expect(Either.isLeft(decode({ [alpha.origin]: 0 }))).toBe(true)
    expect(Either.isLeft(decode({ [alpha.origin]: 2 ** 53 }))).toBe(true)
  })

  it("has a limited number of origins", () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [
        `a~${at.toString(16).padStart(48, "0")}`,
        1
      ]))
    expect(Either.isRight(decode(many(Limits.roomOrigins)))).toBe(true)
    expect(Either.isLeft(decode(many(Limits.roomOrigins + 1)))).toBe(true)
  })
})
