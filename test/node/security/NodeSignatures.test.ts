import { describe, expect, it } from "vitest"
import { nodeSignatures } from "../../../src/node/security/NodeSignatures.ts"

const { isSigned, signer } = nodeSignatures
const hex = (text: string) => Uint8Array.from(Buffer.from(text, "hex"))

/** RFC 8032 §7.1: tests 1 and 3. */
const vectors = [
  {
    seed: "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
    key: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
    message: "",
    signature:
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
  },
  {
    seed: "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
    key: "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
    message: "af82",
    signature:
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
  }
]

describe("signatures of Node", () => {
  it.each(vectors)("are those of RFC 8032: the message \"$message\"", ({ key, message, seed, signature }) => {
    const { publicKey, sign } = signer(hex(seed))
    expect([Buffer.from(publicKey).toString("hex"), Buffer.from(sign(hex(message))).toString("hex")]).toEqual([
      key,
      signature
    ])
    expect(isSigned(hex(key), hex(message), hex(signature))).toBe(true)
  })

  it("hold for one message and one key only", () => {
    const [one, other] = [signer(new Uint8Array(32).fill(1)), signer(new Uint8Array(32).fill(2))]
    const message = Buffer.from("coo")
    const signature = one.sign(message)
    expect(isSigned(one.publicKey, message, signature)).toBe(true)
    expect(isSigned(one.publicKey, Buffer.from("roo"), signature)).toBe(false)
    expect(isSigned(other.publicKey, message, signature)).toBe(false)
    for (let at = 0; at < signature.length; at++) {
      expect(isSigned(one.publicKey, message, signature.with(at, (signature[at] ?? 0) ^ 1))).toBe(false)
    }
  })

  it("are none of what has another length, or is no point", () => {
    const { publicKey, sign } = signer(new Uint8Array(32))
    const message = Buffer.from("coo")
    const signature = sign(message)
    expect(isSigned(publicKey.subarray(1), message, signature)).toBe(false)
    expect(isSigned(publicKey, message, signature.subarray(1))).toBe(false)
    expect(isSigned(new Uint8Array(32).fill(0xff), message, signature)).toBe(false)
    expect(() => signer(new Uint8Array(31))).toThrow(RangeError)
  })
})
