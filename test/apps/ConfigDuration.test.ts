import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { between } from "../../src/apps/ConfigDuration.ts"

const decode = Schema.decodeUnknownEither(between(500, 3_600_000))

describe("a duration of a configuration", () => {
  it.each([
    ["60", 60_000],
    ["60s", 60_000],
    ["500ms", 500],
    ["5m", 300_000],
    ["5 min", 300_000],
    ["1h", 3_600_000],
    ["1.5", 1500]
  ])("%s is %d ms", (text, millis) => {
    expect(decode(text)).toEqual(Either.right(millis))
  })

  it.each(["", "s", "-1", "1d", "1e3", "0x10", "499ms", "61m", "1 1", "999999999999", 60])("is not %j", (text) => {
    expect(Either.isLeft(decode(text))).toBe(true)
  })

  it("tells the bounds where it is refused, and has a text that is read back", () => {
    expect(String(Either.getOrThrow(Either.flip(decode("1ms"))))).toContain("from 500ms to 1h, such as 90s or 5m")
    for (const millis of [500, 1000, 90_000, 3_600_000]) {
      expect(decode(Schema.encodeSync(between(500, 3_600_000))(millis))).toEqual(Either.right(millis))
    }
  })
})
