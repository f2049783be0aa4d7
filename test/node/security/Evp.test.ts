import { gcm } from "@noble/ciphers/aes.js"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { command, direction } from "../../../src/node/security/Evp.ts"
import * as Evp from "../../../src/node/security/Evp.ts"
import { fromHex, toHex } from "../../protocol/flock/frames.ts"
import { evp, keyOf, koffi } from "../../suites/aeadRoutes.ts"

interface Vector {
  readonly from: string
  readonly key: string
  readonly iv: string
  readonly aad: string
  readonly text: string
  readonly cipher: string
  readonly tag: string
  readonly valid: boolean
}

const vectorsPath = new URL("../../data/aes-gcm-vectors.json", import.meta.url)
const { vectors }: { readonly vectors: ReadonlyArray<Vector> } = JSON.parse(readFileSync(vectorsPath, "utf8"))

/** Text and tag after the functions of OpenSSL; undefined if they fail. */
const run = (vector: Vector, to: number): string | undefined => {
  const isSealing = to === direction.seal
  const text = fromHex(isSealing ? vector.text : vector.cipher)
  const aad = fromHex(vector.aad)
  const bytes = Buffer.concat([fromHex(vector.iv), aad, text, fromHex(isSealing ? "00".repeat(16) : vector.tag)])
  const nonce = evp.addresses()(bytes)
  const frames = nonce + 12 + aad.length
  const tag = frames + text.length
  const context = evp.context(fromHex(vector.key))
  try {
    const isDone = evp.restart(context, nonce, to) === 1 &&
      evp.update(context, 0, nonce + 12, aad.length) === 1 &&
      evp.update(context, frames, frames, text.length) === 1 &&
      (isSealing || evp.control(context, command.setTag, 16, tag) === 1) &&
      evp.finish(context, tag) === 1 &&
      (!isSealing || evp.control(context, command.getTag, 16, tag) === 1)
    evp.clearErrors()
    return isDone ? toHex(bytes.subarray(12 + aad.length)) : undefined
  } finally {
    evp.free(context)
  }
}

describe("the published vectors of AES-256-GCM", () => {
  it("are some of each kind", () => {
    expect(vectors.filter(({ from }) => from === "NIST").length).toBe(50)
    expect(vectors.filter(({ valid }) => valid).length).toBe(89)
    expect(vectors.filter(({ valid }) => !valid).length).toBe(27)
  })

  const valid = vectors.filter((vector) => vector.valid)

  it("are what the functions of OpenSSL compute", () => {
    const wrong = valid.filter((vector) => run(vector, direction.seal) !== vector.cipher + vector.tag)
    expect(wrong).toEqual([])
    const notOpened = valid.filter((vector) => run(vector, direction.open) !== vector.text + vector.tag)
    expect(notOpened).toEqual([])
  })

  it("are refused by the functions of OpenSSL where their tag is another one", () => {
    expect(vectors.filter((vector) => !vector.valid && run(vector, direction.open) !== undefined)).toEqual([])
  })

  it("are what @noble/ciphers computes, with which the routes are compared", () => {
    const byNoble = ({ aad, iv, key, text }: Vector) =>
      toHex(gcm(fromHex(key), fromHex(iv), fromHex(aad)).encrypt(fromHex(text)))
    expect(valid.filter((vector) => byNoble(vector) !== vector.cipher + vector.tag)).toEqual([])
  })
})

describe("the functions of OpenSSL", () => {
  it("take keys of 32 bytes only, and leave none in their memory", () => {
    for (const length of [0, 16, 31, 33]) expect(() => evp.context(new Uint8Array(length))).toThrow(RangeError)
    evp.free(evp.context(keyOf(3)))
    expect(toHex(evp.scratch)).not.toContain(toHex(keyOf(3)).slice(0, 16))
  })

  it("give a context back that cannot get its key", () => {
    const freed: Array<unknown> = []
    const failing = Evp.make({
      ...koffi,
      load: () => ({
        func: (declaration) => {
          if (declaration.includes("EVP_CIPHER_CTX_new")) return () => 4096
          if (declaration.includes("EVP_CIPHER_CTX_free")) return (context) => freed.push(context)
          return () => 0
        }
      })
    })
    expect(() => failing.context(keyOf(1))).toThrow("OpenSSL refuses AES-256-GCM")
    expect(freed).toEqual([4096])
    expect(failing.scratch.every((byte) => byte === 0)).toBe(true)
  })

  it("give addresses of arrays at their offsets, of large, small and shared buffers", () => {
    const addressOf = evp.addresses()
    for (const buffer of [new ArrayBuffer(64), new ArrayBuffer(1 << 20), new SharedArrayBuffer(64)]) {
      for (const offset of [0, 5, 33]) {
        const bytes = new Uint8Array(buffer, offset)
        expect(addressOf(bytes)).toBe(Number(koffi.address(bytes)))
      }
    }
  })
})
