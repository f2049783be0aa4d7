/**
 * The keys of a client's handshake: which key pair it shows, and which keys of the server it accepts. A pinned key is the only one
 * that is accepted, and nothing is stored; otherwise the Keyring decides.
 */
import * as Effect from "effect/Effect"
import type { ClientHandshakeOptions } from "../../protocol/flock/handshake/ClientHandshake.ts"
import { isSame } from "../../protocol/SameBytes.ts"
import { Crypto } from "../../security/Crypto.ts"
import { Keyring } from "../../security/Keyring.ts"
import { keyUnsupported, problemOf } from "../PinnedKey.ts"
import type { SessionError } from "../SessionError.ts"
import type { ConnectOptions } from "../Transport.ts"
import { HandshakeFailure } from "./HandshakeFailure.ts"
import {
  type HandshakeKeys,
  handshakeKeys,
  ofKeyring,
  type SecurityOptions,
  type SecurityServices
} from "./HandshakeKeys.ts"

export interface ClientSecurity extends Pick<HandshakeKeys, "announce"> {
  readonly handshake: Pick<
    ClientHandshakeOptions,
    "makeHandshake" | "protection" | "gate" | "judge" | "isIdentity"
  >
  /** The public key of this side, which a server may allow; undefined without an identity: then each session has another one. */
  readonly ownKey: Uint8Array | undefined
  /** Remembers the server's key, as the Keyring wants it. Called before HELLO3 is sent. */
  readonly learn: (key: Uint8Array | undefined, next: Uint8Array | undefined) => Effect.Effect<void, SessionError>
}

/** The security of a session to a server as the user named it. */
export const make = (
  options: SecurityOptions,
  { host, key: pinned, port }: Pick<ConnectOptions, "host" | "port" | "key">
): Effect.Effect<ClientSecurity, SessionError, SecurityServices> =>
  Effect.gen(function*() {
    const peer = `${host}:${port}`
    const keyring = yield* Keyring
    if (options.protection === "crc") {
      if (pinned !== undefined) return yield* keyUnsupported({ host, port }, "the protection crc has no keys")
      const { announce, ...keys } = yield* handshakeKeys(options, undefined)
      const handshake = { ...keys, gate: undefined, isIdentity: false, judge: () => "Accept" as const }
      return { announce, handshake, ownKey: undefined, learn: () => Effect.void }
    }
    const problem = pinned === undefined ? undefined : problemOf(pinned)
    if (problem !== undefined) return yield* keyUnsupported({ host, port }, problem)
    const { generate } = yield* Crypto
    const identity = yield* Effect.mapError(keyring.identity, ofKeyring(peer))
    const expectation = pinned === undefined
      ? yield* Effect.mapError(keyring.expected({ host, port }), ofKeyring(peer))
      : { keys: [pinned], others: "refuse" as const }
    const isExpected = (key: Uint8Array): boolean => expectation.keys.some((one) => isSame(one, key))
    const local = identity ?? generate().keyPair
    const { announce, gate, makeHandshake, protection } = yield* handshakeKeys(options, local)
    return {
      announce,
      ownKey: identity?.publicKey,
      handshake: {
        makeHandshake,
        protection,
        gate: gate?.of,
        isIdentity: identity !== undefined,
        judge: (key) => key === undefined ? "Refuse" : isExpected(key) ? "Accept" : verdicts[expectation.others]
      },
      learn: (key, next) =>
        Effect.gen(function*() {
          if (key === undefined || pinned !== undefined) return
          // Another attempt may have learned the first key of the place in the meantime, also that of another address of its name.
          const isFirst = !isExpected(key)
          const now = isFirst ? yield* Effect.mapError(keyring.expected({ host, port }), ofKeyring(peer)) : expectation
          if (isFirst && now.others === "refuse" && !now.keys.some((one) => isSame(one, key))) {
            return yield* new HandshakeFailure({ host, port }).changedKey(key)
          }
          yield* Effect.mapError(keyring.learn({ host, port }, { key, next }), ofKeyring(peer))
        })
    }
  })

const verdicts = { accept: "Accept", ask: "Ask", refuse: "Refuse" } as const
