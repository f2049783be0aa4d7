import { describe, expect, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import type { Phase } from "../../src/transfer/ChannelError.ts"
import { ChannelError, isRepeatable, ofSession } from "../../src/transfer/ChannelError.ts"
import { SessionError, type SessionReason } from "../../src/transport/SessionError.ts"

const of = (phase: Phase, reason: SessionReason, detail?: string): ChannelError =>
  ofSession("shop/order", phase, new SessionError({ reason, peer: "192.0.2.7:4040", detail, message: "what happened" }))

describe("an error of a channel", () => {
  it.each<readonly [Phase, SessionReason, string | undefined, string, string, plain: boolean, idempotent: boolean]>([
    ["connecting", "Silent", undefined, "Unreachable", "No", true, true],
    ["connecting", "ServerFull", undefined, "Unreachable", "No", true, true],
    ["connecting", "OtherVersion", undefined, "Unreachable", "No", false, false],
    ["connecting", "UnknownKey", undefined, "Untrusted", "No", false, false],
    ["connecting", "ChangedKey", undefined, "Untrusted", "No", false, false],
    ["connecting", "Unsupported", "Kind", "Unsupported", "No", false, false],
    ["waiting", "Closed", undefined, "Lost", "No", true, true],
    ["waiting", "Unsupported", "HeaderTooLong", "Unsupported", "No", false, false],
    ["waiting", "Unsupported", "Malformed", "Malformed", "No", false, false],
    ["sent", "NotAllowed", undefined, "Untrusted", "No", false, false],
    ["sent", "Lost", undefined, "Lost", "Unknown", false, true],
    ["sent", "Closed", undefined, "Lost", "Unknown", false, true],
    ["sent", "Reset", undefined, "Lost", "Unknown", false, true],
    ["sent", "Protocol", undefined, "Lost", "Unknown", false, false],
    ["sent", "Left", undefined, "Lost", "Unknown", false, false],
    ["sent", "Protocol", "Answer", "Malformed", "Yes", false, false],
    ["sent", "Declined", "Leaving", "Refused", "No", true, true],
    ["sent", "Declined", "Malformed", "Malformed", "No", false, false],
    ["sent", "Declined", "Unsupported", "Unsupported", "No", false, false],
    ["sent", "Declined", "Failed", "Refused", "Yes", false, false],
    ["sent", "Declined", "SoldOut", "Refused", "Yes", false, false]
  ])("while %s, by %s %s, is %s, delivered: %s", (phase, by, detail, reason, delivered, plain, idempotent) => {
    const error = of(phase, by, detail)
    expect(error).toMatchObject({ reason, delivered, kind: "shop/order", cause: { reason: by } })
    expect([isRepeatable(error, false), isRepeatable(error, true)]).toEqual([plain, idempotent])
  })

  it("says what became of the message, and can be encoded", () => {
    expect(of("connecting", "Silent").message).toBe(`"shop/order" was not delivered: what happened`)
    expect(of("sent", "Lost").message).toBe(`"shop/order" may have been delivered: what happened`)
    const error = of("sent", "Declined", "SoldOut")
    expect(error.message).toBe(`"shop/order" was delivered, but has no receipt: what happened`)
    const read = Schema.decodeUnknownSync(ChannelError)(Schema.encodeSync(ChannelError)(error))
    expect(read).toEqual(error)
  })
})
