/** The configuration of the app `words`. */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { flag, wholeNumber } from "../ConfigFields.ts"
import { languages } from "../Language.ts"
import { wordsOf } from "./HiddenWord.ts"

/** Players of a game, at most: with more, a turn comes too rarely. */
export const mostPlayers = 20

/** The words of a list by their letters, from its text. */
const list = Schema.transformOrFail(Schema.String, Schema.Array(Schema.Array(Schema.String)), {
  strict: true,
  decode: (text, _, ast) =>
    Either.mapLeft(wordsOf(text), (message) => new ParseResult.Type(ast, text.slice(0, 20), message)),
  encode: (words) => ParseResult.succeed(words.map((letters) => letters.join("")).join("\n"))
})

export const wordsConfig = Schema.Struct({
  /** A game begins with so many players. */
  players: wholeNumber(1, mostPlayers, 3),
  /** Whether clients that come during a game may watch it. */
  spectators: flag(false),
  /** The language of the texts and of the list; that of the server if it is absent. */
  language: Schema.optionalWith(Schema.Literal(...languages), { exact: true }),
  /** The text of a list: a word a line, or words between `|`. Without it, the list of the language. */
  list: Schema.optionalWith(list, { exact: true })
})

export type WordsConfig = typeof wordsConfig.Type
