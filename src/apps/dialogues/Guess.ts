/** `guess`: a client guesses a number from 1 to 5, and is shown the app's. With `prompt`, the app asks first. */
import * as Schema from "effect/Schema"
import { type App, close, define, tell, type Turn } from "../App.ts"
import { leave, makeClient, show } from "../AppClient.ts"
import * as Chance from "../Chance.ts"
import { flag } from "../ConfigFields.ts"
import type { Language, Texts } from "../Language.ts"
import * as Prompting from "./Prompting.ts"

interface State {
  readonly language: Language
  readonly prompts: boolean
  readonly own: number
}

const prompt = "Enter number: "

export const texts: Texts<"range"> = {
  en: { range: "A whole number from 1 to 5, please. That one does not count." },
  sk: { range: "Zadajte celé číslo od 1 do 5. Toto sa nepočíta." },
  sr: { range: "Унесите цео број од 1 до 5. Овај се не рачуна." },
  pl: { range: "Podaj liczbę całkowitą od 1 do 5. Ta się nie liczy." },
  uk: { range: "Введіть ціле число від 1 до 5. Це не зараховується." },
  ru: { range: "Введите целое число от 1 до 5. Это не засчитывается." }
}

const latePrompt = new RegExp(`^${prompt.trimEnd()}\\s*(?=\\S)`)

const app: App<State, { readonly prompt: boolean }> = {
  name: "guess",
  summary: "lets a client guess a number from 1 to 5 (prompt:true asks for it)",
  config: Schema.Struct({ prompt: flag(false) }),
  audience: "one",
  dialects: [{ transport: "tcp", framing: "auto", port: 8007 }],
  init: ({ prompt: prompts }, { crypto, language, seed }) => ({
    language,
    prompts,
    own: 1 + Chance.below(Chance.of(crypto, seed), 5)[0]
  }),
  on: (state, input): Turn<State> => {
    if (input._tag === "Joined") return [state, state.prompts ? [tell(input.member, prompt)] : []]
    if (input._tag !== "Said") return [state, []]
    const { member, text = "" } = input
    const guessed = text.trim()
    if (!/^[1-5]$/.test(guessed)) {
      return [state, [tell(member, texts[state.language].range + (state.prompts ? `\n${prompt}` : ""))]]
    }
    const answer = guessed === String(state.own)
      ? "Nice! I guessed that number"
      : `Wrong! I guessed ${state.own} and you typed ${guessed}`
    return [state, [tell(member, answer), close(member)]]
  },
  client: makeClient(
    () => Prompting.initial,
    (state, input) => {
      switch (input._tag) {
        case "Opened":
          return Prompting.asking(state, prompt)
        case "Typed":
          return Prompting.typed(state, input)
        case "Leaving":
        case "Ended":
          return [state, []]
        case "Received": {
          const all = Prompting.received(state, input.text ?? "")
          // The prompt of the server may come after the line that answered the one of this client.
          const next = { ...all, seen: all.seen.replace(latePrompt, "") }
          if (/^(?:Nice! I guessed that number|Wrong! I guessed \d+ and you typed \S)/.test(next.seen)) {
            return [next, [show(next.seen.trimEnd()), leave]]
          }
          if (/^(?:Nice|Wrong)!/.test(next.seen)) return [next, []]
          // A server that asks, asks what was asked; what else it says is shown, and asked again.
          if (next.seen.trimEnd().endsWith(prompt.trimEnd())) return Prompting.question(next)
          return Prompting.asking({ ...next, seen: "" }, prompt, [show(next.seen.trimEnd())])
        }
      }
    }
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "6" },
      { _tag: "Say", client: 1, message: "4" }
    ]
  }
}

export const guess = define(app)
