/** The built program over the wire tcp, with real sockets. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { content } from "../protocol/classic/exchange.ts"
import { folder, send, serve, tidy } from "./holub.ts"

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
})
