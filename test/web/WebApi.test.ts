import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { describe, expect, it } from "vitest"
import * as ClientLimits from "../../src/protocol/conversation/client/ClientLimits.ts"
import { LoginForm } from "../../src/web/WebApi.ts"

const isForm = (value: unknown): boolean => Either.isRight(Schema.decodeUnknownEither(LoginForm)(value))

describe("the form of a log-in", () => {
  it("has a name and a password, and to register an invitation where one is needed", () => {
    expect(isForm({ as: "password", name: "bo", password: "secret" })).toBe(true)
    expect(isForm({ as: "register", name: "bo", password: "secret", invitation: "hi1abc" })).toBe(true)
  })

  it("takes neither tokens nor longer secrets: both have other ways", () => {
    expect(isForm({ as: "token", token: "ht1abc" })).toBe(false)
    expect(isForm({ as: "guest" })).toBe(false)
    expect(isForm({ as: "password", name: "bo", password: "x".repeat(ClientLimits.secretUnits + 1) })).toBe(false)
  })
})
