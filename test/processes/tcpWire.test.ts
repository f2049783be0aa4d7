/** The built program over the wire tcp, with real sockets. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { content } from "../protocol/classic/exchange.ts"
import type { Line } from "./documented.ts"
import { folder, holub, send, serve, tidy } from "./holub.ts"

afterEach(tidy)

const tcp = ["--wire", "tcp"]

describe("over tcp", () => {
  it("a text and a file arrive unchanged, and both sides report the same", async () => {
    const server = await serve(...tcp)
    const bytes = content(3_000_000)
    const path = join(folder(), "a.bin")
    writeFileSync(path, bytes)
    const { code, lines } = await send(server, [...tcp, "--text", "Holub letí.", path])
    expect(code).toBe(0)
    expect(lines.map(({ type }) => type)).toEqual(["sent", "sent"])
    await server.process.line("received", 1)
    const received = server.process.lines.filter(({ type }) => type === "received")
    expect(received[0]).toMatchObject({ kind: "text", text: "Holub letí." })
    expect(received[1]).toMatchObject({ name: "a.bin", size: 3_000_000, sha256: lines[1]?.["sha256"] })
    expect(readFileSync(join(server.inbox, "a.bin")).equals(bytes)).toBe(true)
    expect((await server.process.line("disconnected"))["reason"]).toBe("ended")
    expect((await server.process.line("listening"))["wire"]).toBe("tcp")
  })

  it("join talks to an app, and is refused one that the server does not offer", async () => {
    const server = await serve(...tcp, "--app", "echo@none")
    const joining = (app: string) =>
      holub(["join", ...tcp, "--accept-new", "--json", `${server.address}/${app}`], { input: "ahoj\nexit\n" })
    const { code, lines } = await joining("echo").ended
    expect([code, lines.map(({ app, type }) => [app, type])]).toEqual([0, [
      [undefined, "connected"],
      ["echo", "connected"],
      ["echo", "sent"],
      ["echo", "received"],
      ["echo", "sent"],
      ["echo", "disconnected"],
      [undefined, "disconnected"]
    ]])
    expect(lines[3]).toMatchObject({ transport: "session", text: "ahoj" })
    const left = (line: Line) => line.type === "disconnected" && line["app"] === "echo"
    expect(await server.process.lineThat(left)).toMatchObject({ transport: "session", receivedBytes: 8, sentBytes: 4 })
    const refused = await joining("words").ended
    expect(refused.code).toBe(6)
    expect(refused.lines.at(-1)).toMatchObject({ code: "Unsupported", hint: "it offers echo" })
  })
})
