/** Apps and clients for the tests of rooms. */
import * as Schema from "effect/Schema"
import { type AnyApp, type App, close, define, log, tell, tellAll } from "../../src/apps/App.ts"
import type { Client } from "../../src/conversation/Client.ts"

type Words = Readonly<Record<string, string>>

/** Repeats to all; remembers the last word by host; `every` milliseconds after a word it says `tick`. */
const repeating: App<{ readonly words: Words; readonly at: number }, { readonly every: number }> = {
  name: "repeating",
  summary: "repeats",
  config: Schema.Struct({ every: Schema.optionalWith(Schema.NumberFromString, { default: () => 1000 }) }),
  audience: "all",
  dialects: [{ transport: "tcp", framing: "auto", port: 9998 }],
  init: () => ({ words: {}, at: Infinity }),
  on: (state, input, now) => {
    if (input._tag === "Woken") return [{ ...state, at: Infinity }, [tellAll(`tick ${now % 100_000}`)]]
    if (input._tag !== "Said") return [state, []]
    const { member, text = "" } = input
    if (text === "throw") throw new Error("on purpose")
    if (text === "close") return [state, [close(member)]]
    return [{ words: { ...state.words, [`host${member}`]: text }, at: now + 1000 }, [tellAll(text), log(text)]]
  },
  deadline: ({ at }) => at,
  nameOf: ({ words }, member) => words[`host${member}`],
  memory: { of: ({ words }) => words, with: (state, words) => ({ ...state, words }) },
  example: { steps: [] }
}

export const repeatingApp: AnyApp = define(repeating)

/** Counts the messages of each client, which has a state of its own, and wakes a second after the first one. */
const own: App<{ readonly count: number; readonly at: number }, {}> = {
  name: "own",
  summary: "counts",
  config: Schema.Struct({}),
  audience: "one",
  dialects: [{ transport: "tcp", framing: "auto", port: 9997 }],
  init: () => ({ count: 0, at: Infinity }),
  on: (state, input, now) => {
    if (input._tag === "Woken") return [{ ...state, at: Infinity }, [tellAll("late")]]
    if (input._tag !== "Said") return [state, []]
    if (input.text === "throw") throw new Error("on purpose")
    const count = state.count + 1
    return [{ count, at: state.at === Infinity ? now + 1000 : state.at }, [tell(input.member, String(count))]]
  },
  deadline: ({ at }) => at,
  example: { steps: [] }
}

export const ownApp: AnyApp = define(own)

/** A client that keeps what it gets, and its end. */
export const recordingClient = (port = 1, host = "192.0.2.1", onSend: () => void = () => undefined) => {
  const told: Array<string | undefined> = []
  const ends: Array<string> = []
  const client: Client = {
    address: { host, port },
    transport: "tcp",
    send: ({ text }) => {
      told.push(text)
      onSend()
    },
    close: (reason) => ends.push(reason)
  }
  return { client, told, ends }
}
