/** The published clients with our server: one process with an app for each scene. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { apps } from "../../../src/apps/Apps.ts"
import { folder, tidy } from "../../processes/holub.ts"
import { Host } from "./Ours.ts"
import { chats, datagrams, dialogues, game, type Scene, word, wordFile } from "./scenes.ts"
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
  "sink/plain",
  "palindrome/ones=answers:1",
  "paper-stone-scissors/menu=menu:true",
  "letstalk/mixed",
  "sum/lines"
]

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
  beforeAll(async () => {
    const words = join(folder(), "words.txt")
    writeFileSync(words, `${word}\n`)
    stage = new Stage()
    const plain = apps.map(({ name }) => name)
    host = new Host([...plain, ...unended.map(({ app }) => app), ...ended.map(({ app }) => app), ...more]
      .map((app) => app.replace(wordFile, words)))
    await host.start()
  })
  afterAll(tidy)

  const open = (service: string, app: string, client: Options = {}, transport?: string) =>
    stage.client(service, host.service(app, transport), client)

  it.each([...unended, ...ended])("$title", async ({ app, client, play, service, transport }) => {
    await play(() => open(service, app, client, transport))
  })

  it("bingo is fair: the draw follows from the secret that was promised", async () => {
    const client = await open("bingo", "bingo/fair=every:1")
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
  })

  it("total answers a client that goes on sending, and does not reset it", async () => {
    const client = await open("total", "total/large", { extra: 60_000 })
    client.types("GET / HTTP/1.1")
    await client.leaves()
    expect(client.screen).toBe("HTTP/1.1 200 OK\r\n\r\nTotal 1\n")
  })

  it("sink prints what each datagram gave", async () => {
    const client = await open("sink", "sink/plain", { udp: true }, "udp")
    await client.says("one")
    await client.says("two")
    client.end()
    await client.leaves()
    const own = host.lines.filter(({ peer, type }) => type === "received" && peer === client.at)
    expect(own.map(({ bytes, text }) => [bytes, text])).toEqual([[3, "one"], [3, "two"]])
  })

  it("palindrome answers by 1, where it was configured", async () => {
    const client = await open("palindrome", "palindrome/ones=answers:1", { answers: "1" })
    await client.says("oko")
    await client.says("coo")
    client.end()
    await client.leaves()
    expect(client.screen).toBe("yes\nno\n")
  })

  it("paper-stone-scissors sends the menu first, where it was configured", async () => {
    const client = await open("paper-stone-scissors", "paper-stone-scissors/menu=menu:true", { menu: true })
    await client.says("2")
    await client.leaves()
    expect(client.screen).toContain("You selected Stone")
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

  it("sum takes lines that come as one read", async () => {
    const client = await open("plain", "sum/lines")
    await client.says("2\n4\n15\n#\n", 4)
    await client.sees("21\n\n(end)")
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

  it("echo logs its events", async () => {
    const echo = host.lines.filter(({ app }) => app === unended.find(({ service }) => service === "echo")?.app)
    const types = new Set(echo.map(({ type }) => type))
    expect(["started", "listening", "connected", "received", "sent", "disconnected"].filter((type) => !types.has(type)))
      .toEqual([])
  })
})
