/**
 * The client of a dialogue in which the server asks: the last line of what it has sent since the last answer is the question, however
 * it was divided into messages. A line that the person has typed before the question answers it.
 */
import type { AppClient, ClientInput, ClientOutput } from "../AppClient.ts"
import { ask, makeClient, send, show } from "../AppClient.ts"

export interface Prompting {
  /** What the server has sent since the last answer. */
  readonly seen: string
  /** The prompt that waits for an answer. */
  readonly prompt: string | undefined
  /** Lines that were typed before a question, in their order. */
  readonly typed: ReadonlyArray<string>
}

export const initial: Prompting = { seen: "", prompt: undefined, typed: [] }

/** Lines that wait for a question, at most: a script for a dialogue has a few. More are ignored. */
export const mostTyped = 64

/** Characters of a question that arrives in parts, at most. Older ones are forgotten. */
const mostSeen = 65_536

/** Adds what the server has sent. */
export const received = (state: Prompting, text: string): Prompting => ({
  ...state,
  seen: (state.seen + text).slice(-mostSeen)
})

/** Asks the last line of what was seen, and shows those before it; nothing for a question that is asked already. */
export const question = (state: Prompting): readonly [Prompting, ReadonlyArray<ClientOutput>] => {
  const lines = state.seen.replace(/\r?\n$/, "").split(/\r?\n/)
  const prompt = lines.at(-1) ?? ""
  const before = lines.slice(0, -1).join("\n")
  const shown = before === "" ? [] : [show(before)]
  return asking({ ...state, seen: prompt }, prompt, shown)
}

/** Asks with a prompt of the client's own, or answers at once with a line that was typed before. */
export const asking = (
  state: Prompting,
  prompt: string,
  before: ReadonlyArray<ClientOutput> = []
): readonly [Prompting, ReadonlyArray<ClientOutput>] => {
  const [line, ...typed] = state.typed
  if (line !== undefined) return [{ seen: "", prompt: undefined, typed }, [...before, send(line)]]
  return [{ ...state, prompt }, state.prompt === prompt ? before : [...before, ask(prompt)]]
}

/** Sends a typed line if a question waits for it, else keeps it for the next one. */
export const typed = (
  state: Prompting,
  { line }: Extract<ClientInput, { _tag: "Typed" }>
): readonly [Prompting, ReadonlyArray<ClientOutput>] => {
  if (state.prompt !== undefined) return [{ seen: "", prompt: undefined, typed: state.typed }, [send(line)]]
  return [state.typed.length < mostTyped ? { ...state, typed: [...state.typed, line] } : state, []]
}

/** The client of a server whose questions end as the pattern says. All else that it sends is shown. */
export const clientOf = (endsInQuestion: RegExp): AppClient =>
  makeClient(
    () => initial,
    (state, input) => {
      if (input._tag === "Typed") return typed(state, input)
      if (input._tag !== "Received") return [state, []]
      const next = received(state, input.text ?? "")
      if (endsInQuestion.test(next.seen)) return question(next)
      return next.prompt === undefined ? [{ ...next, seen: "" }, [show(next.seen.trimEnd())]] : [next, []]
    }
  )
