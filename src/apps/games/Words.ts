/**
 * `words`: players uncover a hidden word letter by letter. Lines are texts, those that begin with `/` are commands: `/turn` and `/quit`
 * to a client, `/letter L` and `/word W` from one. The first line of a client is its name. Before the app ends a connection it sends
 * `/quit`. `WordsGame` has the rules of a game.
 */
import { foldOf, nameOf } from "../../protocol/PlainName.ts"
import { type App, close, define, log, type Member, type Output, type Said, tell, tellSome, type Turn } from "../App.ts"
import * as Chance from "../Chance.ts"
import { filled } from "../Wording.ts"
import { letterOf, lettersOf, shown } from "./HiddenWord.ts"
import { wordLists } from "./words/WordLists.ts"
import { wordsClient } from "./WordsClient.ts"
import { type WordsConfig, wordsConfig } from "./WordsConfig.ts"
import * as WordsGame from "./WordsGame.ts"
import { type WordsKey, wordsTexts } from "./WordsTexts.ts"

/** Clients of a room, at most: 20 players, and others that watch or have not given a name. */
const mostMembers = 64

interface Named {
  readonly member: Member
  readonly name: string
}

interface State {
  readonly players: number
  readonly spectators: boolean
  readonly texts: Readonly<Record<WordsKey, string>>
  readonly list: ReadonlyArray<ReadonlyArray<string>>
  readonly chance: Chance.Chance
  /** Players of the next game; none while there is a game. */
  readonly waiting: ReadonlyArray<Named>
  readonly game: WordsGame.Game | undefined
  readonly watchers: ReadonlyArray<Named>
}

const app: App<State, WordsConfig> = {
  name: "words",
  summary: "players uncover a hidden word letter by letter",
  config: wordsConfig,
  configFiles: ["list"],
  audience: "all",
  mostMembers,
  dialects: [{ transport: "tcp", framing: "lines", port: 30_003 }],
  init: ({ language: own, list, players, spectators }, { crypto, language, seed }) => ({
    players,
    spectators,
    texts: wordsTexts[own ?? language],
    list: list ?? wordLists[own ?? language].map((word) => lettersOf(word) ?? []),
    chance: Chance.of(crypto, seed),
    waiting: [],
    game: undefined,
    watchers: []
  }),
  on: (state, input, now) => {
    switch (input._tag) {
      case "Joined":
        return [state, isClosed(state) ? turnedAway(state, input.member) : []]
      case "Said":
        return said(state, input, now)
      case "Left":
        return left(state, input.member, now)
      case "Woken":
        return woken(state, now)
    }
  },
  deadline: ({ game }) => game === undefined ? Infinity : WordsGame.deadline(game),
  nameOf: (state, member) => peopleOf(state).find((one) => one.member === member)?.name,
  client: wordsClient,
  example: {
    config: { players: "2", language: "en", list: "pigeon" },
    steps: [
      { _tag: "Join" },
      { _tag: "Say", client: 1, message: "ala" },
      { _tag: "Join" },
      { _tag: "Say", client: 2, message: "bo" },
      { _tag: "Say", client: 1, message: "/letter e" },
      { _tag: "Say", client: 1, message: "/letter a" },
      { _tag: "Say", client: 2, message: "/letter n" },
      { _tag: "Say", client: 2, message: "/word penguin" },
      { _tag: "Say", client: 1, message: "/word pigeon" }
    ]
  }
}

/** Whether a game is played that newcomers cannot watch. */
const isClosed = ({ game, spectators }: State): boolean => game !== undefined && !spectators

const turnedAway = ({ texts }: State, member: Member): ReadonlyArray<Output> => [
  tell(member, texts.running),
  ...dismissed(member)
]

const dismissed = (member: Member): ReadonlyArray<Output> => [tell(member, "/quit"), close(member)]

/** All clients that have given a name. */
const peopleOf = ({ game, waiting, watchers }: State): ReadonlyArray<Named> => [
  ...(game?.players ?? waiting),
  ...watchers
]

const toPeople = (state: State, text: string): Output => tellSome(peopleOf(state).map(({ member }) => member), text)

