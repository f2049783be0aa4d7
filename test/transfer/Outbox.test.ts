import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { textBytes } from "../../src/protocol/ProtocolLimits.ts"
import * as Outbox from "../../src/transfer/Outbox.ts"
import type { Session } from "../../src/transport/Transport.ts"

/** A wire without limits. */
const carrier: Pick<Session, "plan"> = {
  plan: () => Effect.succeed({ fragments: undefined, fragmentSize: undefined })
}

describe("a check", () => {
  it.effect("refuses a text over 16 MiB on every wire, counted in bytes", () =>
    Effect.gen(function*() {
      expect(textBytes).toBe(16 * 1024 * 1024)
      yield* Outbox.check(carrier, Outbox.textEnvelope("x".repeat(textBytes)))
      const error = yield* Effect.flip(Outbox.check(carrier, Outbox.textEnvelope("ž".repeat(textBytes / 2 + 1))))
      expect(error).toMatchObject({ _tag: "SessionError", reason: "Unsupported", detail: "TextTooLong" })
      expect(error.message).toMatch(/^a text has at most 16777216 bytes, not 16777218; send it as a file$/)
    }))
})
