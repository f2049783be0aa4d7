/** Signatures that are fast and the same in every run. They resist no attack: the simulated servers are honest. */
import { createHash } from "node:crypto"
import { originOf, type Sha256 } from "../../../src/protocol/conversation/Origin.ts"
import type { EventChecks, EventSigner } from "../../../src/protocol/conversation/SignedEvent.ts"

const sha256: Sha256 = (...parts) => {
  const hash = createHash("sha256")
  for (const part of parts) hash.update(part)
  return new Uint8Array(hash.digest())
}

const keyOf = (server: string): Uint8Array => sha256(new TextEncoder().encode(server))

const signatureOf = (key: Uint8Array, message: Uint8Array): Uint8Array =>
  Uint8Array.of(...sha256(key, message), ...sha256(message, key))

export const checks: EventChecks = {
  sha256,
  isSigned: (key, message, signature) => Buffer.compare(signatureOf(key, message), signature) === 0
}

/** The signer of a server that starts with these random bytes. */
export const signerOf = (server: string, nonce: Uint8Array): EventSigner => {
  const key = keyOf(server)
  return {
    sha256,
    origin: originOf(sha256, server, key, nonce),
    key,
    sign: (message) => signatureOf(key, message)
  }
}
