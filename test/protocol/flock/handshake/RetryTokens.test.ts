import { describe, expect, it } from "@effect/vitest"
import * as HandshakeLimits from "../../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import { RetryTokens } from "../../../../src/protocol/flock/handshake/RetryTokens.ts"
import { cryptography } from "../handshakes.ts"

const bearer = { host: "192.0.2.1", port: 4040, clientId: 77, version: 2 }

describe("a token of RETRY", () => {
  it("is valid for its bearer for 15 s, without any state", () => {
    const tokens = new RetryTokens(cryptography)
    const token = tokens.make(bearer, 5000)
    expect(token).toHaveLength(21)
    expect([5000, 20_000, 20_999].map((now) => tokens.isValid(token, bearer, now))).toEqual([true, true, true])
    expect([4000, 21_000, 1e9].map((now) => tokens.isValid(token, bearer, now))).toEqual([false, false, false])
  })

  it.each([
    ["another host", { ...bearer, host: "192.0.2.10" }],
    ["another port", { ...bearer, port: 4041 }],
    ["another client id", { ...bearer, clientId: 78 }],
    ["another version", { ...bearer, version: 3 }]
  ])("is not valid for %s", (_, other) => {
    const tokens = new RetryTokens(cryptography)
    expect(tokens.isValid(tokens.make(bearer, 0), other, 0)).toBe(false)
  })

  it("outlives the change of its secret once", () => {
    const tokens = new RetryTokens(cryptography)
    tokens.make(bearer, 0)
    const last = HandshakeLimits.tokenSecretMillis - 1000
    const token = tokens.make(bearer, last)
    expect(tokens.isValid(token, bearer, last + 2000)).toBe(true)
    expect(tokens.make(bearer, last + 2000)[0]).not.toBe(token[0])
  })

  it("of another server, or of another length, is not valid", () => {
    const [one, other] = [new RetryTokens(cryptography), new RetryTokens(cryptography)]
    expect(other.isValid(one.make(bearer, 0), bearer, 0)).toBe(false)
    expect(one.isValid(new Uint8Array(20), bearer, 0)).toBe(false)
    expect(one.isValid(new Uint8Array(0), bearer, 0)).toBe(false)
  })
})
