import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import { eventMessage, readMessage } from "../../../src/protocol/conversation/JsonMessage.ts"
import { alpha, eventOf } from "./rooms.ts"

const decode = Schema.decodeUnknownEither(Schema.Struct({ t: Schema.Literal("hello"), n: Schema.Int }))

describe("a message of JSON", () => {
  it("is read, without fields that are not known, or has the place where it is wrong", () => {
    expect(readMessage(decode, "{\"t\":\"hello\",\"n\":1,\"more\":2}")).toEqual(Either.right({ t: "hello", n: 1 }))
    expect(Either.merge(readMessage(decode, "{"))).toBe("is no JSON")
    expect(Either.merge(readMessage(decode, "{\"t\":\"hello\",\"n\":1.5}"))).toMatch(/^n: /)
  })

  it("has an event of the right form, or the place where that is wrong", () => {
    const event = eventOf(alpha, 1)
    expect(eventMessage(event)).toEqual(Either.right({ t: "event", event }))
    expect(Either.merge(eventMessage({ ...event, seq: 0 }))).toMatch(/^event\.seq: /)
  })
})
