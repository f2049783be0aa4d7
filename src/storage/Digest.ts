/** SHA-256 of bytes that are in memory, by WebCrypto, which every platform has. */
import * as Effect from "effect/Effect"

/** Lower-case hex. */
export const ofBytes = (bytes: Uint8Array): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", Uint8Array.from(bytes))),
    (digest) => Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("")
  )
