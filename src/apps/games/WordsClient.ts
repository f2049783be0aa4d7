/**
 * The client of the app `words`: it asks for a name, shows the texts, and at `/turn` asks for a letter or a word. It leaves at `/quit`.
 */
import { ask, type ClientInput, type ClientOutput, leave, makeClient, send, show } from "../AppClient.ts"
import type { Language } from "../Language.ts"
import { lettersOf } from "./HiddenWord.ts"
import { wordsTexts } from "./WordsTexts.ts"

interface State {
  readonly language: Language
  /** Before the first `/turn` a line is a name, also a second one after the first was refused. */
  readonly plays: boolean
}

const on = (state: State, input: ClientInput): readonly [State, ReadonlyArray<ClientOutput>] => {
  switch (input._tag) {
    case "Opened":
      return [state, [ask(wordsTexts[state.language].askName)]]
    case "Typed":
      return [state, input.line.trim() === "" ? [] : [send(state.plays ? moveOf(input.line.trim()) : input.line)]]
    case "Received":
      return received(state, input.text ?? "")
    case "Leaving":
      return [state, []]
    case "Ended":
      return [state, [leave]]
  }
}

/** A command as it is; one letter names it, more are a word. Both in their one spelling, for servers that compare bytes. */
const moveOf = (line: string): string => {
  if (line.startsWith("/")) return line
  const letters = lettersOf(line)
  return letters?.length === 1 ? `/letter ${letters[0]}` : `/word ${letters?.join("") ?? line}`
}

/** One line, or several where the framing has left them together. */
const received = (state: State, text: string): readonly [State, ReadonlyArray<ClientOutput>] => {
  const outputs: Array<ClientOutput> = []
  let next = state
  for (const line of text.replace(/\r?\n$/, "").split(/\r?\n/)) {
    if (!line.startsWith("/")) outputs.push(show(line))
    else if (isCommand(line, "quit")) return [next, [...outputs, leave]]
    else if (isCommand(line, "turn")) {
      next = { ...next, plays: true }
      outputs.push(ask(wordsTexts[state.language].askMove))
    }
  }
  return [next, outputs]
}

const isCommand = (line: string, name: string): boolean => line.split(/\s/, 1)[0] === `/${name}`

export const wordsClient = makeClient((language): State => ({ language, plays: false }), on)
