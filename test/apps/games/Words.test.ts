import { describe, expect, it } from "@effect/vitest"
import { words } from "../../../src/apps/games/Words.ts"
import { exampleOf, Rehearsal } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../../src/node/security/NodeCrypto.ts"
import { during, roomOf, since } from "./wordsRoom.ts"

describe("words", () => {
  it("is played byte for byte as the rules say", () => {
    const play = roomOf(["ala", "bo", "cy"])
    expect(since(play)).toEqual([
      "1> ala joins (1 of 3)",
      "1> bo joins (2 of 3)",
      "2> bo joins (2 of 3)",
      "1> cy joins (3 of 3)",
      "2> cy joins (3 of 3)",
      "3> cy joins (3 of 3)",
      "1> The game begins: ala, bo, cy",
      "2> The game begins: ala, bo, cy",
      "3> The game begins: ala, bo, cy",
      "1> Word: ******",
      "2> Word: ******",
      "3> Word: ******",
      "1> On turn: ala",
      "2> On turn: ala",
      "3> On turn: ala",
      "1> /turn"
    ])
    expect(during(play, () => play.say(1, "/letter g"))).toEqual([
      "2> ala names the letter g",
      "3> ala names the letter g",
      "1> The letter g: +1, together 1",
      "1> Word: **g***",
      "2> Word: **g***",
      "3> Word: **g***",
      "1> On turn: ala",
      "2> On turn: ala",
      "3> On turn: ala",
      "1> /turn"
    ])
    expect(during(play, () => play.say(1, "/letter x"))).toEqual([
      "2> ala names the letter x",
      "3> ala names the letter x",
      "1> The letter x is not in the word",
      "1> Word: **g***",
      "2> Word: **g***",
      "3> Word: **g***",
      "1> On turn: bo",
      "2> On turn: bo",
      "3> On turn: bo",
      "2> /turn"
    ])
    expect(during(play, () => play.say(2, "/letter G"))).toEqual(["2> The letter g was named before", "2> /turn"])
    expect(during(play, () => play.say(2, "/letter x"))).toEqual(["2> The letter x was named before", "2> /turn"])
    play.say(2, "/letter n")
    expect(during(play, () => play.say(2, "/word penguin"))).toEqual([
      "1> bo says the word penguin",
      "3> bo says the word penguin",
      "2> Wrong: all your points are gone",
      "1> Word: **g**n",
      "2> Word: **g**n",
      "3> Word: **g**n",
      "1> On turn: cy",
      "2> On turn: cy",
      "3> On turn: cy",
      "3> /turn"
    ])
    expect(during(play, () => play.say(3, "/word PIGEON\r\n"))).toEqual([
      "1> cy says the word pigeon",
      "2> cy says the word pigeon",
      "3> Right: +4, together 4",
      "3> Congratulations! For the word +6, together 10",
      ...["The word was: pigeon", "The game is over", "1. cy: 10", "2. ala: 1", "3. bo: 0", "/quit"]
        .flatMap((line) => [1, 2, 3].map((client) => `${client}> ${line}`)),
      "1x",
      "2x",
      "3x"
    ])
    expect(play.logged).toEqual(["the game begins: ala, bo, cy", "the game is over: 1. cy: 10, 2. ala: 1, 3. bo: 0"])
  })

  it("is won by the last letter too, and each place of a letter is a point", () => {
    const play = roomOf(["ala"], { players: "1", list: "banana" })
    for (const letter of ["b", "a"]) play.say(1, `/letter ${letter}`)
    expect(play.told(1).slice(-4)).toEqual(["The letter a: +3, together 4", "Word: ba*a*a", "On turn: ala", "/turn"])
    play.say(1, "/letter n")
    expect(play.told(1).slice(-6)).toEqual([
      "The letter n: +2, together 6",
      "Congratulations! For the word +6, together 12",
      "The word was: banana",
      "The game is over",
      "1. ala: 12",
      "/quit"
    ])
  })

  it("waits for players of a new game after one, who may have the names of before", () => {
    const play = roomOf(["ala"], { players: "1" })
    play.say(1, "/word pigeon")
    expect(play.room.present()).toEqual([])
    play.say(play.join(), "ala")
    expect(play.told(2)).toEqual([
      "ala joins (1 of 1)",
      "The game begins: ala",
      "Word: ******",
      "On turn: ala",
      "/turn"
    ])
  })

  it("refuses a move out of turn privately, and nothing changes", () => {
    const play = roomOf(["ala", "bo"], { players: "2" })
    expect(during(play, () => play.say(2, "/letter g"))).toEqual(["2> It is not your turn"])
    expect(during(play, () => play.say(2, "/word pigeon"))).toEqual(["2> It is not your turn"])
    expect(during(play, () => play.say(1, "/letter g")).slice(0, 2)).toEqual([
      "2> ala names the letter g",
      "1> The letter g: +1, together 1"
    ])
  })

  it.each([
    ["/letter", "The command /letter L needs one letter"],
    ["/letter   ", "The command /letter L needs one letter"],
    ["/letter ab", "The command /letter L needs one letter"],
    ["/letter *", "The command /letter L needs one letter"],
    ["/letter \u001b", "The command /letter L needs one letter"],
    ["/letter \u0301", "The command /letter L needs one letter"],
    ["/word", "The command /word W needs a word"],
    ["/word *g****", "The command /word W needs a word"],
    ["/word two words", "The command /word W needs a word"],
    ["/word a\u001b[2Jb", "The command /word W needs a word"],
    [`/word ${"x".repeat(65)}`, "The command /word W needs a word"],
    ["/letters g", "Unknown command. There are /letter L and /word W"],
    ["/quit", "Unknown command. There are /letter L and /word W"],
    [" /letter g", "Unknown command. There are /letter L and /word W"],
    ["g", "Unknown command. There are /letter L and /word W"],
    ["", "Unknown command. There are /letter L and /word W"],
    [Uint8Array.of(0xff), "Unknown command. There are /letter L and /word W"]
  ])("answers %j privately, and the game goes on", (line, answer) => {
    const play = roomOf(["ala", "bo"], { players: "2" })
    expect(during(play, () => play.say(1, line))).toEqual([`1> ${answer}`, "1> /turn"])
    expect(during(play, () => play.say(1, "/letter g"))[1]).toBe("1> The letter g: +1, together 1")
  })

  it("refuses names that are taken, unsafe or a command, and asks again", () => {
    const play = roomOf(["Žofia"])
    play.join()
    for (const name of ["žOFIA", "", "/letter m", "a\u0007", "bo"]) play.say(2, name)
    expect(play.told(2)).toEqual([
      "The name žOFIA is taken. Please send another one",
      "This cannot be a name. Please send another one",
      "This cannot be a name. Please send another one",
      "This cannot be a name. Please send another one",
      "bo joins (2 of 3)"
    ])
    expect(during(play, () => play.say(2, "hello?"))).toEqual(["2> The game has not begun: 2 of 3 are here"])
  })

  it("tells a newcomer during a game why it cannot play, and ends it after /quit", () => {
    const play = roomOf(["ala"], { players: "2" })
    play.join()
    play.say(play.join(), "bo")
    expect(during(play, () => play.join())).toEqual([
      "4> A game is being played. Please come back later",
      "4> /quit",
      "4x"
    ])
    expect(during(play, () => play.say(2, "cy"))).toEqual([
      "2> A game is being played. Please come back later",
      "2> /quit",
      "2x"
    ])
  })

  it("lets spectators watch, without moves", () => {
    const play = roomOf(["ala"], { players: "1", spectators: "true" })
    play.join()
    expect(during(play, () => play.say(2, "ALA"))).toEqual(["2> The name ALA is taken. Please send another one"])
    expect(during(play, () => play.say(2, "bo"))).toEqual(["1> bo watches", "2> bo watches", "2> Word: ******"])
    expect(during(play, () => play.say(2, "/letter g"))).toEqual(["2> You only watch and have no moves"])
    expect(during(play, () => play.say(1, "/letter g"))).toEqual([
      "2> ala names the letter g",
      "1> The letter g: +1, together 1",
      "1> Word: **g***",
      "2> Word: **g***",
      "1> On turn: ala",
      "2> On turn: ala",
      "1> /turn"
    ])
    play.say(play.join(), "cy")
    expect(during(play, () => play.leave(3))).toEqual(["1> cy leaves", "2> cy leaves"])
    expect(during(play, () => play.leave(1))).toEqual([
      "2> ala leaves",
      "2> The word was: pigeon",
      "2> The game is over",
      "2> /quit",
      "2x"
    ])
  })

  it("compares letters by graphemes in one form, and apostrophes by any sign", () => {
    const play = roomOf(["ala"], { players: "1", list: "Zo\u0308e\u2019S" })
    play.say(1, "/letter \u00d6")
    play.say(1, "/letter `")
    expect(play.told(1)).toContain("Word: *ö*'*")
    play.say(1, "/word zo\u0308e'S")
    expect(play.told(1)).toContain("Right: +3, together 5")
  })

  it("plays in the language of the server or of its configuration", () => {
    expect(roomOf(["ала"], { players: "1" }, { language: "uk" }).told(1).slice(-2)).toEqual(["Хід: ала", "/turn"])
    const serbian = new Rehearsal(words, { crypto, config: { players: "1", language: "sr" } })
    serbian.say(serbian.join(), "ђорђе")
    expect(serbian.told(1)[2]).toMatch(/^Реч: \*{5,}$/)
  })

  it("has an example in which a game is won", () => {
    expect(exampleOf(words, { crypto }).slice(-2).map(({ _tag }) => _tag)).toEqual(["Closed", "Closed"])
  })
})