const said = (state: State, { member, text }: Said, now: number): Turn<State> => {
  const { game, texts, waiting, watchers } = state
  const player = game?.players.find((one) => one.member === member)
  if (game !== undefined && player !== undefined) {
    return moved({ ...state, game: WordsGame.answered(game, member, now) }, game, player, text, now)
  }
  if (watchers.some((one) => one.member === member)) return [state, [tell(member, texts.watching)]]
  if (!waiting.some((one) => one.member === member)) return named(state, member, text, now)
  return [state, [tell(member, filled(texts.waiting, { count: waiting.length, players: state.players }))]]
}

const named = (state: State, member: Member, text: string | undefined, now: number): Turn<State> => {
  const { game, texts } = state
  if (isClosed(state)) return [state, turnedAway(state, member)]
  const name = nameOf(text)
  if (name === undefined || name.startsWith("/")) return [state, [tell(member, texts.noName)]]
  if (peopleOf(state).some((other) => foldOf(other.name) === foldOf(name))) {
    return [state, [tell(member, filled(texts.taken, { name }))]]
  }
  if (game !== undefined) {
    const next = { ...state, watchers: [...state.watchers, { member, name }] }
    const word = filled(texts.word, { word: shown(game.word) })
    return [next, [toPeople(next, filled(texts.watches, { name })), tell(member, word)]]
  }
  const next = { ...state, waiting: [...state.waiting, { member, name }] }
  const count = next.waiting.length
  const joined = toPeople(next, filled(texts.joined, { name, count, players: state.players }))
  if (count < state.players) return [next, [joined]]
  const [begun, outputs] = begin(next, now)
  return [begun, [joined, ...outputs]]
}

const begin = (state: State, now: number): Turn<State> => {
  const [index, chance] = Chance.below(state.chance, state.list.length)
  const game = WordsGame.begin(state.list[index] ?? [], state.waiting, now)
  const next = { ...state, chance, waiting: [], game }
  const names = game.players.map(({ name }) => name).join(", ")
  return [next, [
    toPeople(next, filled(state.texts.begun, { names })),
    ...wordOf(next, game),
    ...turnOf(next, game),
    log(`the game begins: ${names}`)
  ]]
}

/** The word as all see it. */
const wordOf = (state: State, game: WordsGame.Game): ReadonlyArray<Output> => [
  toPeople(state, filled(state.texts.word, { word: shown(game.word) }))
]

/** Whose turn it is. */
const turnOf = (state: State, game: WordsGame.Game): ReadonlyArray<Output> => [
  toPeople(state, filled(state.texts.turn, { name: WordsGame.onTurn(game)?.name ?? "" })),
  tell(game.turn, "/turn")
]

/** A line of a player. `before` is the game before the line, `state` knows that the player has answered. */
const moved = (
  state: State,
  before: WordsGame.Game,
  { member, name }: WordsGame.Player,
  text: string | undefined,
  now: number
): Turn<State> => {
  const { game = before, texts } = state
  const isOnTurn = game.turn === member
  /** No move: the player on turn is asked again. */
  const refused = (reason: string): Turn<State> => [state, [
    tell(member, reason),
    ...(isOnTurn ? [tell(member, "/turn")] : [])
  ]]
  const others = (line: string): Output =>
    tellSome(peopleOf(state).filter((one) => one.member !== member).map((one) => one.member), line)
  const [, command, parameter = ""] = /^\/(letter|word)(?:\s+(.*))?$/su.exec(text?.trimEnd() ?? "") ?? []
  if (command === undefined) return refused(texts.unknown)
  if (!isOnTurn) return refused(texts.notYourTurn)
  if (command === "letter") {
    const letter = letterOf(parameter)
    if (letter === undefined) return refused(texts.useLetter)
    const move = WordsGame.letter(game, letter, now)
    if (move === undefined) return refused(filled(texts.namedBefore, { letter }))
    const notice = noticeOf(move, texts.hit, texts.missed, { letter })
    return after(state, member, move.game, [others(filled(texts.letter, { name, letter })), tell(member, notice)])
  }
  const letters = lettersOf(parameter)
  if (letters === undefined) return refused(texts.useWord)
  const move = WordsGame.word(game, letters, now)
  const notice = noticeOf(move, texts.right, texts.wrong, {})
  const guess = filled(texts.guess, { name, word: letters.join("") })
  return after(state, member, move.game, [others(guess), tell(member, notice)])
}

