/** AES-256-GCM by node:crypto: an object of C++ and some copies for each packet, on every system on which Node runs. */
import type { KeyObject } from "node:crypto"
import { createCipheriv, createDecipheriv, createSecretKey } from "node:crypto"
import type { PacketKey } from "../../security/Aead.ts"
import { aeadTagBytes } from "../../security/Aead.ts"
import {
  associatedBytes,
  checkBounds,
  checkKey,
  freed,
  nonceBytes,
  writeAssociated,
  writeNonceAt
} from "./PacketParameters.ts"

const algorithm = "aes-256-gcm"
const options = { authTagLength: aeadTagBytes } as const

export const cipherObjects = (key: Uint8Array): PacketKey => {
  checkKey(key)
  let keyObject: KeyObject | undefined = createSecretKey(key)
  const nonce = new Uint8Array(nonceBytes)
  const associated = new Uint8Array(associatedBytes)
  /** Prepares nonce and associated data, and returns the key. */
  const begin = (
    bytes: Uint8Array,
    start: number,
    framesAt: number,
    framesEnd: number,
    packetNumber: number
  ): KeyObject => {
    checkBounds(bytes, start, framesAt, framesEnd, packetNumber)
    if (keyObject === undefined) throw freed()
    writeNonceAt(nonce, 0, packetNumber)
    writeAssociated(associated, 0, bytes, start, framesEnd - framesAt)
    return keyObject
  }
  return {
    seal: (bytes, start, framesAt, framesEnd, packetNumber) => {
      const secret = begin(bytes, start, framesAt, framesEnd, packetNumber)
      const cipher = createCipheriv(algorithm, secret, nonce, options).setAAD(associated)
      bytes.set(cipher.update(bytes.subarray(framesAt, framesEnd)), framesAt)
      cipher.final()
      bytes.set(cipher.getAuthTag(), framesEnd)
    },
    open: (bytes, start, framesAt, framesEnd, packetNumber) => {
      const secret = begin(bytes, start, framesAt, framesEnd, packetNumber)
      const decipher = createDecipheriv(algorithm, secret, nonce, options).setAAD(associated)
      decipher.setAuthTag(bytes.subarray(framesEnd, framesEnd + aeadTagBytes))
      const frames = decipher.update(bytes.subarray(framesAt, framesEnd))
      try {
        decipher.final()
      } catch {
        frames.fill(0)
        return false
      }
      bytes.set(frames, framesAt)
      return true
    },
    free: () => {
      keyObject = undefined
    }
  }
}
