import { describe, expect, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { join } from "node:path"
import * as ServeStore from "../../../src/cli/services/ServeStore.ts"
import { Accounts } from "../../../src/conversation/accounts/Accounts.ts"
import { Store } from "../../../src/conversation/store/Store.ts"
import { alpha, appended, post } from "../../conversation/store/events.ts"
import { temporaryFolder } from "../../node/store/sqliteWorld.ts"

const inMemory = { register: undefined, store: undefined, web: undefined, webProxy: false }

describe("what a server keeps", () => {
  it.scoped("has accounts that anybody may make on loopback, and elsewhere only as --register permits", () =>
    Effect.gen(function*() {
      const registrationOf = (options: Parameters<typeof ServeStore.open>[0]) =>
        Effect.map(ServeStore.open(options), ({ services }) => Context.get(services, Accounts).registration)
      expect(yield* registrationOf({ ...inMemory, host: "127.0.0.1" })).toBe("open")
      expect(yield* registrationOf({ ...inMemory, host: "0.0.0.0" })).toBe("closed")
      const here = { ...inMemory, host: "127.0.0.1" }
      expect(yield* registrationOf({ ...here, web: { host: undefined, port: 80 } })).toBe("open")
      expect(yield* registrationOf({ ...here, web: { host: "0.0.0.0", port: 80 } })).toBe("closed")
      expect(yield* registrationOf({ ...here, web: { host: undefined, port: 80 }, webProxy: true })).toBe("closed")
      expect(yield* registrationOf({ ...inMemory, host: "0.0.0.0", register: "invite" })).toBe("invite")
      expect(yield* registrationOf({ ...inMemory, host: "127.0.0.1", register: "closed" })).toBe("closed")
    }))

  it.scoped("is in memory, or in the file that --store names", () =>
    Effect.gen(function*() {
      const store = join(yield* temporaryFolder, "holub.store")
      const names = (options: Parameters<typeof ServeStore.open>[0]) =>
        Effect.scoped(Effect.gen(function*() {
          const { services } = yield* ServeStore.open(options)
          const accounts = Context.get(services, Accounts)
          yield* Effect.ignore(accounts.add("ala", undefined))
          return (yield* Context.get(services, Store).accounts(undefined)).map(({ id, name }) => `${name} ${id}`)
        }))
      const options = { ...inMemory, host: "127.0.0.1" }
      expect(yield* names(options)).not.toEqual(yield* names(options))
      expect(yield* names({ ...options, store })).toEqual(yield* names({ ...options, store }))
    }))

  it.scoped("ends the server when the store fails, and not when it refuses something", () =>
    Effect.gen(function*() {
      const path = join(yield* temporaryFolder, "holub.store")
      const { failed, services } = yield* Effect.scoped(
        ServeStore.open({ ...inMemory, host: "127.0.0.1", store: path })
      )
      const store = Context.get(services, Store)
      const waiting = yield* Effect.fork(failed)
      // Its scope is closed: the store takes nothing more.
      expect((yield* Effect.flip(store.commit(appended([post(alpha, 1)])))).reason).toBe("Closed")
      expect(yield* Effect.flip(Fiber.join(waiting))).toMatchObject({ code: "Closed", exitCode: 8 })
    }))
})
