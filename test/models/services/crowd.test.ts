/** Published clients with our server: ten at once, and clients that die. */
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { folder, tidy } from "../../processes/holub.ts"
import { Host } from "./Ours.ts"
import { dialogues } from "./scenes/dialogues.ts"
import { type Dying, dying } from "./scenes/dying.ts"
import { word } from "./scenes/rooms.ts"
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
const several = [
  "total",
  "total/dying",
  "letstalk",
  "letstalk/dying",
  "letstalk/words",
  "bingo=every:1s",
  "bingo/dying=every:1h",
  "identify",
  "identify/dying",
  "paper-stone-scissors/ten=players:2",
  "paper-stone-scissors/dying=players:2",
  "open-port",
  "heartbeat/ten=every:1h",
  "heartbeat/silent=every:1s",
  "datagram-chat",
  "rendezvous"
]

/** What `open-port` answers to three datagrams. */
const edge = "Hello from me also\nHello from me also\nWoow..we speak on the edge\n"

describe.skipIf(!hasPython).concurrent(`published clients and our server${needsPython}`, () => {
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
      `words/dying=players:2,list:${words}`,
      "words/plain"
    ])
    await host.start()
  })
  afterAll(tidy)

  const open = (service: string, app = service, client: Options = {}, transport?: string) =>
    stage.client(service, host.service(app, transport), client)
  const openTen = (service: string, app = service, transport?: string): Promise<ReadonlyArray<StageClient>> =>
    Promise.all(ten.map(() => open(service, app, {}, transport)))

  /** Why the connection of a client that has died is over, as the server reports it. */
  const died = async (how: "reset" | "close", { lines, room, service, sees }: Dying) => {
    // An earlier client may have had the same port.
    const since = host.lines.length
    const client = await open(service, room ?? service)
    for (const line of lines) await client.says(line)
    if (sees !== undefined) await client.sees(sees)
    const reported = (event: string) => host.line(({ peer, type }) => type === event && peer === client.at, since)
    // A connection that is reset before it was accepted is not one of the app.
    await reported("connected")
    await client.dies(how)
    const { reason } = await reported("disconnected")
    return reason
  }

  /** Sends a datagram that the server is to drop; it is sent when the client asks for the next one. */
  const sent = async (client: StageClient) => {
    client.types("one")
    await client.asks(2)
  }

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
    const clients = await openTen("bingo")
    await Promise.all(clients.map((client, at) => client.says(`${at + 1} ${at + 11} ${at + 21} ${at + 31} 47`)))
    // The published client checks each draw and what it hits.
    await Promise.all(clients.map((client) => client.sees("fair")))
    const rounds = clients.flatMap(({ screen }) =>
      Array.from(
        screen.matchAll(/drawn((?: \d+){5})(?:(?!drawn)[^])*?round (\d+) secret/g),
        ([, draw, round]) => [round, draw]
      )
    )
    expect(rounds.length).toBeGreaterThanOrEqual(clients.length)
    expect(new Set(rounds.map(String)).size).toBe(new Map(rounds.map(([round, draw]) => [round, draw])).size)
  })

  it("ten at once: identify knows each by its address", async () => {
    // Each at an address of its own: all of 127.0.0.0/8 is this machine.
    const openEach = () => Promise.all(ten.map((at) => open("identify", "identify", { source: `127.0.0.${at + 1}` })))
    const unknown = await openEach()
    await Promise.all(unknown.map((client, at) => client.says(`user${at}`)))
    await Promise.all(unknown.map((client) => client.leaves()))
    const known = await openEach()
    await Promise.all(known.map((client) => client.leaves()))
    expect(known.map(({ screen }) => screen)).toEqual(ten.map((_, at) => `Hello, user${at}\n`))
  })

  it("ten at once: paper-stone-scissors makes pairs", async () => {
    const clients = await openTen("paper-stone-scissors", "paper-stone-scissors/ten")
    await Promise.all(clients.map((client) => client.says("2")))
    await Promise.all(clients.map((client) => client.leaves()))
    for (const { screen } of clients) expect(screen).toContain("You selected Stone\nI select Stone\nNobody won\n")
  })

  it("ten at once: open-port serves one, drops the others, and then serves the next", async () => {
    const [first, ...others] = await openTen("plain-datagrams", "open-port", "udp")
    await first?.says("one")
    for (const other of others) await sent(other)
    // Datagrams of one machine arrive in their order: those of the others are dropped before the second one of the first client.
    for (const text of ["two", "three"]) await first?.says(text)
    await first?.sees(edge)
    for (const other of others) {
      for (const text of ["one", "two", "three"]) await other.says(text)
      await other.sees(edge)
      expect(other.screen).toBe(edge)
    }
  })

  it("ten at once: heartbeat beats for the first, and drops the others", async () => {
    const [first, ...others] = await openTen("plain-datagrams", "heartbeat/ten", "udp")
    await first?.says("heartbeat")
    await first?.sees(/^[1-9]\d*\n/)
    for (const other of others) await sent(other)
    await first?.says("heartbeat")
    expect(others.map(({ screen }) => screen).join("")).toBe("")
    const ofApp = host.lines.filter(({ app }) => app === "heartbeat/ten")
    expect(ofApp.filter(({ type }) => type === "connected").map(({ peer }) => peer)).toEqual([first?.at])
    expect(ofApp).toContainEqual(expect.objectContaining({ type: "disconnected", reason: "refused" }))
  })

  it("heartbeat says when its client falls silent, stops, and then serves the next", async () => {
    const logged = (text: string) =>
      host.line((line) => line["app"] === "heartbeat/silent" && line["text"] === text && line["type"] === "logged")
    const client = await open("heartbeat", "heartbeat/silent", { beats: 1 }, "udp")
    await client.says("hi")
    await client.leaves()
    await logged("the other side fell silent")
    await logged("the other side was silent for 3 s: stopped")
    const next = await open("heartbeat", "heartbeat/silent", { beats: 1 }, "udp")
    await next.says("hi")
    await next.leaves()
  })

  it("ten at once: rendezvous lets each meet the one with the same word", async () => {
    const clients = await openTen("rendezvous", "rendezvous", "udp")
    await Promise.all(clients.map((client, at) => client.says(`word${at % 5}`)))
    await Promise.all(clients.map((client) => client.sees("peer")))
    for (const [at, client] of clients.entries()) client.types(`from ${at}`)
    await Promise.all(clients.map((client) => client.leaves()))
    for (const [at, { screen }] of clients.entries()) {
      expect(screen).toMatch(new RegExp(`peer\nfrom ${(at + 5) % 10}\n$`))
    }
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

  it.each(dying)("$service goes on after a client that dies", async (client) => {
    expect(await died("reset", client)).toBe("reset")
    expect(await died("close", client)).toBe("ended")
    const { room, service } = client
    await firstOf(service)?.play(() => open(service, room ?? service))
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

  it("paper-stone-scissors gives a player whose opponent has died the next one", async () => {
    const app = "paper-stone-scissors/dying"
    const ala = await open("paper-stone-scissors", app)
    await ala.says("1")
    const opponent = { service: "paper-stone-scissors", room: app, lines: [] }
    for (const how of ["reset", "close"] as const) await died(how, opponent)
    const bo = await open("paper-stone-scissors", app)
    await bo.says("2")
    await Promise.all([ala.leaves(), bo.leaves()])
    expect(ala.screen).toContain("You selected Paper\nI select Stone\nYou won\n")
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
})
