import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import type { ReadersOptions } from "../../../src/conversation/readers/Readers.ts"
import type { Login } from "../../../src/protocol/conversation/client/ClientMessage.ts"
import { accountsWorld } from "../accounts/accountsWorld.ts"
import { readersWorld } from "./readersWorld.ts"

/** What becomes of log-ins, one connection after the other. */
const answers = (options: Partial<ReadersOptions>, logins: ReadonlyArray<Login>, host?: string) =>
  Effect.gen(function*() {
    const { connect } = yield* readersWorld(options)
    return yield* Effect.forEach(logins, (login) =>
      Effect.gen(function*() {
        const client = yield* connect(host)
        client.say({ t: "hello", v: 1, device: "d", login })
        yield* client.until(() => client.messages.length > 0)
        const [first] = client.messages
        return first?.t === "welcome" ? first.author : first?.t === "refused" ? first.reason : first?.t
      }))
  })

describe("a log-in", () => {
  it.scoped("of guests gives each a nick of its own", () =>
    Effect.gen(function*() {
      const told = yield* answers({}, [{ as: "guest", nick: "ala" }, { as: "guest", nick: "Ala" }, { as: "guest" }, {
        as: "guest"
      }])
      expect(told).toEqual([
        "~ala@alpha.example",
        "the nick Ala is in use",
        "~guest-1@alpha.example",
        "~guest-2@alpha.example"
      ])
      expect(yield* answers({ guests: false }, [{ as: "guest" }])).toEqual([
        "this server admits people with an account only"
      ])
    }))

  it.scoped("needs accounts for all but guests", () =>
    Effect.gen(function*() {
      const none = "this server has no accounts; log in as a guest"
      expect(
        yield* answers({}, [
          { as: "token", token: "x" },
          { as: "password", name: "ala", password: "x" },
          { as: "register", name: "ala", password: "x" },
          { as: "key" }
        ])
      ).toEqual([none, none, none, "this connection has proved no key"])
    }))

  it.scoped("of accounts is by password or token, and keeps their nick from guests", () =>
    Effect.gen(function*() {
      const { accounts, store } = yield* accountsWorld()
      const { token } = yield* accounts.register({ name: "ala", password: "correct horse battery" }, "127.0.0.1")
      const told = yield* answers({ accounts }, [
        { as: "password", name: "ala", password: "wrong" },
        { as: "password", name: "ala", password: "correct horse battery" },
        { as: "token", token },
        { as: "token", token: "ht1x" }
      ])
      expect(told).toEqual([
        "wrong name or password",
        "ala@alpha.example",
        "ala@alpha.example",
        "this token is unknown, expired or revoked; log in with a password"
      ])
      expect(yield* store.accountCount).toBe(1)
    }))

  it.scoped("of a guest that comes back has the same nick", () =>
    Effect.gen(function*() {
      const { connect } = yield* readersWorld()
      const first = yield* connect()
      const { token = "" } = yield* first.hello("ala", "d")
      const second = yield* connect()
      second.say({ t: "hello", v: 1, device: "d", login: { as: "token", token } })
      expect(yield* second.next("welcome")).toMatchObject({ author: "~ala@alpha.example", isGuest: true })
      yield* first.until(() => first.isEnded)
      expect(first.messages.at(-1)).toEqual({ t: "goodbye", reason: "you have connected again" })
      yield* second.leave()
      const third = yield* connect()
      expect(yield* third.hello("ala", "d")).toMatchObject({ author: "~ala@alpha.example" })
      third.say({ t: "nick", nick: "bo" })
      expect(yield* third.next("named")).toEqual({ t: "named", author: "~bo@alpha.example", nick: "~bo" })
      const fourth = yield* connect()
      expect(yield* fourth.hello("ala", "e")).toMatchObject({ author: "~ala@alpha.example" })
    }))

  it.scoped("is limited for an address", () =>
    Effect.gen(function*() {
      const told = yield* answers({}, Array.from({ length: 21 }, (): Login => ({ as: "guest" })), "192.0.2.7")
      expect(told.at(-1)).toBe("too many connections from your address")
      yield* TestClock.adjust("1 minute")
    }))
})
