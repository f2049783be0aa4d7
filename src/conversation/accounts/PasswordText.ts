/** The passwords that are accepted, and the bytes of one. Pure. */
import * as Either from "effect/Either"
import { graphemesOf } from "../../protocol/PlainName.ts"
import * as Limits from "./AccountLimits.ts"

/**
 * The bytes of a password as they are hashed: its normal form C in UTF-8, with plain spaces (RFC 8265 §4.2.2, OpaqueString), so that two
 * keyboards that write one letter differently agree. Left: the reason why a text cannot be a password, which does not quote it.
 */
export const bytesOf = (text: string): Either.Either<Uint8Array, string> => {
  if (text.length > Limits.passwordBytes) return Either.left(tooLong)
  if (text === "") return Either.left("a password is not empty")
  if (/[\p{Cc}\p{Surrogate}]/u.test(text)) return Either.left("a password has no control characters")
  const bytes = encoder.encode(text.normalize("NFC").replaceAll(/\p{Zs}/gu, " "))
  return bytes.length > Limits.passwordBytes ? Either.left(tooLong) : Either.right(bytes)
}

/** The same for a new password, which has a least length. */
export const newBytesOf = (text: string): Either.Either<Uint8Array, string> =>
  Either.filterOrLeft(
    bytesOf(text),
    () => graphemesOf(text.normalize("NFC")).length >= Limits.leastPasswordCharacters,
    () => `a password has at least ${Limits.leastPasswordCharacters} characters`
  )

const tooLong = `a password has at most ${Limits.passwordBytes} bytes`

const encoder = new TextEncoder()
