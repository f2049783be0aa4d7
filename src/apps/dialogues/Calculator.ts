/** `calculator`: asks for two numbers, answers their sum, and ends. */
import * as Schema from "effect/Schema"
import { type App, close, define, tell, type Turn } from "../App.ts"
import { leave, makeClient, show } from "../AppClient.ts"
import type { Language } from "../Language.ts"
import { add, type Decimal, format, isDecimal, parse } from "./Decimals.ts"
import { numberTexts } from "./NumberTexts.ts"
import * as Prompting from "./Prompting.ts"

interface State {
  readonly language: Language
  readonly first: Decimal | undefined
}

const app: App<State, {}> = {
  name: "calculator",
  summary: "asks for two numbers and answers their sum",
  config: Schema.Struct({}),
  audience: "one",
  dialects: [{ transport: "tcp", framing: "auto", port: 8006 }],
  init: (_, { language }) => ({ language, first: undefined }),
  on: (state, input): Turn<State> => {
    if (input._tag === "Joined") return [state, [tell(input.member, promptOf(state))]]
    if (input._tag !== "Said") return [state, []]
    const { member, text = "" } = input
    const number = parse(text)
    if (!isDecimal(number)) {
      return [state, [tell(member, `${numberTexts[state.language][number]}\n${promptOf(state)}`)]]
    }
    if (state.first === undefined) {
      const next = { ...state, first: number }
      return [next, [tell(member, promptOf(next))]]
    }
    return [state, [tell(member, format(add(state.first, number))), close(member)]]
  },
  client: makeClient(
    () => Prompting.initial,
    (state, input) => {
      if (input._tag === "Typed") return Prompting.typed(state, input)
      if (input._tag !== "Received") return [state, []]
      const next = Prompting.received(state, input.text ?? "")
      const isResult = isDecimal(parse(next.seen))
      return isResult ? [next, [show(`Result is: ${next.seen.trim()}`), leave]] : Prompting.question(next)
    }
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "125" },
      { _tag: "Say", client: 1, message: "pigeon" },
      { _tag: "Say", client: 1, message: "351" }
    ]
  }
}

const promptOf = ({ first }: State): string => `Enter number ${first === undefined ? 1 : 2}: `

export const calculator = define(app)
