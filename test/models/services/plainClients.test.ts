/** Messages of plain clients that are cut anywhere or come together, and what no published client sends. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { folder, tidy } from "../../processes/holub.ts"
import { Host } from "./Ours.ts"
import { hiddenIn, word } from "./scenes/rooms.ts"
import { hasPython, needsPython, type Options, Stage } from "./Stage.ts"

/** Headers of the echo lab, and what the model of the client knows of them. */
const headers: ReadonlyArray<readonly [framing: string, options: Options]> = [
  ["padded:10", { width: 10 }],
  ["padded:5,zeros", { width: 5, zeros: true }],
  ["padded:4,hex", { width: 4, hex: true }]
]
/** The room of a framing. */
const paddedApp = (framing: string): string => `echo/${framing.replaceAll(/\W/g, "-")}=framing:${framing}`

/** What a client has read, however it was divided into reads. */
const linesOf = ({ screen }: { readonly screen: string }) => screen.split("\n").filter((line) => line !== "")

describe.skipIf(!hasPython).concurrent(`plain clients and our server${needsPython}`, () => {
  let stage: Stage
  let host: Host
  beforeAll(async () => {
    const words = join(folder(), "words.txt")
    writeFileSync(words, `${word}\n`)
    stage = new Stage()
    const rooms = ["cut", "joined", "mixed", "late", "names", "letters"].map((room) => `words/${room}`)
    host = new Host([
      "echo",
      "letstalk/cut",
      "letstalk/mixed",
      "letstalk/names",
      "sum",
      "palindrome",
      ...rooms.map((room) => `${room}=players:2,list:${words}`),
      `words/watched=players:2,spectators:true,list:${words}`,
      ...headers.map(([framing]) => paddedApp(framing))
    ])
    await host.start()
  })
  afterAll(tidy)

  const open = (service: string, app: string, client: Options = {}) => stage.client(service, host.service(app), client)
  /** Sends each byte as a read of its own, after so many whole lines. */
  const cut = (whole = 0): Options => ({ witness: host.service("echo").port, whole })

  it.each(headers)("echo with the framing %s takes messages that are cut at every byte", async (framing, options) => {
    const client = await open("padded", paddedApp(framing), { ...options, ...cut() })
    for (const text of ["coo", "", "holub 🐦", "a text of more than sixteen bytes"]) await client.says(text)
    client.end()
    await client.leaves()
    expect(client.screen).toBe("coo\n\nholub 🐦\na text of more than sixteen bytes\n")
  })

  it.each(headers)("echo with the framing %s takes messages that come as one read", async (framing, options) => {
    const client = await open("padded", paddedApp(framing), options)
    await client.says("coo||holub 🐦|exit", 4)
    await client.leaves()
    expect(client.screen).toBe("coo\n\nholub 🐦\n")
  })

  it("words takes lines that are cut at every byte", async () => {
    const app = "words/cut"
    const ala = await open("plain", app, cut())
    const bo = await open("words", app)
    await ala.says("ála\r\n")
    await bo.says("bo")
    await ala.sees("/turn\n")
    await ala.says("/letter h\r\n")
    await ala.sees("h****\n")
    await ala.says(`/word ${word.toUpperCase()}\r\n`)
    await ala.sees("/quit\n")
    await bo.leaves()
    expect(bo.screen).toMatch(/ála: 10\b/)
  })

  it("words takes lines that come as one read", async () => {
    const app = "words/joined"
    const ala = await open("plain", app)
    const bo = await open("plain", app)
    await ala.says("ala\n")
    await bo.says("bo\n")
    await ala.sees("/turn\n")
    await ala.says(`/letter h\n/letter o\r\n/word ${word}\n`, 3)
    await ala.sees("/quit\n")
    await bo.sees("/quit\n")
    expect(hiddenIn(ala.screen)).toEqual(["*****", "h****", "ho***"])
  })

  it("letstalk takes lines that are cut at every byte, once a client speaks lines", async () => {
    const ala = await open("plain", "letstalk/cut", cut(1))
    const bo = await open("letstalk", "letstalk/cut")
    await ala.says("ála\r\n")
    await bo.says("bo")
    await ala.says("čau, holub 🐦\r\n")
    await bo.sees("ála: čau, holub 🐦\n")
    await ala.says("two\nthree\n", 2)
    await bo.sees("ála: three\n")
    expect(bo.screen).toBe("ála: čau, holub 🐦\nála: two\nála: three\n")
  })

  it("letstalk takes lines that come as one read", async () => {
    const ala = await open("plain", "letstalk/names")
    await ala.says("\nala\none\ntwo\n", 4)
    await ala.sees("ala: two\n")
    // The empty name is refused.
    expect(linesOf(ala)).toEqual([expect.any(String), "ala: one", "ala: two"])
  })

  it("letstalk speaks lines with those that speak lines, and with no others", async () => {
    const lines = await open("plain", "letstalk/mixed")
    const other = await open("plain", "letstalk/mixed")
    await lines.says("ala\n")
    await other.says("bo")
    await lines.sees("User bo has entered room\n")
    await other.says("one")
    await other.sees("bo: one\n")
    await lines.says("two\n")
    await lines.sees("ala: two\n\n")
    await other.sees("ala: two\n")
    expect(other.screen).toBe("bo: one\nala: two\n")
    expect(lines.screen).toBe("User bo has entered room\n\nbo: one\n\nala: two\n\n")
  })

  it("sum takes lines that are cut at every byte, and ends at a line of the sign alone", async () => {
    const client = await open("plain", "sum", cut(1))
    await client.says("2\n")
    await client.says("40\n4#\n-1.5\n", 3)
    await client.says("#\n")
    await client.sees("(end)")
    // What is no number is told.
    expect(linesOf(client)).toEqual([expect.any(String), "40.5", "(end)"])
  })

  it("sum takes lines that come as one read, and ends at an empty one", async () => {
    const client = await open("plain", "sum")
    await client.says("2\n4\n15\n\n", 4)
    await client.sees("21\n\n(end)")
  })

  it("palindrome ends at an empty line", async () => {
    const client = await open("plain", "palindrome")
    await client.says("oko\n")
    await client.sees("\0\n")
    await client.says(" \r\n")
    await client.sees("(end)")
  })

  it("words refuses a move out of turn, and nothing changes", async () => {
    const app = "words/mixed"
    const ala = await open("plain", app)
    const bo = await open("plain", app)
    await ala.says("ala\n")
    await bo.says("bo\n")
    await ala.sees("/turn\n")
    await bo.sees("*****")
    const before = ala.screen
    await bo.says(`/word ${word}\n`)
    await bo.says("/letter\n")
    await ala.says("/letter h\n")
    await ala.sees("h****")
    expect(ala.screen.startsWith(before)).toBe(true)
    expect(ala.screen.slice(before.length)).not.toMatch(/\bbo\b.*holub/)
    expect(bo.screen).not.toMatch(/\/quit|\/turn/)
  })

  it("words tells a newcomer during a game why not, says /quit, and only then closes", async () => {
    const app = "words/late"
    const players = [await open("words", app), await open("words", app)]
    for (const [at, player] of players.entries()) await player.says(`user${at}`)
    await players[0]?.asks(2)
    const late = await open("plain", app)
    late.types("late\n")
    await late.sees("(end)")
    expect(late.screen).toMatch(/^.+\n\/quit\n\n\(end\)\n$/s)
  })

  it("words refuses a name that another player has, and takes another one", async () => {
    const app = "words/names"
    const ala = await open("plain", app)
    const bo = await open("plain", app)
    await ala.says("ala\n")
    await bo.says("ALA\n")
    await bo.sees(/./)
    expect(ala.screen).not.toContain("/turn")
    await bo.says("bo\n")
    await ala.sees("/turn\n")
  })

  it("words is over when the last letter is named, each letter a point for each place", async () => {
    const app = "words/letters"
    const players = [await open("words", app), await open("words", app)]
    for (const [at, player] of players.entries()) await player.says(`user${at}`)
    for (const [at, letter] of Array.from(word).entries()) {
      await players[0]?.asks(2 + at)
      await players[0]?.says(`/letter ${letter}`)
    }
    await Promise.all(players.map((player) => player.leaves()))
    for (const { screen } of players) expect(screen).toMatch(/\buser0\b.*\b10\b.*\n.*\buser1\b.*\b0\b/)
  })

  it("words lets a newcomer during a game watch, where it was configured", async () => {
    const app = `words/watched`
    const players = [await open("words", app), await open("words", app)]
    for (const [at, player] of players.entries()) await player.says(`user${at}`)
    await players[0]?.asks(2)
    const late = await open("plain", app)
    await late.says("late\n")
    await players[0]?.says("/letter h")
    await late.sees("h****")
    expect(late.screen).not.toMatch(/\/turn|\/quit/)
    await players[0]?.asks(3)
    await players[0]?.says(`/word ${word}`)
    await late.sees(word)
  })
})
