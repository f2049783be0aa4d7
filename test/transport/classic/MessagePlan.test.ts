import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { plan } from "../../../src/transport/classic/MessagePlan.ts"

const text = (contentBytes: number, fragmentSize: number) =>
  ({ kind: "text", name: "", contentBytes, fragmentSize }) as const

describe("a plan of a message", () => {
  it.effect("differs from the plans of earlier messages with the same announcement", () =>
    Effect.gen(function*() {
      const first = yield* plan(text(1_000, 500), "peer")
      const second = yield* plan(text(1_000, 500), "peer", [first])
      expect([first.fragmentSize, second.fragmentSize]).toEqual([500, 499])
    }))

  it.effect.each<[string, number, number, string]>([
    ["FragmentSize", 10, 0, "a fragment has 1 to 1445 bytes, not 0"],
    ["TextTooLong", 16_777_217, 1_445, "a text has at most 16777216 bytes, not 16777217; send it as a file"]
  ])(
    "fails with the limit that the message exceeds: %s",
    ([detail, contentBytes, fragmentSize, message]) =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(plan(text(contentBytes, fragmentSize), "192.0.2.7:4040"))
        expect(error).toMatchObject({ reason: "Unsupported", peer: "192.0.2.7:4040", detail, message })
      })
  )
})
