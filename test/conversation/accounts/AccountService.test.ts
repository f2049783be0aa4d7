import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Limits from "../../../src/conversation/accounts/AccountLimits.ts"
import { serverNameKey } from "../../../src/conversation/store/Store.ts"
import * as PasswordHash from "../../../src/security/PasswordHash.ts"
import { alpha, appended, post } from "../store/events.ts"
import { accountsWorld, refusalOf } from "./accountsWorld.ts"

const here = "192.0.2.1"
const ala = { name: "Ala", password: "a pigeon flies" }

describe("an account", () => {
  it.scoped("is registered, and logged in to by its password and by each token", () =>
    Effect.gen(function*() {
      const { accounts, store } = yield* accountsWorld()
      const registered = yield* accounts.register(ala, here)
      const again = yield* accounts.logIn("ALA ", ala.password, here)
      expect([registered.account.name, again.account.id]).toEqual(["Ala", registered.account.id])
      for (const { token } of [registered, again]) {
        expect((yield* accounts.logInByToken(` ${token}\n`)).id).toBe(registered.account.id)
      }
      expect(again.expires).toBe(30 * 86_400_000)
      // Neither the password nor a token is stored.
      const stored = yield* store.account(registered.account.id)
      expect(stored?.password).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$/)
      const kept = JSON.stringify([stored, yield* store.tokens(registered.account.id)])
      for (const secret of [ala.password, registered.token, again.token]) expect(kept).not.toContain(secret)
    }))

  it.scoped("has a salt of its own", () =>
    Effect.gen(function*() {
      const { accounts } = yield* accountsWorld()
      const [one, other] = yield* Effect.all([accounts.add("ala", ala.password), accounts.add("bo", ala.password)])
      expect(one.password).not.toBe(other.password)
    }))

  it.scoped("has a name that no other has, in any case, also when two register at the same time", () =>
    Effect.gen(function*() {
      const { accounts } = yield* accountsWorld({}, 10)
      const both = yield* Effect.fork(Effect.all(
        ["Ala", "aLA"].map((name) => refusalOf(accounts.register({ ...ala, name }, here))),
        { concurrency: 2 }
      ))
      yield* TestClock.adjust(100)
      expect((yield* Fiber.join(both)).toSorted()).toEqual(["NameTaken", undefined])
      expect(yield* refusalOf(accounts.add("ALA", undefined))).toBe("NameTaken")
    }))

  it.scoped("has no unsafe name and no short password, and a refusal costs no scrypt", () =>
    Effect.gen(function*() {
      const { accounts, scrypt } = yield* accountsWorld()
      for (const name of ["", "a@b", "~ala", "\u202eala", "x".repeat(99_999)]) {
        expect(yield* refusalOf(accounts.register({ ...ala, name }, here))).toBe("BadName")
      }
      for (const password of ["", "short", "with\ncontrol", "x".repeat(99_999)]) {
        expect(yield* refusalOf(accounts.register({ ...ala, password }, here))).toBe("BadPassword")
      }
      expect(scrypt.costs).toEqual([])
    }))

  it.scoped("logs in by a key, which belongs to one account", () =>
    Effect.gen(function*() {
      const { accounts } = yield* accountsWorld()
      const key = new Uint8Array(32).fill(7)
      const one = yield* accounts.add("ala", undefined)
      const other = yield* accounts.add("bo", undefined)
      expect(yield* refusalOf(accounts.logInByKey(key))).toBe("UnknownKey")
      yield* accounts.addKey(one.id, key)
      expect((yield* accounts.logInByKey(key)).name).toBe("ala")
      expect(yield* refusalOf(accounts.addKey(other.id, key))).toBe("KeyTaken")
      for (let number = 1; number < Limits.keysOfAccount; number++) {
        yield* accounts.addKey(one.id, new Uint8Array(32).fill(100 + number))
      }
      expect(yield* refusalOf(accounts.addKey(one.id, new Uint8Array(32)))).toBe("TooMany")
      yield* accounts.removeKey(key)
      expect(yield* refusalOf(accounts.logInByKey(key))).toBe("UnknownKey")
    }))

  it.scoped("without a password has none, not even an empty one", () =>
    Effect.gen(function*() {
      const { accounts } = yield* accountsWorld()
      yield* accounts.add("ala", undefined)
      for (const password of ["", "undefined", "\0"]) {
        expect(yield* refusalOf(accounts.logIn("ala", password, here))).toBe("WrongPassword")
      }
    }))

  it.scoped("is forgotten with keys and tokens, and what it wrote is erased", () =>
    Effect.gen(function*() {
      const { accounts, store } = yield* accountsWorld()
      yield* store.commit([{ _tag: "PutMeta", key: serverNameKey, value: "alpha.example" }])
      const { account, token } = yield* accounts.register({ ...ala, name: "ala" }, here)
      yield* accounts.addKey(account.id, new Uint8Array(32))
      yield* store.commit(appended([post(alpha, 1), post(alpha, 2, { author: "bo@alpha.example" })]))
      yield* accounts.forget(account.id)
      expect((yield* store.after("hall", new Map(), 9)).map(({ body }) => body === null)).toEqual([true, false])
      expect([
        yield* refusalOf(accounts.logIn("ala", ala.password, here)),
        yield* refusalOf(accounts.logInByToken(token)),
        yield* refusalOf(accounts.logInByKey(new Uint8Array(32))),
        yield* refusalOf(accounts.forget(account.id)),
        yield* refusalOf(accounts.named("ala"))
      ]).toEqual(["WrongPassword", "WrongToken", "UnknownKey", "UnknownAccount", "UnknownAccount"])
    }))
})

