/** The names of accounts: nicks (`Names`) that no other account has, or could be taken for. Pure. */
import * as Either from "effect/Either"
import { keysOf, nickOf, operatorNick } from "../../protocol/conversation/Names.ts"

export interface AccountName {
  readonly name: string
  /** Equal for names that differ in case only. */
  readonly fold: string
  /** Equal for names that look the same. */
  readonly look: string
}

/** The name in a text. Left: why the text is no name of an account, as a sentence without a full stop. */
export const parse = (text: string | undefined): Either.Either<AccountName, string> => {
  const read = nickOf(text)
  if (read._tag === "NoName") return Either.left(`a name that ${read.problem} cannot be taken`)
  const keys = keysOf(read.name)
  return keys.fold === operatorNick
    ? Either.left(`the name ${operatorNick} is that of the operator`)
    : Either.right({ name: read.name, ...keys })
}
