import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "fast-check"
import { layer, nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import { Crypto } from "../../../src/security/Crypto.ts"
import wycheproofHmac from "../../data/wycheproof-hmac-sha256.json" with { type: "json" }
import wycheproofX25519 from "../../data/wycheproof-x25519.json" with { type: "json" }
import { fromHex, toHex } from "../../protocol/flock/frames.ts"
import { nobleCrypto } from "../../security/nobleCrypto.ts"
import { filled, utf8 } from "../../security/noiseParties.ts"

const shared = (privateKey: string, publicKey: string): string | undefined => {
  const secret = nodeCrypto.keyPair(fromHex(privateKey)).agree(fromHex(publicKey))
  return secret === undefined ? undefined : toHex(secret)
}
const publicOf = (privateKey: string): string => toHex(nodeCrypto.keyPair(fromHex(privateKey)).publicKey)

describe("X25519", () => {
  it("has the outputs of RFC 7748 §5.2", () => {
    expect(shared(
      "a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
      "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"
    )).toBe("c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552")
    expect(shared(
      "4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
      "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493"
    )).toBe("95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957")
  })

  it("has the outputs of RFC 7748 §5.2 after 1 and 1,000 iterations", () => {
    let [k, u] = ["09".padEnd(64, "0"), "09".padEnd(64, "0")]
    const outputs: Array<string> = []
    for (let count = 0; count < 1000; count++) {
      const next = shared(k, u) ?? ""
      u = k
      k = next
      outputs.push(k)
    }
    expect(outputs[0]).toBe("422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079")
    expect(outputs[999]).toBe("684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51")
  })

  it("has the keys and the secret of RFC 7748 §6.1", () => {
    const alice = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"
    const bob = "5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"
    const secret = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742"
    expect(publicOf(alice)).toBe("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a")
    expect(publicOf(bob)).toBe("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")
    expect([shared(alice, publicOf(bob)), shared(bob, publicOf(alice))]).toEqual([secret, secret])
  })

  const rows = wycheproofX25519.rows.map((row) => row.map(String)).map((
    [id, ...[privateKey = "", publicKey = "", secret = ""]]
  ) => [id, privateKey, publicKey, secret] as const)
  const zeros = "00".repeat(32)

  it("agrees with the selection of Wycheproof, and shares nothing with a point of low order (C6)", () => {
    const expected = rows.map(([id, , , secret]) => [id, secret === zeros ? undefined : secret])
    expect(rows.filter(([, , , secret]) => secret === zeros).length).toBeGreaterThan(25)
    expect(rows.map(([id, privateKey, publicKey]) => [id, shared(privateKey, publicKey)])).toEqual(expected)
  })

  it("shares nothing with a key of another length", () => {
    const pair = nodeCrypto.generate().keyPair
    expect([0, 31, 33, 64].map((length) => pair.agree(new Uint8Array(length).fill(9)))).toEqual(
      Array(4).fill(undefined)
    )
  })

  it("refuses a private key of another length, without its bytes in the error", () => {
    expect(() => nodeCrypto.keyPair(new Uint8Array(31))).toThrow("a private key has 32 bytes, not 31")
  })

  it("generates a pair whose private key makes the same pair", () => {
    const { keyPair, privateKey } = nodeCrypto.generate()
    const again = nodeCrypto.keyPair(privateKey)
    expect(again.publicKey).toEqual(keyPair.publicKey)
    expect(again.derive(utf8("info"))).toEqual(keyPair.derive(utf8("info")))
    expect(nodeCrypto.generate().keyPair.publicKey).not.toEqual(keyPair.publicKey)
  })

  it("keeps a copy of the private key", () => {
    const privateKey = filled(5)
    const pair = nodeCrypto.keyPair(privateKey)
    privateKey.fill(0)
    expect(pair.agree(pair.publicKey)).toEqual(nodeCrypto.keyPair(filled(5)).agree(pair.publicKey))
  })

  it("derives secrets from the private key as noble's HKDF does", () => {
    const info = utf8("holub reset")
    expect(nodeCrypto.keyPair(filled(5)).derive(info)).toEqual(nobleCrypto.keyPair(filled(5)).derive(info))
  })
})

describe("HMAC-SHA-256", () => {
  /** RFC 4231 §4.2 to §4.8: key, data and MAC. */
  const examples = [
    [filled(0x0b).slice(0, 20), utf8("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"],
    [
      utf8("Jefe"),
      utf8("what do ya want for nothing?"),
      "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
    ],
    [
      filled(0xaa).slice(0, 20),
      new Uint8Array(50).fill(0xdd),
      "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
    ],
    [
      Uint8Array.from({ length: 25 }, (_, at) => at + 1),
      new Uint8Array(50).fill(0xcd),
      "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"
    ],
    [filled(0x0c).slice(0, 20), utf8("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"],
    [
      new Uint8Array(131).fill(0xaa),
      utf8("Test Using Larger Than Block-Size Key - Hash Key First"),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    ],
    [
      new Uint8Array(131).fill(0xaa),
      utf8(
        "This is a test using a larger than block-size key and a larger than block-size data. The key needs to be hashed " +
          "before being used by the HMAC algorithm."
      ),
      "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
    ]
  ] as const

  it.each(examples)("has the MAC of RFC 4231, case %#", (key, data, mac) => {
    expect(toHex(nodeCrypto.hmac(key, data.subarray(0, 7), data.subarray(7))).slice(0, mac.length)).toBe(mac)
  })

  it("agrees with the selection of Wycheproof", () => {
    const rows = wycheproofHmac.rows.map((row) => row.map(String))
    const valid = rows.map(([id, key = "", message = "", tag = ""]) => {
      const mac = nodeCrypto.hmac(fromHex(key), fromHex(message)).slice(0, tag.length / 2)
      return [id, String(nodeCrypto.isEqual(mac, fromHex(tag)))]
    })
    expect(rows.length).toBeGreaterThan(50)
    expect(valid).toEqual(rows.map(([id, , , , isValid]) => [id, isValid]))
  })
})

const texts = FastCheck.uint8Array({ maxLength: 200 })
const nonces = FastCheck.oneof(
  FastCheck.constantFrom(0, 1, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, "rekey" as const),
  FastCheck.nat()
)

describe("AES-256-GCM as a cipher of Noise", () => {
  const keys = FastCheck.uint8Array({ minLength: 32, maxLength: 32 })

  it("has the text of noble, for all nonces", () => {
    FastCheck.assert(
      FastCheck.property(keys, nonces, texts, texts, (key, nonce, associated, plaintext) => {
        const text = nodeCrypto.encrypt(key, nonce, associated, plaintext)
        expect(text).toEqual(nobleCrypto.encrypt(key, nonce, associated, plaintext))
        expect(nodeCrypto.decrypt(key, nonce, associated, text)).toEqual(plaintext)
      }),
      { seed: 14, numRuns: 200 }
    )
  })

  it("decrypts no text with any byte changed, and none that is shorter than a tag", () => {
    const text = nodeCrypto.encrypt(filled(1), 5, utf8("associated"), utf8("plaintext"))
    const changed = Array.from(text, (_, at) => text.map((byte, index) => index === at ? byte ^ (1 << (at % 8)) : byte))
    const cut = Array.from(text, (_, length) => text.slice(0, length))
    for (const wrong of [...changed, ...cut]) {
      expect(nodeCrypto.decrypt(filled(1), 5, utf8("associated"), wrong)).toBeUndefined()
    }
    expect(nodeCrypto.decrypt(filled(1), 6, utf8("associated"), text)).toBeUndefined()
    expect(nodeCrypto.decrypt(filled(1), 5, utf8("Associated"), text)).toBeUndefined()
    expect(nodeCrypto.decrypt(filled(2), 5, utf8("associated"), text)).toBeUndefined()
  })

  it("makes the next key of REKEY as noble does (Noise §4.2)", () => {
    const rekeyed = (crypto: typeof nodeCrypto): string =>
      toHex(crypto.encrypt(filled(1), "rekey", new Uint8Array(0), new Uint8Array(32)).subarray(0, 32))
    expect(rekeyed(nodeCrypto)).toBe(rekeyed(nobleCrypto))
  })
})

describe("the functions of Node", () => {
  it("hash concatenated parts as noble does", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(texts, { maxLength: 4 }), texts, (parts, key) => {
        expect(nodeCrypto.sha256(...parts)).toEqual(nobleCrypto.sha256(...parts))
        expect(nodeCrypto.hmac(key, ...parts)).toEqual(nobleCrypto.hmac(key, ...parts))
      }),
      { seed: 14, numRuns: 100 }
    )
  })

  it("compare bytes, and other lengths are not equal", () => {
    expect(nodeCrypto.isEqual(utf8("text"), utf8("text"))).toBe(true)
    expect([utf8("test"), utf8("tex"), utf8("text ")].filter((other) => nodeCrypto.isEqual(utf8("text"), other)))
      .toEqual([])
  })

  it("return plain arrays, whose `slice` copies", () => {
    const { keyPair, privateKey } = nodeCrypto.generate()
    const text = nodeCrypto.encrypt(filled(1), 0, filled(2), filled(3))
    const arrays = [
      nodeCrypto.random(32),
      nodeCrypto.sha256(filled(1)),
      nodeCrypto.hmac(filled(1)),
      privateKey,
      keyPair.publicKey,
      keyPair.agree(keyPair.publicKey),
      keyPair.derive(filled(1)),
      text,
      nodeCrypto.decrypt(filled(1), 0, filled(2), text)
    ]
    expect(arrays.map((array) => array?.constructor)).toEqual(arrays.map(() => Uint8Array))
  })

  it.effect("are a layer of the service Crypto", () =>
    Effect.map(Crypto, (crypto) => expect(crypto).toBe(nodeCrypto)).pipe(Effect.provide(layer)))
})
