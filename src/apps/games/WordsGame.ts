/** The rules of one game of `words`: turns, points, and how long a player may be away. It knows no texts. Times are Unix milliseconds. */
import type { Member } from "../App.ts"
import { hidden, hiddenPlaces, type HiddenWord, isSame, placesOf, withNamed } from "./HiddenWord.ts"

/** The time of one turn, in milliseconds; then the turn passes on. */
export const turnMillis = 60_000

/** The time for which a player may not answer, in milliseconds, until it is out of the game. */
export const awayMillis = 300_000

export interface Player {
  readonly member: Member
  readonly name: string
  readonly points: number
  /** Since when the game waits for a line of this player; Infinity while it does not. */
  readonly waitedSince: number
}

export interface Game {
  readonly word: HiddenWord
  /** In the order of turns; the player on turn is one of them. */
  readonly players: ReadonlyArray<Player>
  readonly turn: Member
  readonly turnSince: number
}

export const begin = (
  letters: ReadonlyArray<string>,
  names: ReadonlyArray<{ readonly member: Member; readonly name: string }>,
  now: number
): Game => {
  const players = names.map(({ member, name }) => ({ member, name, points: 0, waitedSince: Infinity }))
  return turnTo({ word: hidden(letters), players, turn: 0, turnSince: now }, players[0]?.member ?? 0, now)
}

/** The player on turn. */
export const onTurn = ({ players, turn }: Game): Player | undefined => players.find(({ member }) => member === turn)

/** A line of a player has come, whatever it says. */
export const answered = (game: Game, member: Member, now: number): Game =>
  withPlayer(game, member, (player) => ({ ...player, waitedSince: game.turn === member ? now : Infinity }))

export type Move =
  | { readonly _tag: "Missed"; readonly game: Game }
  /** `points` are those of this move. The turn stays. */
  | { readonly _tag: "Hit"; readonly game: Game; readonly points: number }

/** The player on turn names a letter. Undefined for a letter that was named before: that is no move. */
export const letter = (game: Game, named: string, now: number): Move | undefined => {
  if (game.word.named.has(named)) return undefined
  const points = placesOf(game.word, named)
  const next = { ...game, word: withNamed(game.word, named) }
  return points === 0
    ? { _tag: "Missed", game: ended(next, now) }
    : { _tag: "Hit", game: turnTo(withPoints(next, (before) => before + points), game.turn, now), points }
}

/** The player on turn says the word. After a hit it is solved. */
export const word = (game: Game, letters: ReadonlyArray<string>, now: number): Move => {
  if (!isSame(letters, game.word.letters)) return { _tag: "Missed", game: ended(withPoints(game, () => 0), now) }
  const points = hiddenPlaces(game.word)
  const solved = { ...game, word: { letters, named: new Set(letters) } }
  return { _tag: "Hit", game: withPoints(solved, (before) => before + points), points }
}

/** Whether all letters are shown. */
export const isSolved = (game: Game): boolean => hiddenPlaces(game.word) === 0

/** The solved game with the points for the length of the word. */
export const rewarded = (game: Game): Game => withPoints(game, (before) => before + game.word.letters.length)

/** The game with the next player on turn; the game goes on waiting for the one before. */
export const passedOver = (game: Game, now: number): Game => turnTo(game, following(game)?.member ?? game.turn, now)

/** The game without a player: if it was on turn, the next one is. Undefined without players. */
export const without = (game: Game, member: Member, now: number): Game | undefined => {
  const players = game.players.filter((player) => player.member !== member)
  const next = following(game)?.member
  if (players.length === 0 || next === undefined) return undefined
  return game.turn === member ? turnTo({ ...game, players }, next, now) : { ...game, players }
}

/** The players with most points first; equal ones in the order of turns. */
export const ranked = ({ players }: Game): ReadonlyArray<Player> =>
  players.toSorted((one, other) => other.points - one.points)

/** The players that were away for too long. */
export const lost = ({ players }: Game, now: number): ReadonlyArray<Player> =>
  players.filter(({ waitedSince }) => waitedSince + awayMillis <= now)

/** Whether the time of the turn is over. */
export const isOverdue = ({ turnSince }: Game, now: number): boolean => turnSince + turnMillis <= now

/** When a turn is over or a player is out. */
export const deadline = ({ players, turnSince }: Game): number =>
  Math.min(turnSince + turnMillis, ...players.map(({ waitedSince }) => waitedSince + awayMillis))

/** The game after a turn that ended with a move. */
const ended = (game: Game, now: number): Game =>
  passedOver(withPlayer(game, game.turn, (player) => ({ ...player, waitedSince: Infinity })), now)

const following = ({ players, turn }: Game): Player | undefined =>
  players[(players.findIndex(({ member }) => member === turn) + 1) % players.length]

const turnTo = (game: Game, turn: Member, now: number): Game =>
  withPlayer({ ...game, turn, turnSince: now }, turn, (player) => ({
    ...player,
    waitedSince: Math.min(player.waitedSince, now)
  }))

const withPoints = (game: Game, points: (before: number) => number): Game =>
  withPlayer(game, game.turn, (player) => ({ ...player, points: points(player.points) }))

const withPlayer = (game: Game, member: Member, change: (player: Player) => Player): Game => ({
  ...game,
  players: game.players.map((player) => player.member === member ? change(player) : player)
})
