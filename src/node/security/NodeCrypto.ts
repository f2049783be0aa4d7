/** The cryptographic functions of Node: OpenSSL, through node:crypto. Private keys of X25519 stay in KeyObjects. */
import * as Layer from "effect/Layer"
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  type KeyObject,
  randomBytes,
  timingSafeEqual
} from "node:crypto"
import { Crypto, keyBytes, type KeyPair, type rekeyNonce, type Shape, tagBytes } from "../../security/Crypto.ts"

/** PKCS #8 before the 32 bytes of a private key of X25519 (RFC 8410 §7). */
const privateKeyHeader = Uint8Array.of(0x30, 46, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 34, 4, 32)

/** The bytes as a plain array: `slice` of a Buffer would copy nothing. */
const plain = (bytes: Buffer): Uint8Array => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length)

const base64Of = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64url")

/** As JWK: Node 20 needs 11 µs for it, and 108 µs for DER. A public key is no secret, so it may stand in a string. */
const publicKeyOf = (bytes: Uint8Array): KeyObject =>
  createPublicKey({ key: { kty: "OKP", crv: "X25519", x: base64Of(bytes) }, format: "jwk" })

/** As DER: a string, as JWK has it, cannot be overwritten. */
const privateKeyOf = (bytes: Uint8Array): KeyObject => {
  const der = Buffer.from([...privateKeyHeader, ...bytes])
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" })
  der.fill(0)
  return key
}

/** Whether this Node refuses a private key without its public key. */
let requiresPublicKey = false

/**
 * As JWK, for the same reason: its string cannot be overwritten, but it lives as shortly as the key. Node 26 compares `x`, which is not
 * known yet, and imports DER quickly. Not by generateKeyPairSync: the destructor of its job locks the key, so the process hangs when
 * the garbage collector runs while the key is exported (Node 20).
 */
const ephemeralKeyOf = (bytes: Uint8Array): KeyObject => {
  if (requiresPublicKey) return privateKeyOf(bytes)
  try {
    return createPrivateKey({ key: { kty: "OKP", crv: "X25519", x: "", d: base64Of(bytes) }, format: "jwk" })
  } catch {
    requiresPublicKey = true
    return privateKeyOf(bytes)
  }
}

/** The 32 bytes of a private key, which the caller overwrites. */
const bytesOf = (privateKey: KeyObject): Uint8Array =>
  plain(privateKey.export({ format: "der", type: "pkcs8" }).subarray(privateKeyHeader.length))

const keyPairOf = (privateKey: KeyObject, publicKey: KeyObject): KeyPair => ({
  publicKey: Uint8Array.from(Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url")),
  agree: (peerKey) => {
    if (peerKey.length !== keyBytes) return undefined
    try {
      return plain(diffieHellman({ privateKey, publicKey: publicKeyOf(peerKey) }))
    } catch {
      // OpenSSL refuses a shared secret of zeros: that of a key of low order.
      return undefined
    }
  },
  derive: (info) => {
    const secret = bytesOf(privateKey)
    const derived = new Uint8Array(hkdfSync("sha256", secret, new Uint8Array(0), info, keyBytes))
    secret.fill(0)
    return derived
  }
})

const nonceOf = (nonce: number | typeof rekeyNonce): Uint8Array => {
  const bytes = new Uint8Array(12)
  const view = new DataView(bytes.buffer)
  view.setBigUint64(4, nonce === "rekey" ? 2n ** 64n - 1n : BigInt(nonce))
  return bytes
}

export const nodeCrypto: Shape = {
  random: (length) => plain(randomBytes(length)),
  sha256: (...parts) => {
    const hash = createHash("sha256")
    for (const part of parts) hash.update(part)
    return plain(hash.digest())
  },
  hmac: (key, ...parts) => {
    const hmac = createHmac("sha256", key)
    for (const part of parts) hmac.update(part)
    return plain(hmac.digest())
  },
  isEqual: (one, other) => one.length === other.length && timingSafeEqual(one, other),
  generate: () => {
    const privateKey = plain(randomBytes(keyBytes))
    const key = ephemeralKeyOf(privateKey)
    return { privateKey, keyPair: keyPairOf(key, createPublicKey(key)) }
  },
  keyPair: (bytes) => {
    if (bytes.length !== keyBytes) throw new RangeError(`a private key has ${keyBytes} bytes, not ${bytes.length}`)
    const privateKey = privateKeyOf(bytes)
    return keyPairOf(privateKey, createPublicKey(privateKey))
  },
  encrypt: (key, nonce, associated, plaintext) => {
    const cipher = createCipheriv("aes-256-gcm", key, nonceOf(nonce), { authTagLength: tagBytes })
    const text = new Uint8Array(plaintext.length + tagBytes)
    text.set(cipher.setAAD(associated).update(plaintext))
    cipher.final()
    text.set(cipher.getAuthTag(), plaintext.length)
    return text
  },
  decrypt: (key, nonce, associated, text) => {
    if (text.length < tagBytes) return undefined
    const end = text.length - tagBytes
    const decipher = createDecipheriv("aes-256-gcm", key, nonceOf(nonce), { authTagLength: tagBytes })
    const plaintext = decipher.setAAD(associated).setAuthTag(text.subarray(end)).update(text.subarray(0, end))
    try {
      decipher.final()
      return plain(plaintext)
    } catch {
      plaintext.fill(0)
      return undefined
    }
  }
}

export const layer: Layer.Layer<Crypto> = Layer.succeed(Crypto, nodeCrypto)
