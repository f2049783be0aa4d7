/**
 * Computes WebCrypto's digest at once, on this thread. Runs before each test file, and before the simulation: under a virtual
 * clock time passes while another thread computes, by chance by so much that a peer is lost.
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
