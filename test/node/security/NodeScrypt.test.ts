import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { nodeScrypt } from "../../../src/node/security/NodeScrypt.ts"
import { hexOf } from "../../../src/protocol/Hex.ts"
import * as PasswordHash from "../../../src/security/PasswordHash.ts"

const bytes = (text: string) => new TextEncoder().encode(text)

describe("scrypt by OpenSSL", () => {
  // RFC 7914 §12.
  it.effect.each(
    [
      ["", "", { ln: 4, r: 1, p: 1 }, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"],
      ["password", "NaCl", { ln: 10, r: 8, p: 16 }, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"],
      [
        "pleaseletmein",
        "SodiumChloride",
        { ln: 14, r: 8, p: 1 },
        "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
      ]
    ] as const
  )("has the vector of the password %j", ([password, salt, cost, first]) =>
    Effect.map(
      nodeScrypt.derive(bytes(password), bytes(salt), cost, 64),
      (derived) => expect(hexOf(derived.subarray(0, 32))).toBe(first)
    ))

  it.effect("has the memory for the cost of passwords", () =>
    Effect.map(
      nodeScrypt.derive(bytes("pigeon"), new Uint8Array(16), PasswordHash.cost, PasswordHash.hashBytes),
      (derived) => expect(derived).toHaveLength(PasswordHash.hashBytes)
    ))
})
