import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { line, optional } from "../../src/telemetry/EventLine.ts"

const decode = Schema.decodeUnknownEither(line("sample", { must: Schema.String, may: optional(Schema.Number) }))
const head = { v: 1, type: "sample", time: "2026-11-30T14:00:00.000Z" }

describe("a line", () => {
  it("has a version, a type, a time in milliseconds, and its fields", () => {
    expect(Either.isRight(decode({ ...head, must: "x" }))).toBe(true)
    expect(Either.isRight(decode({ ...head, must: "x", may: 1 }))).toBe(true)
  })

  it.each([
    { ...head },
    { ...head, must: "x", more: 1 },
    { ...head, must: "x", may: undefined },
    { ...head, v: 2, must: "x" },
    { ...head, type: "other", must: "x" },
    { ...head, time: "2026-11-30T14:00:00Z", must: "x" }
  ])("is exact: %j is none", (value) => {
    expect(Either.isLeft(decode(value))).toBe(true)
  })
})
