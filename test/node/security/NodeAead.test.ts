import { describe, expect, it } from "vitest"
import type { Koffi } from "../../../src/node/Koffi.ts"
import * as NodeAead from "../../../src/node/security/NodeAead.ts"
import { toHex } from "../../protocol/flock/frames.ts"
import { framesOf, keyOf, koffi, plainPacket, sealed, sealedByNoble } from "../../suites/aeadRoutes.ts"

const key = keyOf(1)

describe("the service", () => {
  /** koffi whose declarations and calls may be changed. */
  const koffiWith = (
    change: (declaration: string, call: (...values: Array<unknown>) => number) => typeof call
  ): Koffi => ({
    ...koffi,
    load: (path) => {
      const library = koffi.load(path)
      return { func: (declaration) => change(declaration, library.func(declaration)) }
    }
  })
  const without = (name: string): Koffi => koffiWith((declaration, call) => declaration.includes(name) ? () => 0 : call)

  it("takes two calls where they work", () => {
    expect(NodeAead.make().route).toBe("OpenSSL, two calls")
  })

  it("tells why it takes another route", () => {
    const failing = (cause: unknown) => () => {
      throw cause
    }
    const absent = Object.assign(new Error("no"), { code: "MODULE_NOT_FOUND" })
    const noFunction = koffiWith((declaration, call) => {
      if (declaration.includes("EVP_aes_256_gcm")) throw new Error("Cannot find function 'EVP_aes_256_gcm'")
      return call
    })
    expect([
      NodeAead.make(failing(absent)),
      NodeAead.make(failing(new Error("no native module"))),
      NodeAead.make(() => noFunction),
      NodeAead.make(() => without("EVP_Cipher(")),
      NodeAead.make(() => without("EVP_CipherInit_ex"))
    ].map(({ route }) => route)).toEqual([
      "node:crypto, because the package koffi is not installed",
      "node:crypto, because the package koffi does not work here: no native module",
      "node:crypto, because this Node has no functions of OpenSSL: Cannot find function 'EVP_aes_256_gcm'",
      "OpenSSL, five calls, because two calls fail a known-answer test: OpenSSL does not encrypt",
      "node:crypto, because calls of OpenSSL fail a known-answer test: OpenSSL refuses AES-256-GCM"
    ])
  })

  it("encrypts by whichever route it takes, and loads koffi with the first key, once", () => {
    let loads = 0
    const aead = NodeAead.make(() => {
      loads++
      return without("EVP_Cipher(")
    })
    expect(loads).toBe(0)
    const plain = plainPacket(3, framesOf(5))
    for (let times = 0; times < 2; times++) {
      const packetKey = aead.packetKey(key)
      expect(toHex(sealed(packetKey, 3, plain))).toBe(toHex(sealedByNoble(key, 3, plain)))
      packetKey.free()
    }
    expect(loads).toBe(1)
  })
})
