/**
 * scrypt (RFC 7914) as a service: it takes 16 MiB and a fifth of a second, in another thread. `node/security/NodeScrypt` is the layer for
 * Node.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"

/** The cost of scrypt (RFC 7914 §2). */
export interface Cost {
  /** The base-2 logarithm of N. The memory is 128 · r · 2^ln bytes. */
  readonly ln: number
  /** The block size. */
  readonly r: number
  /** The parallelization: the work grows with it, the memory does not. */
  readonly p: number
}

export interface Shape {
  /** Derives `length` bytes from a password and a salt. */
  readonly derive: (password: Uint8Array, salt: Uint8Array, cost: Cost, length: number) => Effect.Effect<Uint8Array>
}

export class Scrypt extends Context.Tag("holub/Scrypt")<Scrypt, Shape>() {}
