import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as Limits from "../../../src/conversation/accounts/AccountLimits.ts"
import { LoginWaits, waitAfter } from "../../../src/conversation/accounts/LoginWaits.ts"

/** The waits before each of so many wrong passwords, each tried as soon as it may be. */
const waitsOf = (waits: LoginWaits, account: string, source: string, attempts: number): ReadonlyArray<number> => {
  let now = 0
  return Array.from({ length: attempts }, () => {
    const wait = waits.begin(account, source, now)
    now += wait
    if (wait > 0) expect(waits.begin(account, source, now)).toBe(0)
    return wait
  })
}

describe("waits after wrong passwords", () => {
  it("grow from none to a quarter of an hour", () => {
    const waits = waitsOf(new LoginWaits(), "ala", "192.0.2.1", 20)
    expect(waits.slice(0, 8)).toEqual([0, 0, 0, 0, 0, 1000, 2000, 4000])
    expect(waits.at(-1)).toBe(Limits.longestWaitMillis)
    expect([0, 4, 5, 6, 14, 15, 1e6].map(waitAfter)).toEqual([0, 0, 1000, 2000, 512_000, 900_000, 900_000])
  })

  it("are those of an account and a source: a stranger locks nobody out", () => {
    const waits = new LoginWaits()
    waitsOf(waits, "ala", "192.0.2.1", 20)
    expect(waits.begin("ala", "192.0.2.1", 0)).toBeGreaterThan(0)
    expect(waits.begin("ala", "192.0.2.2", 0)).toBe(0)
    expect(waits.begin("bo", "192.0.2.1", 0)).toBe(0)
  })

  it("count attempts at the same time, and end with a right password", () => {
    const waits = new LoginWaits()
    const begun = Array.from({ length: 100 }, () => waits.begin("ala", "a", 0))
    expect(begun.filter((wait) => wait === 0)).toHaveLength(5)
    waits.succeeded("ala", "a")
    expect([waits.size, waits.begin("ala", "a", 0)]).toEqual([0, 0])
  })

  it("do not count an attempt that was not checked", () => {
    const waits = new LoginWaits()
    for (let attempt = 0; attempt < 100; attempt++) {
      expect(waits.begin("ala", "a", 0)).toBe(0)
      waits.abandoned("ala", "a", 0)
    }
    waits.abandoned("bo", "a", 0)
    expect(waits.size).toBe(1)
  })

  it("are forgotten an hour after their end", () => {
    const waits = new LoginWaits()
    for (let attempt = 0; attempt < 5; attempt++) waits.begin("ala", "a", 0)
    expect(waits.begin("ala", "a", 999)).toBe(1)
    expect(waits.begin("ala", "a", 1000 + Limits.waitMemoryMillis)).toBe(0)
    expect(waits.begin("ala", "a", 1000 + Limits.waitMemoryMillis)).toBe(0)
  })

  it("bound the names that one source tries, and leave room for other sources", () => {
    const waits = new LoginWaits(1000, 10)
    const tried = Array.from({ length: 5000 }, (_, name) => waits.begin(`${name}`, "stranger", 0))
    const admitted = tried.filter((wait) => wait === 0).length
    expect(admitted).toBeLessThanOrEqual(334)
    expect(tried.at(-1)).toBe(Limits.manyNamesWaitMillis)
    expect(waits.begin("ala", "other", 0)).toBe(0)
  })

  it("keep no more than they may, and let each source make its attempts, however many sources there are", () => {
    fc.assert(fc.property(
      fc.array(fc.tuple(fc.nat(30), fc.nat(30), fc.nat(5000)), { maxLength: 400 }),
      (attempts) => {
        const waits = new LoginWaits(20, 2)
        let now = 0
        const tries = new Map<string, number>()
        for (const [account, source, millis] of attempts) {
          now += millis
          const key = `${account} ${source}`
          const isFirst = !tries.has(key) && !Array.from(tries.keys()).some((one) => one.endsWith(` ${source}`))
          tries.set(key, now)
          const wait = waits.begin(`${account}`, `${source}`, now)
          expect(waits.size).toBeLessThanOrEqual(20)
          if (isFirst) expect(wait).toBe(0)
        }
      }
    ))
  })
})
