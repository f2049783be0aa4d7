/** `holub` on a terminal over flock, the default, and chosen by a flag or by the configuration file. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { content } from "../protocol/classic/exchange.ts"
import { choice, communicator, ended, serverIn } from "./communicator.ts"
import { folder, send, serve, tidy } from "./holub.ts"
import { closeTerminals } from "./Terminal.ts"

afterEach(() => {
  closeTerminals()
  return tidy()
})

describe("two communicators over flock", () => {
  it("carry a text and a file, and end the session", async () => {
    const [there, here] = [folder(), folder()]
    mkdirSync(join(there, "holub"))
    writeFileSync(join(there, "holub", "config.toml"), "wire = \"flock\"\n")
    const bytes = content(300_000)
    writeFileSync(join(here, "a.bin"), bytes)
    const { port, terminal: server } = await serverIn(there, { XDG_CONFIG_HOME: there })
    await server.waitsAt(choice)
    const client = communicator({ cwd: here }, `--wire flock --to 127.0.0.1:${port}`)
    await client.answers(choice, "client")
    await client.answers(/address of the server/, "")
    await client.answers(/port of the server/, "")
    await client.sees(/connected to 127\.0\.0\.1:\d+, round trip /)
    await client.answers(choice, "text")
    await client.answers(/^text \[/, "Holub letí.")
    await client.sees(/sent text: 12 B/)
    await client.answers(choice, "file")
    await client.answers(/^file.*:/, "")
    await client.sees(/sent a\.bin: /)
    await server.sees(/ connected\n\S+> Holub letí\.\n[^]*received a\.bin: /)
    expect(readFileSync(join(there, "in", "deep", "a.bin")).equals(bytes)).toBe(true)
    await client.answers(choice, "log out")
    await client.sees(/logged out/)
    await server.sees(/127\.0\.0\.1:\d+ left\n/)
    await client.answers(choice, "quit")
    expect(await ended(client)).toEqual({ code: 0, isAsBefore: true })
  })
})

describe("a communicator over flock", () => {
  it("reports that the server was stopped, and becomes a server itself, for `send` too", async () => {
    const there = await serve()
    const terminal = communicator({ cwd: folder() })
    await terminal.answers(choice, "client")
    await terminal.answers(/address of the server/, there.address)
    await terminal.answers(/port of the server/, "")
    await terminal.sees(/connected to /)
    await terminal.answers(choice, "text")
    await terminal.waitsAt(/^text \[/)
    terminal.type("half a te")
    await terminal.waitsAt(/half a te$/)
    there.process.kill("SIGTERM")
    await terminal.sees(/holub: 127\.0\.0\.1:\d+ ended the connection\n/)
    await terminal.answers(/your choice \[2\]:/, "server")
    await terminal.answers(/address to listen at/, "")
    await terminal.answers(/port \(0 for any free one\)/, "0")
    await terminal.answers(/directory for files/, "")
    const [, port] = await terminal.sees(/listening at 127\.0\.0\.1:(\d+)/)
    await terminal.waitsAt(choice)
    const sent = await send({ address: `127.0.0.1:${port}` }, ["--text", "ahoj"])
    expect(sent.code).toBe(0)
    await terminal.sees(/127\.0\.0\.1:\d+ connected\n127\.0\.0\.1:\d+> ahoj\n/)
    terminal.press("C-c")
    expect(await ended(terminal)).toEqual({ code: 130, isAsBefore: true })
  })
})
