import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import type { ServerMessage } from "../../src/protocol/conversation/client/ServerMessage.ts"
import type { ServeTexts } from "../../src/web/ReaderTexts.ts"
import { logIn } from "../../src/web/WebLogin.ts"

/** A server of rooms that gives these answers to a `hello`; it notes what it was given. */
const answering = (...answers: ReadonlyArray<ServerMessage>) => {
  const seen: Array<string> = []
  const state = { ends: 0 }
  const serve: ServeTexts = (port) => ({
    onText: (text) => {
      seen.push(text)
      for (const answer of answers) port.send(JSON.stringify(answer))
    },
    onEnd: () => void state.ends++
  })
  return { serve, seen, state }
}
const peer = { host: "192.0.2.1", port: 1 }
const form = { as: "password", name: "bo", password: "correct horse" } as const
const welcome = {
  t: "welcome",
  v: 1,
  server: "alpha",
  author: "bo@alpha",
  nick: "bo",
  isGuest: false,
  servers: []
} as const satisfies ServerMessage

describe("a log-in of the page", () => {
  it.effect("is that of any client, whose token it takes", () =>
    Effect.gen(function*() {
      const server = answering({ ...welcome, token: "ht1abc", expires: 5000 })
      const result = yield* logIn(server.serve, form, peer)
      expect(result).toEqual({ nick: "bo", token: "ht1abc", expires: 5000 })
      expect(JSON.parse(server.seen[0] ?? "")).toMatchObject({ t: "hello", login: form })
      expect(server.state.ends).toBe(1)
    }))

  it.effect("is refused in the words of the server", () =>
    Effect.gen(function*() {
      const server = answering({ t: "refused", what: "hello", reason: "wrong name or password", waitMillis: 2000 })
      const error = yield* Effect.flip(logIn(server.serve, form, peer))
      expect(error).toEqual({ reason: "wrong name or password", waitMillis: 2000 })
      expect(server.state.ends).toBe(1)
    }))

  it.effect("fails when the server says goodbye, or gives no token", () =>
    Effect.gen(function*() {
      const goodbye = answering({ t: "goodbye", reason: "the server stops" })
      expect((yield* Effect.flip(logIn(goodbye.serve, form, peer))).reason).toBe("the server stops")
      const without = answering(welcome)
      expect((yield* Effect.flip(logIn(without.serve, form, peer))).reason).toBe("the server has given no token")
    }))

  it.effect("is given up when no answer comes", () =>
    Effect.gen(function*() {
      const silent = answering()
      const fiber = yield* Effect.fork(Effect.flip(logIn(silent.serve, form, peer)))
      yield* TestClock.adjust("30 seconds")
      expect((yield* Fiber.join(fiber)).reason).toBe("the server has not answered")
      expect(silent.state.ends).toBe(1)
    }))
})
