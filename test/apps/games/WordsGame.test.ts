import { describe, expect, it } from "@effect/vitest"
import { lettersOf, shown } from "../../../src/apps/games/HiddenWord.ts"
import * as WordsGame from "../../../src/apps/games/WordsGame.ts"

const letters = (text: string): ReadonlyArray<string> => lettersOf(text) ?? []
const names = ["ala", "bo", "cy"].map((name, at) => ({ member: at + 1, name }))
const game = WordsGame.begin(letters("banana"), names, 0)
/** The game after a move. */
const after = (move: WordsGame.Move | undefined): WordsGame.Game => move?.game ?? game
const pointsOf = (one: WordsGame.Game): ReadonlyArray<number> => one.players.map(({ points }) => points)

describe("a game of words", () => {
  it("begins with the first player, hidden and without points", () => {
    expect([game.turn, shown(game.word), pointsOf(game), WordsGame.deadline(game)]).toEqual([
      1,
      "******",
      [0, 0, 0],
      60_000
    ])
  })

  it("gives a point for each place of a letter, and the turn stays", () => {
    const hit = WordsGame.letter(game, "a", 5)
    expect(hit).toMatchObject({ _tag: "Hit", points: 3 })
    expect([after(hit).turn, pointsOf(after(hit)), after(hit).turnSince]).toEqual([1, [3, 0, 0], 5])
  })

  it("passes the turn after a miss, and refuses a letter that was named before", () => {
    const missed = after(WordsGame.letter(game, "x", 5))
    expect([missed.turn, pointsOf(missed)]).toEqual([2, [0, 0, 0]])
    expect(WordsGame.letter(missed, "x", 6)).toBeUndefined()
  })

  it("takes all points of a player for a wrong word, and only those", () => {
    const hit = after(WordsGame.letter(after(WordsGame.letter(game, "x", 1)), "n", 2))
    const wrong = after(WordsGame.word(after(WordsGame.letter(hit, "y", 3)), letters("bananas"), 4))
    expect([wrong.turn, pointsOf(wrong)]).toEqual([1, [0, 2, 0]])
    expect(pointsOf(after(WordsGame.word(hit, letters("ananas"), 3)))).toEqual([0, 0, 0])
  })

  it("gives points for the hidden letters and for the length of the word to the player that solves it", () => {
    const hit = after(WordsGame.letter(game, "n", 1))
    const solved = WordsGame.word(hit, letters("banana"), 2)
    expect(solved).toMatchObject({ _tag: "Hit", points: 4 })
    expect([WordsGame.isSolved(hit), WordsGame.isSolved(after(solved))]).toEqual([false, true])
    expect(pointsOf(WordsGame.rewarded(after(solved)))).toEqual([12, 0, 0])
  })

  it("goes on without a player, and ends without any", () => {
    const two = WordsGame.without(game, 1, 7)
    expect([two?.turn, two?.turnSince, two?.players.length]).toEqual([2, 7, 2])
    expect(two && WordsGame.without(two, 3, 8)?.turnSince).toBe(7)
    const one = two && WordsGame.without(two, 3, 8)
    expect(one && WordsGame.without(one, 2, 9)).toBeUndefined()
    expect(WordsGame.without({ ...game, turn: 3 }, 3, 7)?.turn).toBe(1)
  })

  it("ranks by points, equal players in the order of turns", () => {
    const hit = after(WordsGame.letter(after(WordsGame.letter(game, "x", 1)), "n", 2))
    expect(WordsGame.ranked(hit).map(({ name }) => name)).toEqual(["bo", "ala", "cy"])
  })

  it("waits a minute for a turn, and five for an answer of a player", () => {
    const over = WordsGame.passedOver(game, 60_000)
    expect([over.turn, WordsGame.isOverdue(over, 119_999), WordsGame.isOverdue(over, 120_000)]).toEqual([
      2,
      false,
      true
    ])
    const back = WordsGame.passedOver(over, 120_000)
    expect(WordsGame.lost(back, 299_999)).toEqual([])
    expect(WordsGame.lost(back, 300_000).map(({ name }) => name)).toEqual(["ala"])
    expect(WordsGame.lost(WordsGame.answered(back, 1, 200_000), 400_000).map(({ name }) => name)).toEqual(["bo"])
    expect(WordsGame.deadline(WordsGame.answered(over, 2, 100_000))).toBe(120_000)
  })
})
