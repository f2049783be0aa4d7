/** The service Keyring in memory: for tests, and for programs that keep their keys elsewhere. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { isLoopback } from "../net/Address.ts"
import { isSame } from "../protocol/SameBytes.ts"
import { Crypto } from "./Crypto.ts"
import type { Place, ServerKey, Shape } from "./Keyring.ts"
import { Keyring, KeyringError } from "./Keyring.ts"
import * as PlaceName from "./PlaceName.ts"
import * as Trust from "./Trust.ts"

export interface Options {
  /** Whether the first key of an unknown server is accepted; otherwise the client asks. */
  readonly acceptNew?: boolean | undefined
  /** The private host key, 32 bytes; without it a new one. */
  readonly hostKey?: Uint8Array | undefined
  /** The public key that replaces the host key soon. */
  readonly nextHostKey?: Uint8Array | undefined
  /** The private key of clients, 32 bytes; without it they are anonymous. */
  readonly identity?: Uint8Array | undefined
  /** The known servers by `host:port` (see PlaceName). The layer changes it. */
  readonly known?: Map<string, ServerKey> | undefined
  /** The public keys of the clients that a server accepts; without it all. */
  readonly allowed?: ReadonlyArray<Uint8Array> | undefined
}

export const layer = (options: Options = {}): Layer.Layer<Keyring, never, Crypto> =>
  Layer.effect(Keyring, Effect.map(Crypto, (crypto) => make(crypto, options)))

const make = (crypto: Crypto["Type"], options: Options): Shape => {
  const { acceptNew = false, allowed, hostKey, identity, known = new Map(), nextHostKey } = options
  const host = hostKey === undefined ? crypto.generate().keyPair : crypto.keyPair(hostKey)
  const client = identity === undefined ? undefined : crypto.keyPair(identity)
  const ownAt = (place: Place) => isLoopback(place.host) ? [host.publicKey] : []
  return {
    host: Effect.succeed(host),
    nextHostKey: Effect.succeed(nextHostKey),
    identity: Effect.succeed(client),
    expected: (place) =>
      Effect.map(nameOf(place), (name) => {
        const before = known.get(name)
        return Trust.expectationOf(before === undefined ? [] : [before], ownAt(place), acceptNew)
      }),
    learn: (place, seen) =>
      Effect.map(nameOf(place), (name) => {
        if (ownAt(place).some((own) => isSame(own, seen.key))) return
        const after = Trust.learned(known.get(name), seen)
        if (after !== undefined) known.set(name, after)
      }),
    allowed: Effect.succeed(
      allowed === undefined ? undefined : (key) => allowed.some((one) => isSame(one, key))
    )
  }
}

/** The name of a place. Fails if the host cannot be one. */
export const nameOf = (place: Place): Effect.Effect<string, KeyringError> => {
  const name = PlaceName.ofPlace(place)
  return name === undefined
    ? Effect.fail(new KeyringError({ message: `${JSON.stringify(place.host)} is not the name or address of a server` }))
    : Effect.succeed(name)
}
