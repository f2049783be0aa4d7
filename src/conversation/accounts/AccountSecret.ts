/**
 * The secrets that a server gives out once and then knows by their SHA-256 only: tokens, with which a device logs in, and invitations. Pure.
 */
import * as Either from "effect/Either"
import { hexOf } from "../../protocol/Hex.ts"
import { keyBytes, type Shape as Crypto } from "../../security/Crypto.ts"
import * as KeyText from "../../security/KeyText.ts"

export type SecretKind = "token" | "invitation"

export interface AccountSecret {
  /** `ht1…` or `hi1…`, 59 characters. */
  readonly text: string
  /** The SHA-256 of the 32 random bytes, in hexadecimal: what is stored. */
  readonly hash: string
}

/** A new secret of 32 unpredictable bytes. */
export const generate = (crypto: Pick<Crypto, "random" | "sha256">, kind: SecretKind): AccountSecret => {
  const bytes = crypto.random(keyBytes)
  const secret = { text: KeyText.encode(crypto, bytes, prefixes[kind]), hash: hexOf(crypto.sha256(bytes)) }
  bytes.fill(0)
  return secret
}

/** The hash under which a secret is stored; undefined for a text that is no secret of this kind. */
export const hashOf = (crypto: Pick<Crypto, "sha256">, kind: SecretKind, text: string): string | undefined => {
  // The checksum is compared before anything is looked up; it is no part of the secret.
  const bytes = Either.getOrUndefined(KeyText.parse(crypto, text.trim().slice(0, mostUnits), prefixes[kind]))
  return bytes === undefined ? undefined : hexOf(crypto.sha256(bytes))
}

const prefixes = { token: KeyText.tokenPrefix, invitation: KeyText.invitationPrefix } as const

/** More than a secret has; the rest makes it wrong. */
const mostUnits = KeyText.keyTextLength + 1
