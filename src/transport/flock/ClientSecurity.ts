/** The keys of a client's handshake: without keys for the protection `crc`, else as ClientTrust says. */
import * as Effect from "effect/Effect"
import type { ClientHandshakeOptions } from "../../protocol/flock/handshake/ClientHandshake.ts"
import * as ClientTrust from "../ClientTrust.ts"
import { keyUnsupported } from "../PinnedKey.ts"
import type { SessionError } from "../SessionError.ts"
import type { ConnectOptions } from "../Transport.ts"
import { type HandshakeKeys, handshakeKeys, type SecurityOptions, type SecurityServices } from "./HandshakeKeys.ts"

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
  server: Pick<ConnectOptions, "host" | "port" | "key" | "showsHostKey">
): Effect.Effect<ClientSecurity, SessionError, SecurityServices> =>
  Effect.gen(function*() {
    if (options.protection === "crc") {
      if (server.key !== undefined) return yield* keyUnsupported(server, "the protection crc has no keys")
      const { announce, ...keys } = yield* handshakeKeys(options, undefined)
      const handshake = { ...keys, gate: undefined, isIdentity: false, judge: () => "Accept" as const }
      return { announce, handshake, ownKey: undefined, learn: () => Effect.void }
    }
    const { judge, learn, local, ownKey } = yield* ClientTrust.make(server)
    const { announce, gate, makeHandshake, protection } = yield* handshakeKeys(options, local)
    return {
      announce,
      ownKey,
      handshake: {
        makeHandshake,
        protection,
        gate: gate?.of,
        isIdentity: ownKey !== undefined,
        judge: (key) => key === undefined ? "Refuse" : judge(key)
      },
      learn: (key, next) => key === undefined ? Effect.void : learn(key, next)
    }
  })
