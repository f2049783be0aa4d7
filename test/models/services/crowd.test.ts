/** Published clients with our server: ten at once, clients that die, messages that are cut anywhere. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { folder, tidy } from "../../processes/holub.ts"
import { Host } from "./Ours.ts"
import { dialogues, hiddenIn, word } from "./scenes.ts"
import { hasPython, needsPython, type Options, Stage, type StageClient } from "./Stage.ts"

const ten = Array.from({ length: 10 }, (_, at) => at + 1)

/** Dialogues of one client with a state of its own. */
const crowded = [
  "hello",
  "calculator",
  "guess",
  "paper-stone-scissors",
  "sum",
  "hello-http",
  "sink",
  "palindrome",
  "echo"
]
const firstOf = (service: string) => dialogues.find((scene) => scene.service === service)

/** Rooms of many, and others. */
const several = ["total", "letstalk", "letstalk/dying", "letstalk/words", "bingo=every:1s", "datagram-chat"]

/** What a client says before it dies. */
const dying: ReadonlyArray<readonly [service: string, lines: ReadonlyArray<string>]> = [
  ["hello", []],
  ["calculator", ["125"]],
  ["sum", ["2"]],
  ["letstalk", ["ala"]],
  ["bingo", ["1 2 3 4 5"]],
  ["palindrome", ["oko"]],
  ["echo", ["coo"]],
  ["words", ["ala\r\n"]]
]

describe.skipIf(!hasPython)(`published clients and our server${needsPython}`, () => {
  let stage: Stage
  let host: Host
  beforeAll(async () => {
    const words = join(folder(), "words.txt")
    writeFileSync(words, `${word}\n`)
    stage = new Stage()
    host = new Host([
      ...crowded,
      ...several,
      `words/ten=players:10,list:${words}`,
      ...["cut", "joined", "mixed", "late", "dying"].map((room) => `words/${room}=players:2,list:${words}`),
      "words"
    ])
    await host.start()
  })
  afterAll(tidy)

  const open = (service: string, app = service, client: Options = {}, transport?: string) =>
    stage.client(service, host.service(app, transport), client)
  const openTen = (service: string, app = service, transport?: string): Promise<ReadonlyArray<StageClient>> =>
    Promise.all(ten.map(() => open(service, app, {}, transport)))

  it.each(crowded)("ten at once: %s", async (service) => {
    const play = firstOf(service)?.play
    expect(play).toBeDefined()
    await Promise.all(ten.map(() => play?.(() => open(service))))
  })

  it("ten at once: total counts each once", async () => {
    const clients = await openTen("total")
    await Promise.all(clients.map((client) => client.says("GET / HTTP/1.1")))
    await Promise.all(clients.map((client) => client.leaves()))
    const counts = clients.map(({ screen }) => Number(/\r\n\r\nTotal (\d+)\n$/.exec(screen)?.[1]))
    expect(counts.toSorted((one, other) => one - other)).toEqual(ten)
  })

  it("ten at once: letstalk passes each text on to all", async () => {
    const clients = await openTen("letstalk")
    for (const [at, client] of clients.entries()) {
      await client.says(`user${at}`)
      await clients[0]?.sees(at === 0 ? "" : `User user${at} has entered room`)
    }
    for (const [at, client] of clients.entries()) {
      await client.says("ahoj")
      await Promise.all(clients.map((one) => one.sees(`user${at}: ahoj`)))
    }
  })

  it("ten at once: bingo draws once for all tickets", async () => {
    const clients = await openTen("bingo", "bingo=every:1s")
    await Promise.all(clients.map((client, at) => client.says(`${at + 1} ${at + 11} ${at + 21} ${at + 31} 47`)))
    // The published client checks the draw and what it hits.
    await Promise.all(clients.map((client) => client.sees("fair")))
    const draws = clients.map(({ screen }) => /drawn(?: \d+){5}/.exec(screen)?.[0])
    expect(new Set(draws).size).toBe(1)
  })

  it("ten at once: datagram-chat passes each text on to all others", async () => {
    const clients = await openTen("datagram-chat", "datagram-chat", "udp")
    for (const [at, client] of clients.entries()) await client.says(`user${at}`)
    for (const [at, client] of clients.entries()) {
      await client.says("ahoj")
      await Promise.all(clients.map((one) => one === client ? undefined : one.sees(`[user${at}] :: ahoj\n`)))
    }
    for (const [at, { screen }] of clients.entries()) expect(screen).not.toContain(`[user${at}]`)
  })

  it("ten at once: words has a turn for each, and tells all of the end", async () => {
    const app = `words/ten`
    const clients = await openTen("words", app)
    for (const [at, client] of clients.entries()) await client.says(`user${at}`)
    for (const [at, client] of clients.entries()) {
      await client.asks(2)
      await client.says(at === 9 ? `/word ${word}` : `/letter ${"acdefgijk".charAt(at)}`)
    }
    await Promise.all(clients.map((client) => client.leaves()))
    // Five hidden letters, and the length of the word.
    for (const { screen } of clients) expect(screen).toMatch(/\buser9\b.*\b10\b/)
  })

  it.each(dying)("%s goes on after a client that dies", async (service, lines) => {
    const app = service === "words" ? "words" : service === "letstalk" ? "letstalk/dying" : service
    const spec = service === "bingo" ? "bingo=every:1s" : app
    for (const how of ["reset", "close"] as const) {
      // The model of a player types only when it is its turn.
      const client = await open(service === "words" ? "plain" : service, spec)
      for (const line of lines) await client.says(line)
      // An earlier client may have had the same port.
      const since = host.lines.length
      await client.dies(how)
      const { reason } = await host.line(({ peer, type }) => type === "disconnected" && peer === client.at, since)
      expect([how, reason]).toEqual([how, how === "reset" ? "reset" : "ended"])
    }
    await firstOf(service)?.play(() => open(service, spec))
  })

  it("letstalk tells the others that a client has died", async () => {
    const ala = await open("letstalk", "letstalk/words")
    await ala.says("ala")
    for (const how of ["reset", "close"] as const) {
      const bo = await open("letstalk", "letstalk/words")
      await bo.says(`bo-${how}`)
      await ala.sees(`User bo-${how} has entered room`)
      await bo.dies(how)
      await ala.sees(`User bo-${how} has left room`)
    }
  })

  it("words passes the turn on when the player on turn dies in the middle of a line", async () => {
    const app = "words/dying"
    const ala = await open("plain", app)
    await ala.says("ala\r\n")
    const bo = await open("words", app)
    await bo.says("bo")
    await ala.sees("/turn\n")
    ala.types("/let")
    await ala.dies("reset")
    await bo.asks(2)
    await bo.says(`/word ${word}`)
    await bo.leaves()
    expect(bo.screen).toMatch(/\bbo\b.*\b10\b/)
  })

  it("words takes lines that are cut at every byte", async () => {
    const app = "words/cut"
    const ala = await open("plain", app, { cut: true })
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
})