/** The notice of a move to its player. */
const noticeOf = (
  move: WordsGame.Move,
  hit: string,
  missed: string,
  values: Readonly<Record<string, string>>
): string =>
  move._tag === "Missed"
    ? filled(missed, values)
    : filled(hit, { ...values, points: move.points, total: WordsGame.onTurn(move.game)?.points ?? 0 })

/** After a move: the word and whose turn it is, or the end of the game. */
const after = (
  state: State,
  member: Member,
  game: WordsGame.Game,
  outputs: ReadonlyArray<Output>
): Turn<State> => {
  const next = { ...state, game }
  if (!WordsGame.isSolved(game)) return [next, [...outputs, ...wordOf(next, game), ...turnOf(next, game)]]
  const rewarded = WordsGame.rewarded(game)
  const [points, total] = [game.word.letters.length, WordsGame.onTurn(rewarded)?.points ?? 0]
  const congratulations = tell(member, filled(state.texts.congratulations, { points, total }))
  const [over, ending] = end({ ...state, game: rewarded }, rewarded)
  return [over, [...outputs, congratulations, ...ending]]
}

/** The end of a game: all leave, and the room waits for players of a new one. */
const end = (state: State, game: WordsGame.Game): Turn<State> => {
  const { texts } = state
  const scores = WordsGame.ranked(game).map(({ name, points }, at) => `${at + 1}. ${name}: ${points}`)
  return [{ ...state, game: undefined, watchers: [] }, [
    toPeople(state, filled(texts.solved, { word: game.word.letters.join("") })),
    toPeople(state, texts.over),
    ...scores.map((score) => toPeople(state, score)),
    toPeople(state, "/quit"),
    ...peopleOf(state).map(({ member }) => close(member)),
    log(`the game is over: ${scores.join(", ")}`)
  ]]
}

const left = (state: State, member: Member, now: number): Turn<State> => {
  const name = peopleOf(state).find((one) => one.member === member)?.name
  return name === undefined ? [state, []] : removed(state, member, filled(state.texts.left, { name }), now)
}

/** The state without a client; the others get `line`. */
const removed = (state: State, member: Member, line: string, now: number): Turn<State> => {
  const rest = (people: ReadonlyArray<Named>) => people.filter((one) => one.member !== member)
  const others = { ...state, waiting: rest(state.waiting), watchers: rest(state.watchers) }
  const { game } = state
  if (game === undefined) return [others, [toPeople(others, line)]]
  const remaining = WordsGame.without(game, member, now)
  if (remaining === undefined) {
    const empty = { ...others, game: { ...game, players: [] } }
    const [over, ending] = end(empty, empty.game)
    return [over, [toPeople(empty, line), ...ending]]
  }
  const next = { ...others, game: remaining }
  return [next, [toPeople(next, line), ...(game.turn === member ? turnOf(next, remaining) : [])]]
}

/** A player is out, or the turn passes on. */
const woken = (state: State, now: number): Turn<State> => {
  const { game, texts } = state
  if (game === undefined) return [state, []]
  const [lost] = WordsGame.lost(game, now)
  if (lost !== undefined) {
    const { member, name } = lost
    const [next, outputs] = removed(state, member, filled(texts.out, { name }), now)
    const [rest, more] = woken(next, now)
    return [rest, [tell(member, texts.youAreOut), ...dismissed(member), ...outputs, ...more]]
  }
  if (!WordsGame.isOverdue(game, now)) return [state, []]
  const next = { ...state, game: WordsGame.passedOver(game, now) }
  const name = WordsGame.onTurn(game)?.name ?? ""
  return [next, [toPeople(state, filled(texts.passedOver, { name })), ...turnOf(next, next.game)]]
}

export const words = define(app)
