import { describe, expect, it } from "vitest"
import { forget, keep, tokenIn } from "../../src/web/SessionCookie.ts"

const plain = { port: 8080, isSecure: false }
const secure = { port: 8443, isSecure: true }

describe("the cookie of a log-in", () => {
  it("is out of reach for scripts, and for requests of other pages", () => {
    expect(keep(plain, "ht1abc", 60.9)).toBe("holub-8080=ht1abc; Path=/; Max-Age=60; HttpOnly; SameSite=Strict")
  })

  it("is sent over https only, to this host only, where there is TLS", () => {
    expect(keep(secure, "ht1abc", 60)).toBe(
      "__Host-holub-8443=ht1abc; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
    )
  })

  it("is removed by the same name and attributes", () => {
    expect(forget(secure)).toBe("__Host-holub-8443=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure")
  })

  it("is found among those of other programs, by its port", () => {
    expect(tokenIn("a=1; holub-9090=ht1other; holub-8080=ht1abc; b", plain)).toBe("ht1abc")
    expect(tokenIn("holub-9090=ht1other; xholub-8080=ht1abc", plain)).toBeUndefined()
    expect(tokenIn("holub-8080=ht1abc", { port: 8080, isSecure: true })).toBeUndefined()
    expect(tokenIn(undefined, plain)).toBeUndefined()
  })

  it("has no other signs than those of a token", () => {
    expect(tokenIn("holub-8080=\"ht1abc\"", plain)).toBeUndefined()
    expect(tokenIn("holub-8080=", plain)).toBeUndefined()
    expect(tokenIn(`holub-8080=${"a".repeat(257)}`, plain)).toBeUndefined()
  })
})
