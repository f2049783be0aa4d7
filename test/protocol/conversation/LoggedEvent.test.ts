import { describe, expect, it } from "vitest"
import { saidIn } from "../../../src/protocol/conversation/LoggedEvent.ts"
import { Scene } from "./plainEvents.ts"

describe("a logged event", () => {
  it("says what its kind says, and nothing when it is erased or of an unknown kind", () => {
    const scene = new Scene("hall")
    expect(saidIn(scene.add("ala@alpha", "said", { text: "x" }))).toEqual({ kind: "said", body: { text: "x" } })
    expect(saidIn(scene.add("ala@alpha", "said", null))).toBeUndefined()
    expect(saidIn(scene.add("ala@alpha", "later", { x: 1 }))).toBeUndefined()
  })
})
