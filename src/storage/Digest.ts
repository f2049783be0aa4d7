/** SHA-256 of bytes in memory, computed by WebCrypto, which exists on every platform. */
import * as Effect from "effect/Effect"
import { hexOf } from "../protocol/Hex.ts"

/** The SHA-256 of `bytes`, as 64 lower-case hex digits. */
export const ofBytes = (bytes: Uint8Array): Effect.Effect<string> =>
  Effect.map(
    Effect.promise(() => crypto.subtle.digest("SHA-256", Uint8Array.from(bytes))),
    (digest) => hexOf(new Uint8Array(digest))
  )
