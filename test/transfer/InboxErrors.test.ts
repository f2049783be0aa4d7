import { describe, expect, it } from "vitest"
import * as InboxErrors from "../../src/transfer/InboxErrors.ts"

describe("an error of the inbox", () => {
  it("after a defect has the first line of it for the operator, and the defect as its cause", () => {
    const defect = new TypeError("no such thing\nwith details")
    expect(InboxErrors.unexpected("a.txt", defect)).toMatchObject({
      reason: "Io",
      path: "a.txt",
      message: "the receiver failed: TypeError: no such thing",
      cause: defect
    })
  })

  it("about limits tells what its sender can do", () => {
    for (const { message } of [InboxErrors.tooManyFiles, InboxErrors.tooManyTexts]) {
      expect(message).toMatch(/; send the (?:file|text) again later$/)
    }
    expect(InboxErrors.textTooLong.message).toBe("a text has at most 16777216 bytes")
  })
})
