/** The failures of a session whose keys are not trusted: what was seen, and the command that goes on. */
import { type Address, format } from "../../net/Address.ts"
import type { SessionError } from "../../transport/SessionError.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { Failure } from "../errors/Failure.ts"
import { quoted } from "../text/Format.ts"
import { textOf, wordsOf } from "./KeyName.ts"

/** What is known beside the error. */
export interface TrustFacts {
  /** The server as it was named. */
  readonly to: Address
  /** Whether the key stands in the destination. */
  readonly isPinned: boolean
  /** The trusted keys of the server. */
  readonly known: ReadonlyArray<Uint8Array>
  /** The command that pins a key, given as text. */
  readonly command: (keyText: string) => string
}

/** The failure when a person has not accepted the key of a server. */
export const declined = (to: Address): Failure =>
  new Failure({
    code: "UnknownKey",
    exitCode: ExitCode.notAuthenticated,
    message: `nothing was sent: the key of ${format(to)} was not accepted`,
    hint: "its operator can read the right words from `holub key show` on that machine; then try again"
  })

/** The failure of such an error; undefined for any other error. */
export const of = (error: SessionError, { command, isPinned, known, to }: TrustFacts): Failure | undefined => {
  const { key, reason } = error
  if (key === undefined) return undefined
  const server = format(to)
  const failure = (message: string, hint: string) =>
    new Failure({ code: reason, exitCode: ExitCode.notAuthenticated, message, hint })
  switch (reason) {
    case "UnknownKey":
      return failure(
        `the key of ${server} is not known; its words are: ${wordsOf(key)}`,
        `if the server shows the same words, send with its key: ${command(textOf(key))}`
      )
    case "ChangedKey":
      return failure(
        `${server} has another key than ${
          isPinned ? "the one in --to" : "before"
        }, and nothing was sent; its words are: ${wordsOf(key)}${wordsBefore(known)}`,
        `another machine may answer in its place. If its operator confirms the new words: ${
          isPinned ? command(textOf(key)) : `holub trust replace ${quoted(server)} ${textOf(key)}`
        }`
      )
    default:
      return undefined
  }
}

const wordsBefore = (known: ReadonlyArray<Uint8Array>): string =>
  known.length === 0 ? "" : `; before: ${known.map(wordsOf).join(", or ")}`
