/** `sum`: adds the numbers that a client sends until `#` or an empty line, answers their sum, and ends. */
import * as Schema from "effect/Schema"
import { type App, close, define, tell, type Turn } from "../App.ts"
import { ask, leave, makeClient, send, show } from "../AppClient.ts"
import type { Language, Texts } from "../Language.ts"
import { add, type Decimal, format, isDecimal, type NumberFault, parse, zero } from "./Decimals.ts"
import { numberTexts } from "./NumberTexts.ts"

interface State {
  readonly language: Language
  readonly sum: Decimal
}

const app: App<State, {}> = {
  name: "sum",
  summary: "adds numbers until # or an empty line",
  config: Schema.Struct({}),
  audience: "one",
  dialects: [{ transport: "tcp", framing: "auto", port: 8009 }],
  init: (_, { language }) => ({ language, sum: zero }),
  on: (state, input): Turn<State> => {
    if (input._tag !== "Said") return [state, []]
    const { member, text } = input
    const { fault, isOver, sum } = text === undefined
      ? { fault: "NotNumber" as const, isOver: false, sum: state.sum }
      : added(state.sum, text)
    return [{ ...state, sum }, [
      ...(fault === undefined ? [] : [tell(member, numberTexts[state.language][fault])]),
      ...(isOver ? [tell(member, format(sum)), close(member)] : [])
    ]]
  },
  client: makeClient(
    (language) => ({ language, isOver: false }),
    (state, input) => {
      const { prompt } = texts[state.language]
      switch (input._tag) {
        case "Opened":
          return [state, [ask(prompt)]]
        case "Typed": {
          if (state.isOver) return [state, []]
          const isOver = isEnd(input.line)
          return [{ ...state, isOver }, isOver ? [send("#")] : [send(input.line), ask(prompt)]]
        }
        case "Received": {
          const shown = show((input.text ?? "").trimEnd())
          const isSum = state.isOver && isDecimal(parse(input.text ?? ""))
          return [state, isSum ? [shown, leave] : [shown]]
        }
        case "Leaving":
        case "Ended":
          return [state, []]
      }
    }
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "2" },
      { _tag: "Say", client: 1, message: "4" },
      { _tag: "Say", client: 1, message: "dove" },
      { _tag: "Say", client: 1, message: "15" },
      { _tag: "Say", client: 1, message: "#" }
    ]
  }
}

export const texts: Texts<"prompt"> = {
  en: { prompt: "Number, or # to end: " },
  sk: { prompt: "Číslo, alebo # na koniec: " },
  sr: { prompt: "Број, или # за крај: " },
  pl: { prompt: "Liczba albo # na koniec: " },
  uk: { prompt: "Число або # для завершення: " },
  ru: { prompt: "Число или # для завершения: " }
}

const isEnd = (line: string): boolean => line.trim() === "#" || line.trim() === ""

/**
 * Adds a message. A program that sends faster than it is read has several lines in one; each counts as if it had come alone, and the
 * answer has the first fault only.
 */
const added = (sum: Decimal, message: string) => {
  let next = sum
  let fault: NumberFault | undefined
  for (const line of message.replace(/\r?\n$/, "").split(/\r?\n/)) {
    if (isEnd(line)) return { fault, isOver: true, sum: next }
    const number = parse(line)
    if (isDecimal(number)) next = add(next, number)
    else fault ??= number
  }
  return { fault, isOver: false, sum: next }
}

export const sum = define(app)
