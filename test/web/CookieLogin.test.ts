import { describe, expect, it } from "vitest"
import { cookieLogin, withoutToken, withToken } from "../../src/web/CookieLogin.ts"

const hello = (login: unknown): string => JSON.stringify({ t: "hello", v: 1, device: "page", login })

describe("the first message of a page", () => {
  it("gets the token of its cookie", () => {
    expect(withToken(hello(cookieLogin), "ht1abc")).toBe(hello({ as: "token", token: "ht1abc" }))
  })

  it("is refused when there is none", () => {
    expect(withToken(hello(cookieLogin), undefined)).toBeUndefined()
  })

  it("of a guest stays as it is, and so does what is no message", () => {
    for (
      const text of [hello({ as: "guest", nick: "bo" }), hello({ as: "token", token: "ht1own" }), "{", "null", "7"]
    ) {
      expect(withToken(text, "ht1abc")).toBe(text)
    }
  })
})

describe("an answer", () => {
  it("has no token, whatever else it has", () => {
    const welcome = { t: "welcome", v: 1, token: "ht1abc", expires: 5, nick: "bo" }
    const { isWelcome, text } = withoutToken(JSON.stringify(welcome))
    expect(isWelcome).toBe(true)
    expect(JSON.parse(text)).toEqual({ t: "welcome", v: 1, nick: "bo" })
  })

  it("to a guest keeps its token, which is no account's", () => {
    const text = JSON.stringify({ t: "welcome", v: 1, token: "ht1abc", nick: "bo", isGuest: true })
    expect(withoutToken(text)).toEqual({ text, isWelcome: true })
  })

  it("of another type stays as it is", () => {
    const text = "{\"t\":\"refused\",\"what\":\"hello\",\"reason\":\"no\"}"
    expect(withoutToken(text)).toEqual({ text, isWelcome: false })
  })
})
