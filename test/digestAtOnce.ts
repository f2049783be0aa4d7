/**
 * Runs before each test file: WebCrypto's digest is computed at once, on this thread. Under TestClock virtual time passes
 * while another thread computes, by chance by so much that a peer is lost.
 */
import { createHash } from "node:crypto"

Object.defineProperty(crypto.subtle, "digest", {
  configurable: true,
  value: (algorithm: string, bytes: Uint8Array): Promise<ArrayBuffer> => {
    if (algorithm !== "SHA-256") throw new Error(`no test needs ${algorithm}`)
    return Promise.resolve(Uint8Array.from(createHash("sha256").update(bytes).digest()).buffer)
  }
})
