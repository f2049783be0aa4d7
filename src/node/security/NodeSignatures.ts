/** Signatures of Ed25519 through node:crypto. */
import * as Layer from "effect/Layer"
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto"
import { type Shape, Signatures } from "../../security/Signatures.ts"

const keyBytes = 32
const signatureBytes = 64

/** PKCS #8 before the 32 bytes of a private key of Ed25519 (RFC 8410 §7). */
const privateKeyHeader = Uint8Array.of(0x30, 46, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 34, 4, 32)

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url")

/** As DER: a string, as JWK has it, cannot be overwritten. */
const privateKeyOf = (seed: Uint8Array): KeyObject => {
  const der = Buffer.from([...privateKeyHeader, ...seed])
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" })
  der.fill(0)
  return key
}

export const nodeSignatures: Shape = {
  signer: (seed) => {
    if (seed.length !== keyBytes) throw new RangeError(`a seed has ${keyBytes} bytes, not ${seed.length}`)
    const privateKey = privateKeyOf(seed)
    const { x = "" } = createPublicKey(privateKey).export({ format: "jwk" })
    return {
      publicKey: Uint8Array.from(Buffer.from(x, "base64url")),
      sign: (message) => Uint8Array.from(sign(null, message, privateKey))
    }
  },
  isSigned: (publicKey, message, signature) => {
    if (publicKey.length !== keyBytes || signature.length !== signatureBytes) return false
    try {
      const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: textOf(publicKey) }, format: "jwk" })
      return verify(null, message, key, signature)
    } catch {
      // OpenSSL reports 32 bytes that are no point when it uses them.
      return false
    }
  }
}

export const layer: Layer.Layer<Signatures> = Layer.succeed(Signatures, nodeSignatures)
