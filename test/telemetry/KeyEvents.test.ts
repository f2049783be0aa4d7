import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Events from "../../src/telemetry/Events.ts"
import * as KeyEvents from "../../src/telemetry/KeyEvents.ts"

const head = { v: 1, time: "2026-11-30T14:00:00.000Z" }
const texts = { key: "hk1", words: "a b" }

describe("a line about keys", () => {
  it.each([
    { ...head, type: "key", kind: "host", ...texts, path: "/host.key" },
    { ...head, type: "key", kind: "nextHost", ...texts, path: "/host.key.next", from: "2026-12-30T14:00:00Z" },
    { ...head, type: "known", server: "a:1", ...texts, firstSeen: "2026-11-30T14:00:00Z" },
    { ...head, type: "forgotten", server: "a:1" }
  ])("is one of the lines of the program: %j", (value) => {
    expect(Either.isRight(Schema.decodeUnknownEither(Events.Event)(value))).toBe(true)
  })

  it("has the kind of a key", () => {
    const value = { ...head, type: "key", kind: "other", ...texts, path: "/k" }
    expect(Either.isLeft(Schema.decodeUnknownEither(KeyEvents.Key)(value))).toBe(true)
  })
})
