import { describe, expect, it } from "vitest"
import { closeCode, type CloseReason } from "../../../src/protocol/flock/CloseCode.ts"
import { errorOf } from "../../../src/transport/streams/CloseErrors.ts"

const own = new Uint8Array(32).fill(1)
const reasonOf = (reason: Partial<CloseReason>) => errorOf("h:1", { by: "us", code: 0, text: "", ...reason }, own)

describe("the error of a session that has ended", () => {
  it.each<[CloseReason["by"], keyof typeof closeCode, string]>([
    ["us", "NoError", "Left"],
    ["peer", "NoError", "Closed"],
    ["us", "ServerFull", "ServerFull"],
    ["peer", "ServerFull", "ServerFull"],
    ["us", "NotAllowed", "NotAllowed"],
    ["peer", "NotAllowed", "NotAllowed"],
    ["us", "NoViablePath", "TooLarge"],
    ["us", "InternalError", "Defect"],
    ["peer", "InternalError", "Defect"],
    ["us", "FlowControlError", "Protocol"],
    ["peer", "StreamStateError", "Protocol"]
  ])("by %s with %s is %s", (by, code, expected) => {
    expect(reasonOf({ by, code: closeCode[code] })).toMatchObject({ reason: expected, code: closeCode[code] })
  })

  it.each([["Idle", "Lost"], ["Reset", "PeerRestarted"], ["Broken", "Lost"]] as const)(
    "without CLOSE, as %s, is %s",
    (by, expected) => expect(reasonOf({ by }).reason).toBe(expected)
  )

  it("of an application has its code and the peer's text, and never the own one", () => {
    expect(reasonOf({ by: "peer", code: 300, text: "bye" })).toMatchObject({
      code: 300,
      message: expect.stringMatching(/bye$/)
    })
    expect(reasonOf({ by: "us", code: 300, text: "bye" }).message).not.toMatch(/bye/)
  })

  it("says which key the peer does not allow", () => {
    expect(reasonOf({ by: "peer", code: closeCode.NotAllowed }).key).toEqual(own)
  })
})