describe("registering", () => {
  it.scoped("is closed, or takes an invitation, which is used once, or is open", () =>
    Effect.gen(function*() {
      const closed = yield* accountsWorld({ registration: "closed" })
      expect(yield* refusalOf(closed.accounts.register(ala, here))).toBe("Closed")
      yield* closed.accounts.add("ala", ala.password)

      const { accounts } = yield* accountsWorld({ registration: "invite" }, 10)
      const { invitation } = yield* accounts.invite
      const token = yield* Effect.flatMap(accounts.add("bo", undefined), accounts.grant)
      for (const wrong of [undefined, "", invitation.slice(1), token.token]) {
        expect(yield* refusalOf(accounts.register({ ...ala, invitation: wrong }, here))).toBe("Closed")
      }
      const both = yield* Effect.fork(Effect.all(
        ["ala", "eve"].map((name) => refusalOf(accounts.register({ ...ala, name, invitation }, here))),
        { concurrency: 2 }
      ))
      yield* TestClock.adjust(100)
      expect((yield* Fiber.join(both)).toSorted()).toEqual(["Closed", undefined])
      expect(yield* refusalOf(accounts.logInByToken(invitation))).toBe("WrongToken")

      const late = yield* accounts.invite
      yield* TestClock.adjust(Limits.invitationMillis)
      expect(yield* refusalOf(accounts.register({ ...ala, name: "cyr", invitation: late.invitation }, here))).toBe(
        "Closed"
      )
    }))

  it.scoped("is limited for each source, and not for this machine", () =>
    Effect.gen(function*() {
      const { accounts } = yield* accountsWorld()
      const some = (source: string) =>
        Effect.forEach(Array.from({ length: 7 }), (_, at) =>
          refusalOf(accounts.register({ ...ala, name: `${source}-${at}` }, source)))
      expect((yield* some(here)).filter((reason) =>
        reason === "Busy"
      )).toHaveLength(2)
      expect(yield* some("127.0.0.1")).toEqual(Array.from({ length: 7 }))
    }))
})

