import { describe, expect, it } from "vitest"
import { cookieLogin } from "../../src/web/CookieLogin.ts"
import { CloseCode, PageConnection } from "../../src/web/PageConnection.ts"
import type { TextPort } from "../../src/web/ReaderTexts.ts"
import * as Limits from "../../src/web/WebLimits.ts"

/** A connection, with what each side was given. */
const opened = (token?: string) => {
  const sent: Array<string> = []
  const closed: Array<readonly [number, string]> = []
  const received: Array<string> = []
  const state = { buffered: 0, ends: 0, isPaused: false }
  let port: TextPort | undefined
  const connection = new PageConnection(
    {
      send: (text, onTaken) => {
        sent.push(text)
        onTaken()
      },
      pause: () => void (state.isPaused = true),
      resume: () => void (state.isPaused = false),
      bufferedBytes: () => state.buffered,
      close: (code, reason) => void closed.push([code, reason])
    },
    (given) => {
      port = given
      return { onText: (text) => void received.push(text), onEnd: () => void state.ends++ }
    },
    { host: "192.0.2.1", port: 1 },
    token
  )
  if (port === undefined) throw new Error("the server was given no port")
  return { connection, sent, closed, received, state, port }
}
const hello = JSON.stringify({ t: "hello", v: 1, device: "page", login: cookieLogin })
const welcome = JSON.stringify({ t: "welcome", v: 1, token: "ht1secret", nick: "bo" })

describe("a connection of a page", () => {
  it("passes texts on, with the token of the cookie in the first one only", () => {
    const { connection, received } = opened("ht1abc")
    connection.onText(hello)
    connection.onText(hello)
    expect(received[0]).toContain("ht1abc")
    expect(received[1]).toBe(hello)
  })

  it("keeps the token of the answer from the page, and leaves later texts as they are", () => {
    const { port, sent } = opened("ht1abc")
    port.send(welcome)
    port.send(welcome)
    expect(sent[0]).not.toContain("ht1secret")
    expect(sent[1]).toBe(welcome)
  })

  it("without a cookie is refused before the server of rooms sees anything", () => {
    const { closed, connection, received, sent, state } = opened()
    connection.onText(hello)
    expect(received).toEqual([])
    expect(JSON.parse(sent[0] ?? "")).toEqual({ t: "refused", what: "hello", reason: "log in first" })
    expect(closed).toEqual([[CloseCode.policy, "log in first"]])
    expect(state.ends).toBe(1)
  })

  it("that takes nothing is ended, and given nothing more", () => {
    const { closed, port, sent, state } = opened("ht1abc")
    state.buffered = Limits.unsentBytes + 1
    port.send(welcome)
    port.send(welcome)
    expect(sent.length).toBe(1)
    expect(closed.map(([code]) => code)).toEqual([CloseCode.slow])
    expect(state.ends).toBe(1)
  })

  it("is read when the server of rooms wants it, which knows when its texts are taken", () => {
    const { connection, port, state } = opened("ht1abc")
    port.pause()
    expect(state.isPaused).toBe(true)
    port.resume()
    expect(state.isPaused).toBe(false)
    let taken = 0
    port.send(welcome, () => void taken++)
    connection.onEnd()
    port.send(welcome, () => void taken++)
    expect(taken).toBe(2)
  })

  it("ends once, from either side", () => {
    const { closed, connection, port, state } = opened("ht1abc")
    connection.onEnd()
    connection.onEnd()
    port.close("later")
    connection.end(CloseCode.goingAway, "the server stops")
    connection.onText("{}")
    expect(state.ends).toBe(1)
    expect(closed).toEqual([])
  })

  it("tells the browser as much of the reason as there is room for, in whole characters", () => {
    const { closed, port } = opened("ht1abc")
    port.close("ž".repeat(200))
    expect(new TextEncoder().encode(closed[0]?.[1]).length).toBe(Limits.closeReasonBytes - 1)
    expect(closed[0]?.[1]).toMatch(/^ž+$/)
  })
})
