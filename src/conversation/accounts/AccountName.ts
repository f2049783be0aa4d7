/**
 * The names of accounts: those of people (`PlainName`) without the characters that separate a name from a server, a room or a command.
 * `~` is for guests. Pure.
 */
import { foldOf, nameOf } from "../../apps/PlainName.ts"

export interface AccountName {
  readonly name: string
  /** Equal for names that may not exist beside each other. */
  readonly fold: string
}

/** The name in a text, or undefined for a text that is no name of an account. */
export const parse = (text: string | undefined): AccountName | undefined => {
  const name = nameOf(text)
  return name === undefined || /[@/#:]|^~/.test(name) ? undefined : { name, fold: foldOf(name) }
}
