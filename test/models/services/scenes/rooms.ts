/** Services whose clients meet in a room. */
import { expect } from "vitest"
import type { Client } from "../Client.ts"
import type { Scene } from "./Scene.ts"

/** A file of the word of the game, for our server. */
export const wordFile = "words.txt"
export const word = "holub"

export const chats: ReadonlyArray<Scene> = [
  {
    title: "letstalk passes on what each says",
    service: "letstalk",
    play: async (open) => {
      const ala = await open()
      await ala.says("ala")
      const bo = await open()
      await bo.says("ala")
      await bo.sees(/./)
      await bo.says("bo")
      await ala.sees("User bo has entered room")
      await ala.says("ahoj")
      await ala.sees("ala: ahoj")
      await bo.sees("ala: ahoj")
      await bo.says("čau")
      await ala.sees("bo: čau")
      bo.end()
      await bo.leaves()
      await ala.sees("User bo has left room")
      expect(ala.screen).toBe("User bo has entered room\nala: ahoj\nbo: čau\nUser bo has left room\n")
      expect(bo.screen).not.toContain("has entered")
      ala.end()
      await ala.leaves()
    }
  },
  {
    title: "linked passes on what each says, to its sender too",
    service: "linked",
    play: async (open) => {
      const ala = await open()
      await ala.says("ahoj")
      await ala.sees("ahoj")
      const bo = await open()
      await bo.says("čau")
      await Promise.all([ala.sees("čau"), bo.sees("čau")])
      await ala.says("ako?")
      await bo.sees("ako?")
      bo.end()
      await bo.leaves()
      await ala.says("dobre")
      await ala.sees("dobre")
      // The texts have no marks: one read may have several of them.
      expect([ala, bo].map(({ screen }) => screen.replaceAll("\n", ""))).toEqual(["ahojčauako?dobre", "čauako?"])
      ala.end()
      await ala.leaves()
    }
  },
  {
    title: "bingo draws and tells each ticket what it hits",
    service: "bingo",
    app: "bingo=every:1",
    play: async (open) => {
      const client = await open()
      await client.says("7 7 7 7 7")
      await client.says("3, 9; 14-40/41")
      await client.sees(/drawn(?: \d+){5}/)
      await client.sees(/you hit \d|BINGO/)
      client.end()
      await client.leaves()
    }
  }
]

/** The word as it was shown while letters were hidden. */
export const hiddenIn = (screen: string): ReadonlyArray<string> =>
  Array.from(screen.matchAll(/(?<![\p{L}*])[h*][o*][l*][u*][b*](?![\p{L}*])/gu), ([shown]) => shown)
    .filter((shown) => shown.includes("*"))

/** A game of two. What is said is free by the protocol, except the commands, the word, and the points at the end. */
export const game: Scene = {
  title: "words: two play a game by its rules",
  service: "words",
  app: `words=players:2,list:${wordFile}`,
  server: { players: 2, word },
  play: async (open) => {
    const ala = await open()
    await ala.says("ala")
    await ala.sees("ala")
    const bo = await open()
    await bo.says("bo")
    const turn = async (player: Client, times: number, move: string) => {
      // The first question is for the name.
      await player.asks(1 + times)
      await player.says(move)
    }
    await turn(ala, 1, "/letter h")
    await turn(ala, 2, "/letter x")
    await turn(bo, 1, "/letter o")
    await turn(bo, 2, "/letter h")
    await turn(bo, 3, "/word hora")
    await turn(ala, 3, "/word holub")
    await Promise.all([ala.leaves(), bo.leaves()])
    for (const { screen } of [ala, bo]) {
      // The word after each move; none where a letter was named again.
      expect(hiddenIn(screen)).toEqual(["*****", "h****", "h****", "ho***", "ho***"])
      expect(screen).toContain(word)
      // Three hidden letters, the letter before, the length of the word; a wrong word takes all points.
      expect(screen).toMatch(/\bala\b.*\b9\b.*\n.*\bbo\b.*\b0\b/)
    }
    expect(bo.screen).toMatch(/\bala\b.*\bx\b/)
    expect(ala.screen).toMatch(/\bbo\b.*\bhora\b/)
  }
}
