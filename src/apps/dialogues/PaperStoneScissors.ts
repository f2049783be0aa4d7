/**
 * `paper-stone-scissors`: a game against the app, round after round. With `players:2` clients play in pairs, and each has the other in
 * the app's part; with `menu` the app sends the menu and notices, for plain terminals: an existing client reads a single answer.
 */
import * as HashMap from "effect/HashMap"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { type App, define, type Input, type Member, type Output, tell, type Turn } from "../App.ts"
import * as Chance from "../Chance.ts"
import { flag, wholeNumber } from "../ConfigFields.ts"
import type { Language } from "../Language.ts"
import { type Choice, choiceOf, choices, client, menu, outcome, prompt, texts } from "./PaperStoneScissorsWords.ts"

interface Player {
  /** Hidden until the opponent has chosen too; replaceable until then. */
  readonly choice: Choice | undefined
  readonly opponent: Member | undefined
}

interface State {
  readonly language: Language
  readonly hasMenu: boolean
  readonly isForTwo: boolean
  readonly chance: Chance.Chance
  readonly players: HashMap.HashMap<Member, Player>
  /** The one player without an opponent: two would be a pair. */
  readonly waiting: Member | undefined
}

type Said = Extract<Input, { _tag: "Said" }>

const app: App<State, { readonly menu: boolean; readonly players: number }> = {
  name: "paper-stone-scissors",
  summary: "plays paper, stone, scissors (players:2 for pairs, menu:true shows what to type)",
  config: Schema.Struct({ menu: flag(false), players: wholeNumber(1, 2, 1) }),
  audience: "all",
  dialects: [{ transport: "tcp", framing: "auto", port: 8008 }],
  init: (config, { crypto, language, seed }) => ({
    language,
    hasMenu: config.menu,
    isForTwo: config.players === 2,
    chance: Chance.of(crypto, seed),
    players: HashMap.empty(),
    waiting: undefined
  }),
  on: (state, input) => {
    switch (input._tag) {
      case "Joined": {
        const greeting = state.hasMenu ? [tell(input.member, menu + prompt)] : []
        const [next, outputs] = state.isForTwo ? seated(state, input.member, undefined) : [state, []]
        return [next, [...greeting, ...outputs]]
      }
      case "Said":
        return chosen(state, input)
      case "Left":
        return left(state, input.member)
      case "Woken":
        return [state, []]
    }
  },
  client,
  example: {
    config: { menu: "true" },
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "3" },
      { _tag: "Say", client: 1, message: "paper" }
    ]
  }
}

const chosen = (state: State, { member, text = "" }: Said): Turn<State> => {
  const choice = choiceOf(text)
  if (choice === undefined) {
    return [state, [tell(member, texts[state.language].choose + (state.hasMenu ? `\n${prompt}` : ""))]]
  }
  if (state.isForTwo) return revealed(replaced(state, member, { choice }), member)
  const [drawn, chance] = Chance.below(state.chance, choices.length)
  return [{ ...state, chance }, answered(state, member, choice, choices[drawn] ?? choice)]
}

/** The answer to one of two, and the menu of the next round. */
const answered = (state: State, member: Member, own: Choice, other: Choice): ReadonlyArray<Output> => [
  tell(member, outcome(own, other)),
  ...(state.hasMenu ? [tell(member, `\n${menu}${prompt}`)] : [])
]

const playerOf = (state: State, member: Member | undefined): Player | undefined =>
  member === undefined ? undefined : Option.getOrUndefined(HashMap.get(state.players, member))

const replaced = (state: State, member: Member, change: Partial<Player>): State => {
  const player = playerOf(state, member) ?? { choice: undefined, opponent: undefined }
  return { ...state, players: HashMap.set(state.players, member, { ...player, ...change }) }
}

/** Makes a player without an opponent one of a pair, or the one that waits. */
const seated = (state: State, member: Member, choice: Choice | undefined): Turn<State> => {
  const opponent = state.waiting
  if (opponent === undefined) {
    const next = { ...replaced(state, member, { choice, opponent }), waiting: member }
    return [next, notice(next, member)]
  }
  const paired = replaced(replaced(state, opponent, { opponent: member }), member, { choice, opponent })
  return revealed({ ...paired, waiting: undefined }, member)
}

const notice = (state: State, member: Member): ReadonlyArray<Output> =>
  state.hasMenu ? [tell(member, `\n${texts[state.language].waiting}`)] : []

/** Answers both players of a pair once both have chosen. */
const revealed = (state: State, member: Member): Turn<State> => {
  const player = playerOf(state, member)
  const other = player?.opponent
  const [own, others] = [player?.choice, playerOf(state, other)?.choice]
  if (other === undefined || own === undefined || others === undefined) return [state, []]
  const cleared = replaced(replaced(state, member, { choice: undefined }), other, { choice: undefined })
  return [cleared, [...answered(state, member, own, others), ...answered(state, other, others, own)]]
}

const left = (state: State, member: Member): Turn<State> => {
  const opponent = playerOf(state, member)?.opponent
  const next = {
    ...state,
    players: HashMap.remove(state.players, member),
    waiting: state.waiting === member ? undefined : state.waiting
  }
  return opponent === undefined ? [next, []] : seated(next, opponent, playerOf(next, opponent)?.choice)
}

export const paperStoneScissors = define(app)
