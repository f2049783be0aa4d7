/**
 * Questions to a person: each is repeated until the answer is valid, and has a default that Enter accepts. This module
 * checks answers and choices from menus; the service reads the lines.
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type { Output } from "../report/Report.ts"
import { harmless } from "../text/Format.ts"
import { wrapped } from "../text/Wrap.ts"
import * as LineBreaks from "./LineBreaks.ts"

/** The person goes back instead of answering: Ctrl-D. */
export class Back extends Data.TaggedError("Back")<{}> {}

/** The completions of a line, as whole lines. */
export interface Completion {
  readonly lines: ReadonlyArray<string>
  /** The list that is shown when there are several. */
  readonly shown: ReadonlyArray<string>
}

/** Synchronous: the keys that follow Tab extend the completed line. */
export type Complete = (line: string) => Completion

export interface LineRequest {
  readonly prompt: string
  readonly complete?: Complete | undefined
  /** The arrow keys bring back the earlier lines of the same name. */
  readonly history?: string | undefined
  /** Whether the answer may have several lines, which are pasted. Otherwise only the first line of a paste is used. */
  readonly takesLines?: boolean | undefined
  /** Whether lines that were typed before the question are not used as answers. */
  readonly isSudden?: boolean | undefined
}

export interface Shape {
  /** Reads a line. An interruption removes the prompt. */
  readonly line: (request: LineRequest) => Effect.Effect<string, Back>
  /** The output above the current prompt. */
  readonly output: Output
}

export class Dialog extends Context.Tag("holub/Dialog")<Dialog, Shape>() {}

export interface Question<A, R = never> {
  readonly question: string
  /** The answer of Enter; empty when there is none. */
  readonly fallback: string
  /** The value of an answer, or the reason why it is invalid. */
  readonly check: (text: string) => Effect.Effect<A, string, R>
  readonly complete?: Complete | undefined
  readonly history?: string | undefined
  readonly takesLines?: boolean | undefined
}

/** Characters of a default that are shown. */
const shownCharacters = 40

/** Repeats a question until the answer is valid. */
export const ask = <A, R>(
  { check, complete, fallback, history, question, takesLines }: Question<A, R>
): Effect.Effect<A, Back, Dialog | R> =>
  Effect.gen(function*() {
    const dialog = yield* Dialog
    const prompt = fallback === "" ? `${question}: ` : `${question} [${shortened(fallback)}]: `
    while (true) {
      const typed = yield* dialog.line({ prompt, complete, history, takesLines })
      const answer = yield* Effect.either(check(typed.trim() === "" ? fallback : typed))
      if (answer._tag === "Right") return answer.right
      yield* print([`  ${harmless(answer.left)}`])
    }
  })

export interface Item<A> {
  readonly value: A
  /** May be typed instead of the number, completely or as an unambiguous prefix. */
  readonly word: string
  readonly label: string
}

export interface Menu<A> {
  readonly title: string
  readonly items: ReadonlyArray<Item<A>>
  /** The choice of Enter. */
  readonly fallback: A
}

/** Shows a menu and repeats the question until an item is chosen. */
export const choose = <A>({ fallback, items, title }: Menu<A>): Effect.Effect<A, Back, Dialog> =>
  Effect.gen(function*() {
    const width = Math.max(...items.map(({ word }) => word.length))
    yield* print(["", title])
    const left = items.map(({ word }, index) => `  ${index + 1}  ${word.padEnd(width)}  `)
    yield* print(items.map(({ label }, index) => `${left[index]}${label}`), left[0]?.length)
    const number = items.findIndex(({ value }) => value === fallback) + 1
    return yield* ask({
      question: "your choice",
      fallback: String(number),
      check: (text) => chosen(items, text),
      complete: wordsCompleted(items.map(({ word }) => word))
    })
  })

/** Shows lines. One that is wider than the terminal takes several, indented by `indent` from the second one on. */
export const print = (lines: ReadonlyArray<string>, indent = 2): Effect.Effect<void, never, Dialog> =>
  Effect.flatMap(Dialog, ({ output }) => {
    const shown = lines.flatMap((line) => wrapped(line, output.columns(), " ".repeat(indent)))
    output.write(`${shown.join("\n")}\n`)
    return output.drained
  })

/** Completes a line to one of the words. */
export const wordsCompleted = (words: ReadonlyArray<string>): Complete => (line) => {
  const lines = words.filter((word) => word.startsWith(line))
  return { lines, shown: lines }
}

const chosen = <A>(items: ReadonlyArray<Item<A>>, text: string): Effect.Effect<A, string> => {
  const typed = plain(text)
  const number = text.trim().replace(/[.)]$/, "")
  const exact = items.filter(({ word }, index) => String(index + 1) === number || plain(word) === typed)
  const found = exact.length > 0 || typed === "" ? exact : items.filter(({ word }) => plain(word).startsWith(typed))
  const [only] = found
  if (only !== undefined && found.length === 1) return Effect.succeed(only.value)
  const words = items.map(({ word }) => word)
  return Effect.fail(
    found.length > 1
      ? `"${text}" is ambiguous: ${found.map(({ word }) => word).join(" or ")}; type more letters, or a number`
      : `"${text}" is not in the menu; type a number from 1 to ${items.length}, or ${words.join(", ")}`
  )
}

/** The letters and digits in lower case: `Log out` equals `log-out`. */
const plain = (text: string): string => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "")

const shortened = (text: string): string => {
  const characters = Array.from(harmless(LineBreaks.onOneLine(text)))
  return characters.length <= shownCharacters
    ? characters.join("")
    : `${characters.slice(0, shownCharacters).join("")}…`
}
