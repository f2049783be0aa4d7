import { describe, expect, it } from "@effect/vitest"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import { hkdf } from "../../src/security/Hkdf.ts"
import wycheproof from "../data/wycheproof-hkdf-sha256.json" with { type: "json" }
import { fromHex, toHex } from "../protocol/flock/frames.ts"

const range = (from: number, length: number): string => toHex(Uint8Array.from({ length }, (_, at) => from + at))

/** RFC 5869, Appendix A.1 to A.3. */
const examples = [
  [
    "A.1",
    range(0, 13),
    "0b".repeat(22),
    range(0xf0, 10),
    "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"
  ],
  [
    "A.2",
    range(0x60, 80),
    range(0, 80),
    range(0xb0, 80),
    "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09" +
    "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"
  ],
  [
    "A.3",
    "",
    "0b".repeat(22),
    "",
    "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"
  ]
] as const

const derived = (salt: string, secret: string, info: string, length: number): string =>
  toHex(hkdf(nodeCrypto, fromHex(salt), fromHex(secret), fromHex(info), length))

describe("HKDF-SHA-256", () => {
  it.each(examples)("has the output of RFC 5869, Appendix %s", (_, salt, secret, info, output) => {
    expect(derived(salt, secret, info, output.length / 2)).toBe(output)
  })

  it("agrees with the selection of Wycheproof", () => {
    const rows = wycheproof.rows.map((row) => row.map(String))
    const wrong = rows.filter(([, salt = "", secret = "", info = "", length, output = ""]) =>
      output !== "" && derived(salt, secret, info, Number(length)) !== output
    )
    expect(wycheproof.rows.length).toBeGreaterThan(50)
    expect(wrong).toEqual([])
  })

  it("refuses more than 8,160 bytes", () => {
    expect(derived("", "00", "", 8160).length).toBe(16_320)
    expect(() => derived("", "00", "", 8161)).toThrow("HKDF-SHA-256 derives at most 8160 bytes, not 8161")
  })

  it("begins a longer output with the shorter one", () => {
    expect(derived("01", "02", "03", 100).slice(0, 66)).toBe(derived("01", "02", "03", 33))
  })
})
