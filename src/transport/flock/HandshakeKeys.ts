/** What both sides of a handshake make of their key pair and of a shared key: Noise, the gate, and the protection of packets. */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Crc } from "../../net/Crc.ts"
import { clearHandshake, type MakeHandshake } from "../../protocol/flock/handshake/Handshake.ts"
import type { ProtectionName } from "../../protocol/flock/handshake/Protection.ts"
import { Aead } from "../../security/Aead.ts"
import { aeadProtection } from "../../security/AeadProtection.ts"
import { Crypto, type KeyPair } from "../../security/Crypto.ts"
import { type Gate, gateOf } from "../../security/Gate.ts"
import type { Keyring } from "../../security/Keyring.ts"
import { type FirstKeys, noiseHandshake } from "../../security/NoiseHandshake.ts"

/** The secrets of one session, with which a recorded session can be decrypted. */
export interface SessionSecrets extends FirstKeys {
  readonly clientId: number
  readonly serverId: number
}

export interface SecurityOptions {
  /** `aead` encrypts and authenticates, `crc` detects accidental damage only. Both sides must use the same. Default: `aead`. */
  readonly protection?: "aead" | "crc" | undefined
  /** A secret of 32 bytes: a server answers only clients that have it too. */
  readonly psk?: Redacted.Redacted<Uint8Array> | undefined
  /** Receives the secrets of each session. For debugging: they decrypt everything. */
  readonly onSecrets?: ((secrets: SessionSecrets) => void) | undefined
}

/** What sessions with keys require. */
export type SecurityServices = Crc | Crypto | Aead | Keyring

export interface HandshakeKeys {
  readonly makeHandshake: MakeHandshake
  readonly protection: ProtectionName
  readonly gate: Gate | undefined
  /** Passes the secrets of the handshake that was finished last to `onSecrets`. */
  readonly announce: (clientId: number, serverId: number) => void
}

/** `local` is the static key pair of this side; undefined without keys. */
export const handshakeKeys = (
  { onSecrets, psk: redacted }: SecurityOptions,
  local: KeyPair | undefined
): Effect.Effect<HandshakeKeys, never, SecurityServices> =>
  Effect.gen(function*() {
    const { crc32 } = yield* Crc
    const crypto = yield* Crypto
    const aead = yield* Aead
    if (local === undefined) {
      const makeHandshake = clearHandshake(crc32)
      return { makeHandshake, protection: "crc", gate: undefined, announce: () => undefined }
    }
    const psk = redacted === undefined ? undefined : Redacted.value(redacted)
    const protection = psk === undefined ? "aead" : "aead-psk"
    let last: FirstKeys | undefined
    return {
      protection,
      gate: psk === undefined ? undefined : gateOf(crypto, psk),
      makeHandshake: noiseHandshake({
        crypto,
        local,
        psk,
        makeProtection: ({ receive, send }) => {
          const { encrypt } = crypto
          const made = aeadProtection({ name: protection, aead, encrypt, sealKey: send, openKey: receive })
          // The protection has copies.
          send.fill(0)
          receive.fill(0)
          return made
        },
        onSecrets: onSecrets === undefined ? undefined : (keys) => {
          last = { clientToServer: keys.clientToServer.slice(), serverToClient: keys.serverToClient.slice() }
        }
      }),
      announce: (clientId, serverId) => {
        if (last !== undefined) onSecrets?.({ clientId, serverId, ...last })
        last = undefined
      }
    }
  })
