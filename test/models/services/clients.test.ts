/** The published clients with our server: one process with an app for each scene. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { apps } from "../../../src/apps/Apps.ts"
import { withAccount } from "../../processes/accountStore.ts"
import { readLine } from "../../processes/documented.ts"
import { folder, tidy } from "../../processes/holub.ts"
import { Host } from "./Ours.ts"
import { datagrams } from "./scenes/datagrams.ts"
import { account, dialogues } from "./scenes/dialogues.ts"
import { chats, game, word, wordFile } from "./scenes/rooms.ts"
import type { Scene } from "./scenes/Scene.ts"
import { hasPython, needsPython, type Options, Stage } from "./Stage.ts"

const scenes = [...dialogues, ...chats, game, ...datagrams]

/** A room of its own for a scene. */
const roomed = (scene: Scene, at: number, kind = ""): Scene & { readonly app: string } => {
  const [, config = ""] = /(=.*)$/.exec(scene.app ?? "") ?? []
  return { ...scene, app: `${scene.service}/scene${at}${kind}${config}` }
}

/** Most clients end no message; these few end each by a newline. */
const unended = scenes.map((scene, at) => roomed(scene, at))
const ended = [...dialogues, ...chats].map((scene, at): Scene & { readonly app: string } => ({
  ...roomed(scene, at, "lines"),
  title: `${scene.title}, to a client of lines`,
  client: { ...scene.client, ending: "\n" }
}))

const more = [
  "bingo/fair=every:1",
  "total/api",
  "total/large",
  "hello-http/large",
  "sink/plain",
  "peer/plain",
  "multicast/plain",
  "palindrome/ones=answers:1",
  "paper-stone-scissors/menu=menu:true",
  "letstalk/logged",
  "echo/bytes",
  "echo/logged"
]

/** The group of our app. */
const group = "239.255.40.40"

