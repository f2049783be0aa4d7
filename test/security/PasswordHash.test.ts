import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { nodeScrypt } from "../../src/node/security/NodeScrypt.ts"
import * as PasswordHash from "../../src/security/PasswordHash.ts"

const salt = Uint8Array.from({ length: 16 }, (_, at) => at)
const hash = Uint8Array.from({ length: 32 }, (_, at) => 255 - at)

describe("the text of a password's hash", () => {
  it("is a PHC string", () => {
    const text = PasswordHash.encode({ cost: PasswordHash.cost, salt, hash })
    expect(text).toBe("$scrypt$ln=14,r=8,p=5$AAECAwQFBgcICQoLDA0ODw$//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA")
    expect(PasswordHash.decode(text)).toEqual({ cost: PasswordHash.cost, salt, hash })
  })

  it.each([
    "",
    "secret",
    "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
    "$scrypt$ln=14,r=8,p=5$AAECAwQFBgcICQoLDA0ODw$AAAA",
    "$scrypt$ln=14,r=8,p=5$AAECAwQFBgcICQoLDA0OD$//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA",
    // More memory, or more work, than a damaged row may cost.
    "$scrypt$ln=30,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA",
    "$scrypt$ln=14,r=8,p=99$AAECAwQFBgcICQoLDA0ODw$//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA",
    "$scrypt$ln=0,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$//79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eA"
  ])("%s is none", (text) => expect(PasswordHash.decode(text)).toBeUndefined())

  it.effect("is that of its password only, whatever its cost", () =>
    Effect.gen(function*() {
      const cost = { ln: 4, r: 1, p: 1 }
      const derive = (password: string) => nodeScrypt.derive(Buffer.from(password), salt, cost, PasswordHash.hashBytes)
      const stored = PasswordHash.decode(PasswordHash.encode({ cost, salt, hash: yield* derive("pigeon") }))
      if (stored === undefined) throw new Error("the hash is not read")
      expect(PasswordHash.matches(stored, yield* derive("pigeon"))).toBe(true)
      expect(PasswordHash.matches(stored, yield* derive("Pigeon"))).toBe(false)
      expect(PasswordHash.matches(PasswordHash.ofNoPassword, yield* derive("pigeon"))).toBe(false)
    }))
})
