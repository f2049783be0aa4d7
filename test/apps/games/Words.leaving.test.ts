import { describe, expect, it } from "@effect/vitest"
import { during, roomOf } from "./wordsRoom.ts"

describe("words, when players leave or are away,", () => {
  it("passes the turn when a player leaves on it, and goes on with a single one", () => {
    const play = roomOf(["ala", "bo", "cy"])
    expect(during(play, () => play.leave(2, "reset"))).toEqual(["1> bo leaves", "3> bo leaves"])
    expect(during(play, () => play.leave(1, "reset"))).toEqual(["3> ala leaves", "3> On turn: cy", "3> /turn"])
    expect(during(play, () => play.say(3, "/word pigeon")).slice(-2)).toEqual(["3> /quit", "3x"])
  })

  it("ends a game whose players have all left, and begins another", () => {
    const play = roomOf(["ala", "bo"], { players: "2" })
    for (const client of [1, 2]) play.leave(client)
    expect(play.logged.at(-1)).toBe("the game is over: ")
    play.wait(3_600_000)
    for (const name of ["ala", "bo"]) play.say(play.join(), name)
    expect(play.told(3).at(-1)).toBe("/turn")
  })

  it("forgets a player who leaves before the game begins", () => {
    const play = roomOf(["ala", "bo"])
    expect(during(play, () => play.leave(1))).toEqual(["2> ala leaves"])
    play.say(play.join(), "ala")
    expect(play.told(3)).toEqual(["ala joins (2 of 3)"])
  })

  it("passes over a player that is away for a minute", () => {
    const play = roomOf(["ala", "bo"], { players: "2" })
    play.wait(30_000)
    play.say(1, "/letter")
    play.wait(29_999)
    expect(during(play, () => play.wait(1))).toEqual([
      "1> ala does not answer, the turn passes on",
      "2> ala does not answer, the turn passes on",
      "1> On turn: bo",
      "2> On turn: bo",
      "2> /turn"
    ])
    play.wait(59_000)
    play.say(2, "/letter g")
    play.wait(59_999)
    expect(during(play, () => play.wait(1)).at(-1)).toBe("1> /turn")
  })

  it("puts a player out that has not answered for five minutes", () => {
    const play = roomOf(["ala", "bo"], { players: "2" })
    for (const letter of ["x", "y", "z", "q"]) {
      play.wait(60_000)
      play.say(2, `/letter ${letter}`)
    }
    play.wait(59_999)
    expect(play.told(1).at(-1)).toBe("/turn")
    expect(during(play, () => play.wait(1))).toEqual([
      "1> You have not answered for 5 minutes and are out",
      "1> /quit",
      "1x",
      "2> ala has not answered for 5 minutes and is out",
      "2> On turn: bo",
      "2> /turn"
    ])
  })

  it("does not put a player out that waits for its turn", () => {
    const play = roomOf(["ala", "bo"], { players: "2", list: "abcdefghijk" })
    for (const letter of "abcdefghij") {
      play.wait(59_000)
      play.say(1, `/letter ${letter}`)
    }
    play.say(1, "/letter x")
    expect(during(play, () => play.say(2, "/word abcdefghijk"))[1]).toBe("2> Right: +1, together 1")
  })

  it("does not put a player out that answers, but passes it over", () => {
    const play = roomOf(["ala", "bo"], { players: "2" })
    for (let line = 0; line < 20; line++) {
      play.wait(50_000)
      for (const client of [1, 2]) play.say(client, "wait")
    }
    expect(play.room.present()).toHaveLength(2)
    expect(play.told(1)).toContain("ala does not answer, the turn passes on")
  })

  it("ends the game of players that are all away", () => {
    const play = roomOf(["ala", "bo"], { players: "2" })
    play.wait(3_600_000)
    expect(play.room.present()).toEqual([])
    for (const client of [1, 2]) {
      expect(play.told(client).slice(-2)).toEqual(["You have not answered for 5 minutes and are out", "/quit"])
    }
  })
})
