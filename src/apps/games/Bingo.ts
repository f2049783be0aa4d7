/**
 * `bingo`: five numbers of 47 are drawn at regular times; a ticket of five numbers may be replaced until the draw. Rounds are open only
 * while clients are there. `BingoDraw` has how a draw is checked.
 */
import * as HashMap from "effect/HashMap"
import * as Schema from "effect/Schema"
import { hexOf } from "../../protocol/Hex.ts"
import { type App, define, log, type Member, type Output, type Start, tell, tellAll, type Turn } from "../App.ts"
import { ask, makeClient, send, showMessage } from "../AppClient.ts"
import * as Chance from "../Chance.ts"
import { between } from "../ConfigDuration.ts"
import type { Texts } from "../Language.ts"
import { filled } from "../Wording.ts"
import { drawOf, numbersOfDraw, ticketOf } from "./BingoDraw.ts"

interface Rounds {
  readonly start: Pick<Start, "crypto" | "language">
  readonly everyMillis: number
  /** The secrets of the rounds to come. */
  readonly chance: Chance.Chance
  /** Clients that are there, with a ticket or without. */
  readonly present: number
  /** The number of the last round that was opened, from 1. */
  readonly round: number
  readonly secret: Uint8Array
  readonly tickets: HashMap.HashMap<Member, ReadonlyArray<number>>
  /** When the numbers are drawn; Infinity while no round is open. */
  readonly at: number
}

type Key = "askNumbers" | "noTicket" | "ticket"

export const texts: Texts<Key> = {
  en: {
    askNumbers: "Five different numbers from 1 to 47: ",
    noTicket: "A ticket is five different numbers from 1 to 47, such as 3 9 14 40 41",
    ticket: "Your ticket: {numbers}. Seconds to the draw: {seconds}"
  },
  sk: {
    askNumbers: "Päť rôznych čísel od 1 do 47: ",
    noTicket: "Tiket je päť rôznych čísel od 1 do 47, napríklad 3 9 14 40 41",
    ticket: "Váš tiket: {numbers}. Sekúnd do žrebovania: {seconds}"
  },
  sr: {
    askNumbers: "Пет различитих бројева од 1 до 47: ",
    noTicket: "Листић је пет различитих бројева од 1 до 47, на пример 3 9 14 40 41",
    ticket: "Ваш листић: {numbers}. Секунди до извлачења: {seconds}"
  },
  pl: {
    askNumbers: "Pięć różnych liczb od 1 do 47: ",
    noTicket: "Kupon to pięć różnych liczb od 1 do 47, na przykład 3 9 14 40 41",
    ticket: "Twój kupon: {numbers}. Sekund do losowania: {seconds}"
  },
  uk: {
    askNumbers: "П'ять різних чисел від 1 до 47: ",
    noTicket: "Квиток – це п'ять різних чисел від 1 до 47, наприклад 3 9 14 40 41",
    ticket: "Ваш квиток: {numbers}. Секунд до розіграшу: {seconds}"
  },
  ru: {
    askNumbers: "Пять разных чисел от 1 до 47: ",
    noTicket: "Билет – это пять разных чисел от 1 до 47, например 3 9 14 40 41",
    ticket: "Ваш билет: {numbers}. Секунд до розыгрыша: {seconds}"
  }
}

const app: App<Rounds, { readonly every: number }> = {
  name: "bingo",
  summary: "draws five numbers of 47 at regular times, so that everybody can check it",
  config: Schema.Struct({
    every: Schema.optionalWith(between(1000, 86_400_000), { exact: true, default: () => 60_000 })
  }),
  audience: "all",
  dialects: [{ transport: "tcp", framing: "auto", port: 8014 }],
  init: ({ every }, { crypto, language, seed }) => ({
    start: { crypto, language },
    everyMillis: every,
    chance: Chance.of(crypto, seed),
    present: 0,
    round: 0,
    secret: new Uint8Array(),
    tickets: HashMap.empty(),
    at: Infinity
  }),
  on: (state, input, now) => {
    switch (input._tag) {
      case "Joined":
        return joined(state, input.member, now)
      case "Left":
        return [left(state, input.member), []]
      case "Said":
        return said(state, input.member, input.text ?? "", now)
      case "Woken":
        return drawn(state, now)
    }
  },
  deadline: ({ at }) => at,
  client: makeClient(
    (language) => language,
    (language, input) => {
      const prompt = ask(texts[language].askNumbers)
      switch (input._tag) {
        case "Opened":
          return [language, [prompt]]
        case "Received":
          return [language, [showMessage(input), ...(input.text?.includes("drawn ") === true ? [prompt] : [])]]
        case "Typed":
          return [language, input.line === "" ? [] : [send(input.line)]]
        case "Leaving":
        case "Ended":
          return [language, []]
      }
    }
  ),
  example: {
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "3, 9, 14, 40, 41" },
      { _tag: "Join" },
      { _tag: "Say", client: 2, message: "7 7 7 7 7" },
      { _tag: "Wait", millis: 20_000 },
      { _tag: "Say", client: 2, message: "5-12-23-31-47" },
      { _tag: "Wait", millis: 40_000 }
    ]
  }
}

const joined = (state: Rounds, member: Member, now: number): Turn<Rounds> => {
  const present = { ...state, present: state.present + 1 }
  const open = state.present === 0 ? opened(present, now) : present
  return [open, [tell(member, commitmentOf(open))]]
}

const left = (state: Rounds, member: Member): Rounds => {
  const next = { ...state, present: state.present - 1, tickets: HashMap.remove(state.tickets, member) }
  return next.present === 0 ? { ...next, at: Infinity } : next
}

const said = (state: Rounds, member: Member, text: string, now: number): Turn<Rounds> => {
  const own = texts[state.start.language]
  const ticket = ticketOf(text)
  if (ticket === undefined) return [state, [tell(member, own.noTicket)]]
  const seconds = Math.max(0, Math.ceil((state.at - now) / 1000))
  const next = { ...state, tickets: HashMap.set(state.tickets, member, ticket) }
  return [next, [tell(member, filled(own.ticket, { numbers: ticket.join(" "), seconds }))]]
}

/** The draw, and the next round. */
const drawn = (state: Rounds, now: number): Turn<Rounds> => {
  if (now < state.at) return [state, []]
  const numbers = drawOf(state.start.crypto, state.secret, state.round)
  const outputs: Array<Output> = [tellAll(`drawn ${numbers.join(" ")}`)]
  for (const [member, ticket] of HashMap.toEntries(state.tickets)) {
    outputs.push(tell(member, resultOf(ticket.filter((number) => numbers.includes(number)))))
  }
  const next = opened(state, now)
  outputs.push(tellAll(`round ${state.round} secret ${hexOf(state.secret)}`), tellAll(commitmentOf(next)))
  outputs.push(log(`round ${state.round}: drawn ${numbers.join(" ")}, ${HashMap.size(state.tickets)} tickets`))
  return [next, outputs]
}

const resultOf = (hit: ReadonlyArray<number>): string => {
  if (hit.length === numbersOfDraw) return "BINGO"
  return hit.length === 0 ? "you hit 0" : `you hit ${hit.length}: ${hit.join(" ")}`
}

const opened = (state: Rounds, now: number): Rounds => {
  const [secret, chance] = Chance.block(state.chance)
  return { ...state, chance, secret, round: state.round + 1, tickets: HashMap.empty(), at: now + state.everyMillis }
}

const commitmentOf = ({ round, secret, start }: Rounds): string =>
  `round ${round} sha256 ${hexOf(start.crypto.sha256(secret))}`

export const bingo = define(app)