/** The scripts of docs/SERVICES.md by their service, and what their comments say that they print. */
const scripts = Array.from(
  readFileSync(new URL("../../../docs/SERVICES.md", import.meta.url), "utf8").matchAll(
    /^## ([\w-]+)\n(?:(?!## ).*\n)*?```python\n([^]*?)^```$/gm
  ),
  ([, service = "", code = ""]) => {
    const printed = Array.from(code.matchAll(/^ *print\(.*\) {2}# (.*)$/gm), ([, text = ""]) => text).join("  ")
    return { service, code, printed }
  }
)

describe.skipIf(!hasPython)(`a published client and our server${needsPython}`, () => {
  let stage: Stage
  let host: Host
  let logFile: string
  beforeAll(async () => {
    const words = join(folder(), "words.txt")
    logFile = join(folder(), "holub.log")
    writeFileSync(words, `${word}\n`)
    stage = new Stage()
    const plain = apps.map(({ name }) => name)
    const all = [...plain, ...unended.map(({ app }) => app), ...ended.map(({ app }) => app), ...more]
    const store = join(folder(), "holub.store")
    await withAccount(store, account)
    host = new Host(all.map((app) => app.replace(wordFile, words)), ["--log-file", logFile, "--store", store])
    await host.start()
  })
  afterAll(tidy)

  const open = (service: string, app: string, client: Options = {}, transport?: string) =>
    stage.client(service, host.service(app, transport), client)

  describe.concurrent("in a room of its own", () => {
    it.each([...unended, ...ended])("$title", async ({ app, client, play, service, transport }) => {
      await play(() => open(service, app, client, transport))
    })

    it("bingo is fair: the draw follows from the secret that was promised", async () => {
      const client = await open("bingo", "bingo/fair")
      await client.says("1 12 23 34 47")
      await client.sees("fair")
    })

    it("total has its count as JSON under /api/total", async () => {
      const counted = await open("total", "total/api")
      await counted.says("GET / HTTP/1.1")
      await counted.leaves()
      const client = await open("total", "total/api")
      await client.says("GET /api/total HTTP/1.1")
      await client.leaves()
      const [head, body = ""] = client.screen.split("\r\n\r\n")
      expect(head).toMatch(/^HTTP\/1\.1 200 OK/)
      expect(Object.values(JSON.parse(body) as object)).toEqual([1])
      await host.line(({ app, text, type }) => app === "total/api" && type === "logged" && text === "Total 1")
    })

    it.each([["total", "Total 1"], ["hello-http", "Hello world"]])(
      "%s answers a client that goes on sending, and does not reset it",
      async (service, body) => {
        const client = await open(service, `${service}/large`, { extra: 60_000 })
        client.types("GET / HTTP/1.1")
        await client.leaves()
        expect(client.screen).toBe(`HTTP/1.1 200 OK\r\n\r\n${body}\n`)
      }
    )

    it("sink prints the connection and what each read gave", async () => {
      const client = await open("sink", "sink/plain")
      await client.says("one")
      await client.says("two")
      client.end()
      await client.leaves()
      await host.line(({ peer, type }) => type === "disconnected" && peer === client.at)
      const logged = host.lines.filter(({ app, type }) => app === "sink/plain" && type === "logged")
      const own = logged.map(({ text }) => String(text)).filter((text) => text.startsWith(client.at))
      expect(own).toEqual([`${client.at} has connected`, `${client.at}: one`, `${client.at}: two`])
    })

    it.each([
      ["sink", "udp", { udp: true }],
      ["peer", "udp", {}],
      ["multicast", "multicast", { group }]
    ])("%s prints what each datagram gave", async (service, transport, options) => {
      const client = await open(service, `${service}/plain`, options, transport)
      await client.says("one")
      await client.says("čau")
      client.end()
      await client.leaves()
      const own = host.lines.filter(({ peer, type }) => type === "received" && peer === client.at)
      expect(own.map(({ bytes, text }) => [bytes, text])).toEqual([[3, "one"], [4, "čau"]])
      await host.line(({ text, type }) => type === "logged" && text === `${client.at}: čau`)
    })

    it("palindrome answers by 1, where it was configured", async () => {
      const client = await open("palindrome", "palindrome/ones", { answers: "1" })
      await client.says("oko")
      await client.says("coo")
      client.end()
      await client.leaves()
      expect(client.screen).toBe("yes\nno\n")
    })

    it("paper-stone-scissors sends the menu first, where it was configured", async () => {
      const client = await open("paper-stone-scissors", "paper-stone-scissors/menu", { menu: true })
      await client.says("2")
      await client.leaves()
      expect(client.screen).toContain("You selected Stone")
    })

    it("letstalk logs what each says", async () => {
      const client = await open("letstalk", "letstalk/logged")
      await client.says("ala")
      await client.says("is the kettle on?")
      await host.line(({ app, text }) => app === "letstalk/logged" && text === "User ala say is the kettle on?")
    })

    it("echo sends back bytes that are no text, and the rest after a half-close", async () => {
      const client = await open("echo", "echo/bytes", { rest: "coo" })
      await client.says("hex:00ff0d0a80")
      client.end()
      await client.leaves()
      expect(client.screen).toBe("connected\nhex:00ff0d0a80\ndisconnected\n")
    })

    it("each service has a script in docs/SERVICES.md that prints something", () => {
      expect(scripts.map(({ service }) => service)).toEqual(apps.map(({ name }) => name))
      expect(scripts.filter(({ printed }) => printed === "")).toEqual([])
    })

    it.each(scripts)("the script of docs/SERVICES.md for $service prints it", async ({ code, printed, service }) => {
      const served = host.service(service)
      const own = code.replaceAll(/(?<=\("127\.0\.0\.1", )\d+/g, () => String(served.port))
      const client = await stage.client("script", served, { code: own })
      await client.leaves()
      expect(client.screen.trimEnd().split("\n").join("  ")).toBe(printed)
    })
  })

  it("echo reports seven events with their time, peer and bytes, to a file too; and each app reports its end", async () => {
    const client = await open("echo", "echo/logged")
    await client.says("coo")
    await client.says("exit")
    await client.leaves()
    host.process.kill("SIGTERM")
    expect((await host.process.ended).code).toBe(0)
    const { at: peer } = client
    const ofClient = { peer, transport: "tcp" }
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/)
    const eventsWith = (texts: ReadonlyArray<object>) =>
      [
        { type: "started" },
        { type: "listening", transport: "tcp", host: "127.0.0.1", port: expect.any(Number) },
        { type: "connected", ...ofClient },
        { type: "received", ...ofClient, bytes: 3, ...texts[0] },
        { type: "sent", ...ofClient, bytes: 3 },
        { type: "received", ...ofClient, bytes: 4, ...texts[1] },
        { type: "disconnected", ...ofClient, reason: "ended", receivedBytes: 7, sentBytes: 3 },
        { type: "stopped", connections: 1, receivedBytes: 7, sentBytes: 3 }
      ].map((event) => ({ v: 1, time, app: "echo/logged", ...event }))
    const ofApp = (line: Readonly<Record<string, unknown>>) => line["app"] === "echo/logged"
    expect(host.lines.filter(ofApp)).toEqual(eventsWith([{ text: "coo" }, { text: "exit" }]))
    // The file has no texts.
    expect(readFileSync(logFile, "utf8").trimEnd().split("\n").map(readLine).filter(ofApp)).toEqual(eventsWith([]))
    for (const { app, connections, receivedBytes, sentBytes } of host.lines.filter(({ type }) => type === "stopped")) {
      const own = host.lines.filter((line) => line["app"] === app)
      const of = (type: string) => own.filter((line) => line["type"] === type)
      const bytesOf = (type: string) => of(type).reduce((sum, { bytes }) => sum + Number(bytes), 0)
      const counted = {
        app,
        connections: of("connected").length,
        receivedBytes: bytesOf("received"),
        sentBytes: bytesOf("sent")
      }
      expect({ app, connections, receivedBytes, sentBytes }).toEqual(counted)
    }
    expect(host.lines.filter(({ type }) => type === "stopped").length).toBe(
      host.lines.filter(({ app, type }) => type === "started" && app !== undefined).length
    )
  })
})
