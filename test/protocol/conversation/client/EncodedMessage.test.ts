import { describe, expect, it } from "vitest"
import { encoded, encodedEvent } from "../../../../src/protocol/conversation/client/EncodedMessage.ts"
import { Scene } from "../plainEvents.ts"

describe("a message of a server", () => {
  it("is its JSON, and the same in UTF-8 behind its length", () => {
    const { framed, text } = encoded({ t: "goodbye", reason: "čau" })
    expect(JSON.parse(text)).toEqual({ t: "goodbye", reason: "čau" })
    expect(new TextDecoder().decode(framed.subarray(4))).toBe(text)
    expect(Array.from(framed.subarray(0, 4))).toEqual([0, 0, 0, framed.length - 4])
  })

  it("has an event, and tells which one", () => {
    const event = new Scene("hall").add("ala@alpha", "said", { text: "x" })
    const { message, origin, seq } = encodedEvent(event)
    expect([origin, seq, JSON.parse(message.text)]).toEqual([event.origin, 1, { t: "event", event }])
  })
})