describe("logging in", () => {
  it.scoped("has one answer and one work for unknown names, wrong passwords, and accounts without a password", () =>
    Effect.gen(function*() {
      const { accounts, scrypt } = yield* accountsWorld()
      yield* accounts.add("ala", ala.password)
      yield* accounts.add("keys-only", undefined)
      scrypt.costs.length = 0
      const attempts = [
        ["ala", "another pigeon"],
        ["nobody", ala.password],
        ["keys-only", ala.password],
        ["not@a/name", ala.password],
        ["", ""],
        ["ala", ""],
        ["ala", "x".repeat(99_999)],
        ["x".repeat(99_999), "a\0b"]
      ] as const
      const errors = yield* Effect.forEach(
        attempts,
        ([name, password], at) => Effect.flip(accounts.logIn(name, password, `192.0.2.${at}`))
      )
      expect(new Set(errors.map(({ message }) => message))).toEqual(new Set(["wrong name or password"]))
      expect(scrypt.costs).toEqual(attempts.map(() => PasswordHash.cost))
      yield* accounts.logIn("ala", ala.password, here)
      expect(scrypt.costs).toHaveLength(attempts.length + 1)
    }))

  it.scoped("waits after wrong passwords, for known and unknown names alike, and costs no scrypt then", () =>
    Effect.gen(function*() {
      const { accounts, scrypt } = yield* accountsWorld()
      const { token } = yield* accounts.register(ala, here)
      for (const name of ["ala", "nobody"]) {
        scrypt.costs.length = 0
        const reasons = yield* Effect.forEach(
          Array.from({ length: 8 }),
          () => refusalOf(accounts.logIn(name, "a wrong one", here))
        )
        expect(reasons).toEqual([...Array.from({ length: 5 }, () => "WrongPassword"), "Wait", "Wait", "Wait"])
        expect(scrypt.costs).toHaveLength(5)
      }
      const error = yield* Effect.flip(accounts.logIn("ala", ala.password, here))
      expect(error).toMatchObject({ reason: "Wait", waitMillis: 1000 })
      // Tokens and other sources are not concerned.
      expect((yield* accounts.logInByToken(token)).name).toBe("Ala")
      expect((yield* accounts.logIn("ala", ala.password, "192.0.2.2")).account.name).toBe("Ala")
      yield* TestClock.adjust(1000)
      expect((yield* accounts.logIn("ala", ala.password, here)).account.name).toBe("Ala")
      expect(yield* refusalOf(accounts.logIn("ala", "a wrong one", here))).toBe("WrongPassword")
    }))

  it.scoped("that was refused because too many wait costs no wait later", () =>
    Effect.gen(function*() {
      const { accounts } = yield* accountsWorld({}, 1000)
      const added = yield* Effect.fork(accounts.add("ala", ala.password))
      yield* TestClock.adjust(1000)
      yield* Fiber.join(added)
      const others = yield* Effect.fork(Effect.forEach(
        Array.from({ length: 100 }),
        (_, at) => refusalOf(accounts.logIn(`name-${at}`, "a pigeon", here)),
        { concurrency: "unbounded" }
      ))
      yield* TestClock.adjust(1)
      const refused = yield* Effect.fork(Effect.forEach(
        Array.from({ length: 10 }),
        () => refusalOf(accounts.logIn("ala", ala.password, here)),
        { concurrency: "unbounded" }
      ))
      yield* TestClock.adjust(120_000)
      expect(new Set(yield* Fiber.join(refused))).toEqual(new Set(["Busy"]))
      expect(new Set(yield* Fiber.join(others))).toEqual(new Set(["WrongPassword", "Busy"]))
      const later = yield* Effect.fork(accounts.logIn("ala", ala.password, here))
      yield* TestClock.adjust(1000)
      expect((yield* Fiber.join(later)).account.name).toBe("ala")
    }))

  it.scoped("by a token ends after 30 days, and when it or all are revoked", () =>
    Effect.gen(function*() {
      const { accounts } = yield* accountsWorld()
      const { account, token } = yield* accounts.register(ala, here)
      yield* TestClock.adjust(Limits.accountTokenMillis - 1)
      expect((yield* accounts.logInByToken(token)).id).toBe(account.id)
      yield* TestClock.adjust(1)
      expect(yield* refusalOf(accounts.logInByToken(token))).toBe("WrongToken")

      const [one, two, three] = yield* Effect.all([
        accounts.grant(account),
        accounts.grant(account),
        accounts.grant(account)
      ])
      yield* accounts.revoke(one.token)
      expect(yield* refusalOf(accounts.revoke(one.token))).toBe("WrongToken")
      expect(yield* refusalOf(accounts.logInByToken(one.token))).toBe("WrongToken")
      yield* accounts.logInByToken(two.token)
      yield* accounts.revokeAll(account.id)
      expect(yield* refusalOf(accounts.logInByToken(two.token))).toBe("WrongToken")
      expect(yield* refusalOf(accounts.logInByToken(three.token))).toBe("WrongToken")
      for (const hostile of ["", "ht1", "x".repeat(99_999)]) {
        expect(yield* refusalOf(accounts.logInByToken(hostile))).toBe("WrongToken")
      }
    }))

  it.scoped("keeps a bounded number of tokens: the oldest goes", () =>
    Effect.gen(function*() {
      const { accounts } = yield* accountsWorld()
      const { account, token } = yield* accounts.register(ala, here)
      for (let number = 0; number < Limits.tokensOfAccount; number++) {
        yield* TestClock.adjust(1)
        yield* accounts.grant(account)
      }
      expect(yield* accounts.tokens(account.id)).toHaveLength(Limits.tokensOfAccount)
      expect(yield* refusalOf(accounts.logInByToken(token))).toBe("WrongToken")
    }))

  it.scoped("with the old password ends when it is replaced, and so do all tokens", () =>
    Effect.gen(function*() {
      const { accounts } = yield* accountsWorld()
      const { account, token } = yield* accounts.register(ala, here)
      yield* accounts.setPassword(account.id, "another pigeon")
      expect(yield* refusalOf(accounts.logIn("ala", ala.password, here))).toBe("WrongPassword")
      expect(yield* refusalOf(accounts.logInByToken(token))).toBe("WrongToken")
      expect((yield* accounts.logIn("ala", "another pigeon", here)).account.id).toBe(account.id)
      expect(yield* refusalOf(accounts.setPassword("nobody", "another pigeon"))).toBe("UnknownAccount")
    }))
})
