import { describe, expect, it } from "@effect/vitest"
import { defaultRegistration } from "../../../src/conversation/accounts/Accounts.ts"

describe("who may register", () => {
  it("is nobody, but where only this machine can connect", () => {
    expect([true, false].map(defaultRegistration)).toEqual(["open", "closed"])
  })
})
