import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Limits from "../../../src/conversation/accounts/AccountLimits.ts"
import * as PasswordPool from "../../../src/conversation/accounts/PasswordPool.ts"
import { cost } from "../../../src/security/PasswordHash.ts"
import { Scrypt } from "../../../src/security/Scrypt.ts"
import { CountedScrypt } from "./countedScrypt.ts"

const poolWith = (scrypt: CountedScrypt) => Effect.provideService(PasswordPool.make, Scrypt, scrypt)

describe("the pool of passwords", () => {
  const password = new Uint8Array(8)
  const salt = new Uint8Array(16)

  it.effect("computes two at a time, also of a client that has gone", () =>
    Effect.gen(function*() {
      const scrypt = new CountedScrypt(10)
      const pool = yield* poolWith(scrypt)
      const one = Effect.fork(Effect.exit(pool.derive("a", password, salt, cost)))
      const fibers = yield* Effect.all([one, one, one, one, one, one])
      yield* TestClock.adjust(1)
      const gone = yield* Effect.forEach(fibers.slice(0, 3), Fiber.interruptFork)
      yield* TestClock.adjust(100)
      yield* Effect.forEach(fibers, Fiber.await)
      expect(gone).toHaveLength(3)
      // The third waited and was given up.
      expect([scrypt.mostAtOnce, scrypt.costs.length]).toEqual([2, 5])
    }))

  it.effect("refuses a source beyond its share, and still serves another one", () =>
    Effect.gen(function*() {
      const scrypt = new CountedScrypt(10)
      const pool = yield* poolWith(scrypt)
      const many = yield* Effect.forEach(Array.from({ length: 200 }), () =>
        Effect.fork(Effect.exit(pool.derive("a", password, salt, cost))))
      yield* TestClock.adjust(1)
      const other = yield* Effect.fork(Effect.exit(pool.derive("b", password, salt, cost)))
      yield* TestClock.adjust(10_000)
      const done = (yield* Effect.forEach(many, Fiber.join)).filter(Exit.isSuccess).length
      expect(done).toBeGreaterThan(2)
      expect(done).toBeLessThanOrEqual((Limits.waitingHashes + Limits.hashesAtOnce) / 2)
      expect(Exit.isSuccess(yield* Fiber.join(other))).toBe(true)
      // All places are given back.
      const later = yield* Effect.fork(Effect.exit(pool.derive("a", password, salt, cost)))
      yield* TestClock.adjust(10)
      expect(Exit.isSuccess(yield* Fiber.join(later))).toBe(true)
    }))
})
