/** SHA-256 of bytes in memory, computed by WebCrypto, which exists on every platform. */
import * as Effect from "effect/Effect"

/** The SHA-256 of `bytes`, as 64 lower-case hex digits. */
export const ofBytes = (bytes: Uint8Array): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", Uint8Array.from(bytes))),
    (digest) => Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")
  )
