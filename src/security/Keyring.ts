/**
 * The keys of this side, and the decision which keys of peers to trust, as a service. Key pairs are X25519. `layerMemory` holds them in
 * memory; `node/security/NodeKeyring` keeps them in files.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type { KeyPair } from "./Crypto.ts"

/** A file of keys cannot be read, written or trusted. The message says what to do. */
export class KeyringError extends Schema.TaggedError<KeyringError>()("KeyringError", {
  /** What happened, to which file, and what to do, as a sentence without a full stop. */
  message: Schema.String,
  cause: Schema.optional(Schema.Defect)
}) {}

/** A server, as the user named it: never its resolved address. */
export interface Place {
  readonly host: string
  readonly port: number
}

/** Which keys a client accepts from a server. */
export interface Expectation {
  /** Trusted keys: the known one of the place, the announced next one, the own host key on loopback. */
  readonly keys: ReadonlyArray<Uint8Array>
  /** Another key: `refuse` when a key of the place is known, else `ask`, or `accept` to learn the first one. */
  readonly others: "refuse" | "ask" | "accept"
}

/** A server's key, with the next one if it announced one. */
export interface ServerKey {
  readonly key: Uint8Array
  readonly next: Uint8Array | undefined
}

export interface Shape {
  /** The key pair of a server on this side. It is created at its first use. */
  readonly host: Effect.Effect<KeyPair, KeyringError>
  /** The public key that replaces the host key soon, for clients to learn. */
  readonly nextHostKey: Effect.Effect<Uint8Array | undefined, KeyringError>
  /** The key pair of a client on this side; undefined to be anonymous: then each session has a new one. */
  readonly identity: Effect.Effect<KeyPair | undefined, KeyringError>
  readonly expected: (place: Place) => Effect.Effect<Expectation, KeyringError>
  /** A server has proved to have this key, and it was accepted: remembers it. Called for each session with a known place too. */
  readonly learn: (place: Place, key: ServerKey) => Effect.Effect<void, KeyringError>
  /** Which clients a server accepts: undefined for all. */
  readonly allowed: Effect.Effect<((clientKey: Uint8Array) => boolean) | undefined, KeyringError>
}

export class Keyring extends Context.Tag("holub/Keyring")<Keyring, Shape>() {}
