/** The keys of a server's handshakes: its host key, and which clients it accepts. */
import * as Effect from "effect/Effect"
import type { ServerHandshakeOptions } from "../../protocol/flock/handshake/ServerHandshake.ts"
import type { Path } from "../../protocol/flock/path/PathValidation.ts"
import { Crypto } from "../../security/Crypto.ts"
import { type ResetTokens, resetTokens } from "../../security/ResetKey.ts"
import * as ServerTrust from "../ServerTrust.ts"
import type { SessionError } from "../SessionError.ts"
import { type HandshakeKeys, handshakeKeys, type SecurityOptions, type SecurityServices } from "./HandshakeKeys.ts"

export interface ServerSecurity extends Pick<HandshakeKeys, "announce"> {
  readonly handshake: Pick<
    ServerHandshakeOptions,
    "makeHandshake" | "protection" | "holdsGate" | "cryptography" | "nextKey"
  >
  /** The server's public key; undefined without keys. */
  readonly publicKey: Uint8Array | undefined
  /** Whether the server accepts a client; undefined when it accepts all. */
  readonly allows: ((key: Uint8Array) => boolean) | undefined
  /** Makes the reset token of a session from the local address that its client reached. `bound` is the address of the socket. */
  readonly resetToken: (
    serverId: number,
    path: Path,
    bound: { readonly host: string; readonly port: number }
  ) => Uint8Array
}

/** The security of a listener at a local address, in the form `host:port`. */
export const make = (
  options: SecurityOptions,
  local: string
): Effect.Effect<ServerSecurity, SessionError, SecurityServices> =>
  Effect.gen(function*() {
    const crypto = yield* Crypto
    const isKeyed = options.protection !== "crc"
    const { allows, host, nextKey } = yield* ServerTrust.make(local)
    const { announce, gate, makeHandshake, protection } = yield* handshakeKeys(options, isKeyed ? host : undefined)
    /** By local address: as many as this host has. */
    const tokens = new Map<string, ResetTokens>()
    return {
      announce,
      allows: isKeyed ? allows : undefined,
      publicKey: isKeyed ? host.publicKey : undefined,
      handshake: {
        makeHandshake,
        protection,
        holdsGate: gate?.admits,
        nextKey: isKeyed ? nextKey : undefined,
        cryptography: { hmac: crypto.hmac, randomBytes: crypto.random, isEqual: crypto.isEqual }
      },
      resetToken: (serverId, path, bound) => {
        const address = path.local ?? bound.host
        const known = tokens.get(address) ?? resetTokens(crypto, host, address, bound.port)
        tokens.set(address, known)
        return known(serverId)
      }
    }
  })
