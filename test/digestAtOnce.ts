/**
 * Replaces WebCrypto's digest by a synchronous one. Runs before each test file and before the simulation: while another
 * thread computes, virtual time would advance by a random amount, sometimes enough to lose a peer.
 */
import { createHash } from "node:crypto"

export const digestAtOnce = (): void => {
  Object.defineProperty(crypto.subtle, "digest", {
    configurable: true,
    // A promise would resolve in a later turn, for which the simulation does not wait.
    value: (algorithm: string, bytes: Uint8Array) => {
      if (algorithm !== "SHA-256") throw new Error(`there is no ${algorithm} here, only SHA-256`)
      const digest = Uint8Array.from(createHash("sha256").update(bytes).digest()).buffer
      return { then: (succeed: (digest: ArrayBuffer) => void) => succeed(digest) }
    }
  })
}

digestAtOnce()
