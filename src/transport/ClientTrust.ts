/**
 * The keys of a client, on any wire with keys: which key pair it shows, and which keys of the server it accepts. A pinned key is the only
 * one that is accepted, and nothing is stored; otherwise the Keyring decides.
 */
import * as Effect from "effect/Effect"
import { format } from "../net/Address.ts"
import { isSame } from "../protocol/SameBytes.ts"
import { Crypto, type KeyPair } from "../security/Crypto.ts"
import { Keyring } from "../security/Keyring.ts"
import { changedKey, ofKeyring } from "./KeyErrors.ts"
import { keyUnsupported, problemOf } from "./PinnedKey.ts"
import type { SessionError } from "./SessionError.ts"
import type { ConnectOptions } from "./Transport.ts"

/** What a client does with a server's key: goes on, asks a person or a program, or gives up. */
export type Verdict = "Accept" | "Ask" | "Refuse"

export interface ClientTrust {
  /** The key pair of this session: that of the identity or of the host, or one made for it. */
  readonly local: KeyPair
  /** The public key of this side, which a server may allow; undefined without an identity: then each session has another one. */
  readonly ownKey: Uint8Array | undefined
  readonly judge: (key: Uint8Array) => Verdict
  /** Remembers the server's key, as the Keyring wants it. Called before the server gets a byte of the application. */
  readonly learn: (key: Uint8Array, next: Uint8Array | undefined) => Effect.Effect<void, SessionError>
}

/** The keys of a session to a server as the user named it. */
export const make = (
  { host, key: pinned, port, showsHostKey = false }: Pick<ConnectOptions, "host" | "port" | "key" | "showsHostKey">
): Effect.Effect<ClientTrust, SessionError, Crypto | Keyring> =>
  Effect.gen(function*() {
    const problem = pinned === undefined ? undefined : problemOf(pinned)
    if (problem !== undefined) return yield* keyUnsupported({ host, port }, problem)
    const peer = `${host}:${port}`
    const keyring = yield* Keyring
    const { generate } = yield* Crypto
    const identity = yield* Effect.mapError(showsHostKey ? keyring.host : keyring.identity, ofKeyring(peer))
    const expectation = pinned === undefined
      ? yield* Effect.mapError(keyring.expected({ host, port }), ofKeyring(peer))
      : { keys: [pinned], others: "refuse" as const }
    const isExpected = (key: Uint8Array): boolean => expectation.keys.some((one) => isSame(one, key))
    return {
      local: identity ?? generate().keyPair,
      ownKey: identity?.publicKey,
      judge: (key) => isExpected(key) ? "Accept" : verdicts[expectation.others],
      learn: (key, next) =>
        Effect.gen(function*() {
          if (pinned !== undefined) return
          // Another attempt may have learned the first key of the place in the meantime, also that of another address of its name.
          const isFirst = !isExpected(key)
          const now = isFirst ? yield* Effect.mapError(keyring.expected({ host, port }), ofKeyring(peer)) : expectation
          if (isFirst && now.others === "refuse" && !now.keys.some((one) => isSame(one, key))) {
            return yield* changedKey(format({ host, port }), key)
          }
          yield* Effect.mapError(keyring.learn({ host, port }, { key, next }), ofKeyring(peer))
        })
    }
  })

const verdicts = { accept: "Accept", ask: "Ask", refuse: "Refuse" } as const
