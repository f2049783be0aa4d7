/** The cryptographic functions that the keys of people need, on node:crypto. */
import * as Layer from "effect/Layer"
import {
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  randomBytes,
  timingSafeEqual
} from "node:crypto"
import { Crypto, type KeyPair, type Shape } from "../../src/security/Crypto.ts"

const header = Buffer.from("302e020100300506032b656e04220420", "hex")
const publicHeader = Buffer.from("302a300506032b656e032100", "hex")

const keyPair = (privateKey: Uint8Array): KeyPair => {
  const key = createPrivateKey({ key: Buffer.concat([header, privateKey]), format: "der", type: "pkcs8" })
  return {
    publicKey: new Uint8Array(createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32)),
    agree: (peer) => {
      const publicKey = createPublicKey({ key: Buffer.concat([publicHeader, peer]), format: "der", type: "spki" })
      return new Uint8Array(diffieHellman({ privateKey: key, publicKey }))
    },
    derive: (info) => new Uint8Array(hkdfSync("sha256", privateKey, "", info, 32))
  }
}

const unused = (): never => {
  throw new Error("keys of people are not encrypted")
}

export const hashing: Shape = {
  random: (length) => new Uint8Array(randomBytes(length)),
  sha256: (...parts) => new Uint8Array(createHash("sha256").update(Buffer.concat(parts)).digest()),
  hmac: (key, ...parts) => new Uint8Array(createHmac("sha256", key).update(Buffer.concat(parts)).digest()),
  isEqual: (one, other) => one.length === other.length && timingSafeEqual(one, other),
  generate: () => {
    const privateKey = new Uint8Array(randomBytes(32))
    return { privateKey, keyPair: keyPair(privateKey) }
  },
  keyPair,
  encrypt: unused,
  decrypt: unused
}

export const layer = Layer.succeed(Crypto, hashing)

/** A key of 32 equal bytes. */
export const keyOf = (byte: number): Uint8Array => new Uint8Array(32).fill(byte)
