/** The program as a host of apps, and as their client. */
import { writeFileSync } from "node:fs"
import { connect, createServer } from "node:net"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import type { Line } from "./documented.ts"
import { folder, holub, serve, type Server, tidy } from "./holub.ts"

afterEach(() => tidy())

const portOf = async ({ process }: Server, app: string, transport = "tcp"): Promise<number> => {
  const is = (line: Line) => line.type === "listening" && line["app"] === app && line["transport"] === transport
  return Number((await process.lineThat(is))["port"])
}

/** What a plain program gets back for what it sends, until the server ends the connection. */
const answerTo = (port: number, sent: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let answer = ""
    const socket = connect(port, "127.0.0.1", () => void socket.write(sent))
    socket.on("data", (bytes) => {
      answer += String(bytes)
      if (answer === sent) socket.end("exit")
    }).on("close", () => resolve(answer)).on("error", reject)
  })

describe("serve --app", () => {
  it("answers a plain program, and reports seven events with its bytes", async () => {
    const server = await serve("--app", "echo@0")
    expect(await answerTo(await portOf(server, "echo"), "ahoj")).toBe("ahoj")
    await server.process.line("disconnected")
    server.process.kill("SIGTERM")
    const { code, lines } = await server.process.ended
    expect(code).toBe(0)
    const ofApp = lines.filter(({ app }) => app === "echo")
    expect([...new Set(ofApp.map(({ type }) => type))]).toEqual([
      "started",
      "listening",
      "connected",
      "received",
      "sent",
      "disconnected",
      "stopped"
    ])
    expect(ofApp.at(-2)).toMatchObject({ reason: "ended", receivedBytes: 8, sentBytes: 4 })
    expect(ofApp.at(-1)).toMatchObject({ connections: 1, receivedBytes: 8, sentBytes: 4 })
  })

  it("has its rooms over sessions; without a name a script gets their list", async () => {
    const server = await serve("--app", "echo@none")
    const session = holub(["join", `${server.address}/echo`, "--json", "--accept-new"], { input: "ahoj\nexit\n" })
    expect(await session.ended).toMatchObject({
      code: 0,
      lines: expect.arrayContaining([
        expect.objectContaining({ type: "received", app: "echo", transport: "session", text: "ahoj" })
      ])
    })
    const listed = await holub(["join", server.address, "--accept-new"], { input: "" }).ended
    expect(listed).toMatchObject({ code: 2, stderr: expect.stringContaining("offers echo") })
    const unknown = await holub(["join", `${server.address}/words`, "--accept-new"], { input: "" }).ended
    expect(unknown).toMatchObject({ code: 6, stdout: "" })
    expect(unknown.stderr).toContain(`${server.address} does not offer "words"`)
    expect(unknown.stderr).toContain("it offers echo")
    expect(unknown.stderr).not.toContain("connected")
  })

  it("remembers the names of addresses across a restart", async () => {
    const state = { XDG_STATE_HOME: folder() }
    const args = ["serve", "--json", "--port", "0", "--dir", join(folder(), "inbox"), "--app", "identify@0"]
    const visit = async (typed: string): Promise<string> => {
      const process = holub(args, { env: state })
      const is = (line: Line) => line.type === "listening" && line["app"] === "identify"
      const port = (await process.lineThat(is))["port"]
      const { stdout } = await holub(["join", "--raw", `tcp://127.0.0.1:${port}`, "--app", "identify"], {
        input: typed
      })
        .ended
      process.kill("SIGTERM")
      await process.ended
      return stdout
    }
    expect(await visit("Ala\n")).toContain("Hello, Ala")
    expect(await visit("")).toContain("Hello, Ala")
  })

  it("takes a taken port for an error with its remedy, or the next one with --port-search", async () => {
    const occupant = createServer().listen(0, "127.0.0.1")
    await new Promise((resolve) => occupant.once("listening", resolve))
    const address = occupant.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    try {
      const args = ["serve", "--port", "0", "--dir", join(folder(), "inbox"), "--app", `echo@${port}`]
      expect(await holub(args).ended).toMatchObject({ code: 2, stderr: expect.stringContaining("--port-search N") })
      const server = await serve("--app", `echo@${port}`, "--port-search", "20")
      expect(await portOf(server, "echo")).toBeGreaterThan(port)
    } finally {
      occupant.close()
    }
  })

  it("refuses a wrong app, key and file before it opens anything", async () => {
    const list = join(folder(), "words.txt")
    writeFileSync(list, Buffer.of(0xff, 0xfe))
    const wrong = async (app: string) => {
      const dir = join(folder(), "inbox")
      const { code, lines } = await holub(["serve", "--json", "--port", "0", "--dir", dir, "--app", app]).ended
      return [code, lines.map(({ type, message }) => `${type} ${String(message)}`).join()]
    }
    expect(await wrong("ecco")).toEqual([2, "error there is no app \"ecco\""])
    expect(await wrong("echo=a:1")).toEqual([2, "error echo has no key \"a\""])
    expect(await wrong(`words=list:${list}`)).toEqual([2, expect.stringContaining("is not text in UTF-8")])
  })
})

describe("join --raw", () => {
  it("ends with 3 where nothing listens, and escapes nothing of a server in a pipe", async () => {
    const server = createServer((socket) => socket.end("a\u001b[2Jb\r\n")).listen(0, "127.0.0.1")
    await new Promise((resolve) => server.once("listening", resolve))
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : 0
    const raw = () => holub(["join", "--raw", `tcp://127.0.0.1:${port}`, "--quiet"], { input: "" }).ended
    expect(await raw()).toMatchObject({ code: 0, stdout: "a\u001b[2Jb\n" })
    await new Promise((resolve) => server.close(resolve))
    expect(await raw()).toMatchObject({ code: 3, stdout: "" })
  })
})
