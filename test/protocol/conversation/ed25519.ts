/** The functions of cryptography of Node with which tests sign and check events. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto"
import { originOf, type Sha256 } from "../../../src/protocol/conversation/Origin.ts"
import type { EventChecks, EventSigner } from "../../../src/protocol/conversation/SignedEvent.ts"

export const sha256: Sha256 = (...parts) => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

/** PKCS #8 before the 32 bytes of a private key of Ed25519 (RFC 8410 §7). */
const header = Uint8Array.of(0x30, 46, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 34, 4, 32)

const publicKeyOf = (key: Uint8Array): KeyObject =>
  createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: Buffer.from(key).toString("base64url") }, format: "jwk" })

export const checks: EventChecks = {
  sha256,
  isSigned: (key, message, signature) => {
    try {
      return verify(null, message, publicKeyOf(key), signature)
    } catch {
      return false
    }
  }
}

/** The origin of a server whose seed and whose nonce are equal bytes. */
export const signerOf = (server: string, seed: number, nonce = seed): EventSigner => {
  const privateKey = createPrivateKey({
    key: Buffer.from([...header, ...new Uint8Array(32).fill(seed)]),
    format: "der",
    type: "pkcs8"
  })
  const key = new Uint8Array(Buffer.from(createPublicKey(privateKey).export({ format: "jwk" }).x ?? "", "base64url"))
  return {
    sha256,
    origin: originOf(sha256, server, key, new Uint8Array(8).fill(nonce)),
    key,
    sign: (message) => new Uint8Array(sign(null, message, privateKey))
  }
}
