/** scrypt by OpenSSL, in Node's pool of threads. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { scrypt } from "node:crypto"
import { Scrypt, type Shape } from "../../security/Scrypt.ts"

export const nodeScrypt: Shape = {
  derive: (password, salt, { ln, p, r }, length) =>
    Effect.async((resume) => {
      const N = 2 ** ln
      // OpenSSL counts all of its buffers: 128 · r · (N + p) bytes, and some more.
      const maxmem = 128 * r * (N + p) + 1024 * 1024
      scrypt(password, salt, length, { N, r, p, maxmem }, (error, derived) => {
        resume(error === null ? Effect.succeed(new Uint8Array(derived)) : Effect.die(error))
      })
    })
}

export const layer: Layer.Layer<Scrypt> = Layer.succeed(Scrypt, nodeScrypt)
