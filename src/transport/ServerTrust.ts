/** The keys of a server, on any wire with keys: its host key, the next one, and which clients it accepts. */
import * as Effect from "effect/Effect"
import type { KeyPair } from "../security/Crypto.ts"
import { Keyring } from "../security/Keyring.ts"
import { ofKeyring } from "./KeyErrors.ts"
import type { SessionError } from "./SessionError.ts"

export interface ServerTrust {
  readonly host: KeyPair
  /** The key that will replace the host key; undefined when none is planned. */
  readonly nextKey: Uint8Array | undefined
  /** Whether the server accepts a client with this key; undefined when it accepts all. */
  readonly allows: ((key: Uint8Array) => boolean) | undefined
}

/** The keys of a listener at a local address, in the form `host:port`. */
export const make = (local: string): Effect.Effect<ServerTrust, SessionError, Keyring> =>
  Effect.mapError(
    Effect.flatMap(Keyring, ({ allowed, host, nextHostKey }) =>
      Effect.all({ host, nextKey: nextHostKey, allows: allowed })),
    ofKeyring(local)
  )
