import { describe, expect, it } from "vitest"
import { cipherObjects } from "../../../src/node/security/CipherObjects.ts"
import { failureOf } from "../../../src/node/security/KnownAnswer.ts"
import type { PacketKey } from "../../../src/security/Aead.ts"
import { type Route, routes } from "../../suites/aeadRoutes.ts"

/** A route with another behaviour. */
const changed = (change: (key: PacketKey) => Partial<PacketKey>): Route => (bytes) => {
  const key = cipherObjects(bytes)
  return { ...key, ...change(key) }
}

describe("the known-answer test", () => {
  it.each(routes)("passes %s", (_, route) => {
    expect(failureOf(route)).toBeUndefined()
  })

  it.each([
    ["computes another tag", changed(() => ({ seal: () => undefined })), "it computes another tag"],
    [
      "does not skip numbers",
      changed((key) => {
        let next = 0
        return { seal: (bytes, start, at, end) => key.seal(bytes, start, at, end, next++) }
      }),
      "it computes another tag"
    ],
    [
      "has numbers of 32 bits",
      changed((key) => ({
        seal: (bytes, start, at, end, number) => key.seal(bytes, start, at, end, number % 2 ** 32),
        open: (bytes, start, at, end, number) => key.open(bytes, start, at, end, number % 2 ** 32)
      })),
      "it computes another tag"
    ],
    [
      "changes the header",
      changed((key) => ({
        seal: (bytes, start, at, end, number) => {
          key.seal(bytes, start, at, end, number)
          bytes[start + 7] = 0xff
        }
      })),
      "it changes the header"
    ],
    ["opens everything", changed(() => ({ open: () => true })), "it opens a forged packet"],
    [
      "opens nothing after a forged packet",
      changed((key) => {
        let isBroken = false
        return {
          open: (...packet) => {
            isBroken ||= !key.open(...packet)
            return !isBroken
          }
        }
      }),
      "it does not open its own packet"
    ],
    [
      "opens without decrypting",
      changed((key) => ({ open: (bytes, ...places) => key.open(bytes.slice(), ...places) })),
      "it opens other bytes"
    ],
    [
      "throws",
      changed(() => ({
        seal: () => {
          throw new Error("no cipher")
        }
      })),
      "no cipher"
    ]
  ])("finds a route that %s", (_, route, failure) => {
    expect(failureOf(route)).toBe(failure)
  })

  it("frees both keys in any case", () => {
    let made = 0
    let freed = 0
    const counting = (more: Partial<PacketKey>) => (bytes: Uint8Array): PacketKey => {
      made++
      const key = cipherObjects(bytes)
      return { ...key, free: () => void freed++, ...more }
    }
    failureOf(counting({}))
    failureOf(counting({ seal: () => undefined }))
    expect([made, freed]).toEqual([4, 4])
  })
})
