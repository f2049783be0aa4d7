/** `holub` on a terminal, as a person uses it. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { choice, clientOf, communicator, ended, processOf, serverIn } from "./communicator.ts"
import { folder, send, serve, serveClassic, tidy } from "./holub.ts"
import { closeTerminals } from "./Terminal.ts"

afterEach(() => {
  closeTerminals()
  return tidy()
})

describe("a client on a terminal", () => {
  it("sends texts and files over classic, plain and damaged, and reports the mistake in an answer", async () => {
    const server = await serveClassic()
    const home = folder()
    mkdirSync(join(home, "two words"))
    writeFileSync(join(home, "two words", "it's.txt"), "0123456789".repeat(10))
    const terminal = communicator({ cwd: home }, "--wire classic")
    await terminal.answers(choice, "cl")
    await terminal.answers(/address of the server/, "no such host")
    await terminal.sees(/"no such host" is not an address/)
    await terminal.answers(/address of the server/, "")
    await terminal.answers(/port of the server/, "70000")
    await terminal.sees(/a port must be a whole number from 1 to 65535, not "70000"/)
    await terminal.answers(/port of the server/, String(server.port))
    await terminal.answers(choice, "text")
    await terminal.answers(/text \[/, "ahoj")
    await terminal.answers(/fragment size in bytes \(1 to 1445\) \[1445\]:/, "0")
    await terminal.sees(/a fragment size must be a whole number from 1 to 1445, not "0"/)
    await terminal.answers(/fragment size .* \[1445\]:/, "3")
    await terminal.sees(/sent text: 4 B .*2 fragments/)
    await terminal.answers(choice, "2")
    await terminal.answers(/text \[ahoj\]:/, "poškodený")
    await terminal.answers(/fragments to damage/, "")
    await terminal.answers(/how /, "")
    await terminal.answers(/fragment size .* \[3\]:/, "")
    await terminal.sees(/sent text: [^]*damaged on purpose 1: 1\n/)
    await terminal.answers(choice, "file")
    await terminal.answers(/file.*:/, "missing.txt")
    await terminal.sees(/cannot send ".*missing\.txt": it does not exist/)
    await terminal.waitsAt(/^file.*:/)
    terminal.type("two")
    terminal.press("Tab")
    await terminal.waitsAt(/^file: two words\/$/)
    terminal.press("Tab")
    await terminal.waitsAt(/^file: two words\/it\\'s\.txt$/)
    terminal.press("Enter")
    await terminal.answers(/fragment size/, "20")
    await terminal.sees(/sent it's\.txt: 100 B/)
    await terminal.answers(choice, "file error")
    await terminal.answers(/file \['/, "")
    await terminal.answers(/fragments to damage .*\[first\]:/, "sometimes")
    await terminal.sees(/the selection must be first, every:N/)
    await terminal.answers(/fragments to damage .*\[first\]:/, "every:2")
    await terminal.answers(/how /, "flip")
    await terminal.answers(/fragment size .* \[20\]:/, "10")
    await terminal.sees(/sent it's\.txt: [^]*damaged on purpose 5: 2, 4, 6, 8, 10\n/)
    await terminal.answers(choice, "log out")
    await terminal.sees(/logged out/)
    await terminal.answers(choice, "quit")
    expect(await ended(terminal)).toEqual({ code: 0, isAsBefore: true })

    expect(await server.process.line("disconnected")).toMatchObject({ reason: "ended" })
    expect(server.process.lines.filter(({ type }) => type === "received")).toMatchObject([
      { text: "ahoj", fragments: 2, damaged: 0 },
      { text: "poškodený", damaged: 1 },
      { name: "it's.txt", damaged: 0 },
      { name: "it's.txt", fragments: 11, damaged: 5 }
    ])
    expect(readFileSync(join(server.inbox, "it's (1).txt"), "utf8")).toBe("0123456789".repeat(10))
  })

  it("reports why there is no answer, and asks again", async () => {
    const { port, process } = await serve()
    process.kill("SIGTERM")
    await process.ended
    const terminal = communicator({ cwd: folder(), env: { HOLUB_TO: `127.0.0.1:${port}` } })
    await terminal.answers(choice, "")
    await terminal.answers(/address of the server/, "")
    await terminal.answers(/port of the server/, "")
    await terminal.sees(/holub: .*127\.0\.0\.1:\d+/)
    await terminal.waitsAt(/address of the server/)
    terminal.press("C-d")
    await terminal.sees(/Main menu/)
  })

  it("reports that the server was killed while a question waits, and shows its menus again", async () => {
    const server = await serve()
    const terminal = await clientOf(server.port, folder(), { HOLUB_TIMEOUT: "5s" })
    await terminal.answers(choice, "text")
    await terminal.waitsAt(/^text \[/)
    terminal.type("half a te")
    await terminal.waitsAt(/half a te$/)
    server.process.kill("SIGKILL")
    await terminal.sees(/holub: 127\.0\.0\.1:\d+ stopped answering\n/)
    await terminal.sees(/Main menu/)
    // Nothing of the text that was being typed is in the line of the menu.
    await terminal.answers(/your choice \[2\]:/, "quit")
    expect(await ended(terminal)).toEqual({ code: 0, isAsBefore: true })
  })
})

describe("a server on a terminal", () => {
  it("shows connections and messages while a line is being typed, which stays", async () => {
    const home = folder()
    const { port, terminal } = await serverIn(home)
    await terminal.waitsAt(choice)
    terminal.type("wh")
    await terminal.waitsAt(/wh$/)
    writeFileSync(join(home, "a.txt"), "a")
    const sent = await send({ address: `127.0.0.1:${port}` }, ["--text", "ahoj\u001b[2J", "a.txt"], { cwd: home })
    expect(sent.code).toBe(0)
    await terminal.sees(/127\.0\.0\.1:\d+ connected\n/)
    await terminal.sees(/ahoj\\u\{1b\}\[2J\n/)
    await terminal.sees(new RegExp(`${join(home, "in", "deep", "a.txt")}\n`))
    await terminal.sees(/ left\n/)
    await terminal.waitsAt(/^your choice \[1\]: wh$/)
    terminal.press("Enter")
    await terminal.sees(/no peer is connected\n/)
    expect(existsSync(join(home, "in", "deep", "a.txt"))).toBe(true)
  })

  it("becomes a client without a restart, and releases its port", async () => {
    const there = await serve()
    const { port, terminal } = await serverIn(folder())
    await terminal.answers(choice, "log out")
    await terminal.sees(/logged out/)
    await terminal.answers(choice, "client")
    await terminal.answers(/address of the server/, `127.0.0.1:${there.port}`)
    await terminal.answers(new RegExp(`port of the server \\[${there.port}\\]:`), "")
    await terminal.sees(/connected to /)
    await terminal.answers(choice, "log out")
    await terminal.answers(choice, "server")
    await terminal.answers(/address to listen at/, "")
    await terminal.answers(/port \(0 for any free one\)/, String(there.port))
    await terminal.sees(/in use/)
    await terminal.answers(/port \(0 for any free one\)/, String(port))
    await terminal.answers(/directory for files \[.*deep\]:/, "")
    await terminal.sees(new RegExp(`listening at 127\\.0\\.0\\.1:${port}`))
  })

  it("shows that a client was killed while its menu waits", async () => {
    const env = { HOLUB_TIMEOUT: "5s" }
    const { port, terminal } = await serverIn(folder(), env)
    const client = await clientOf(port, folder(), env)
    await client.waitsAt(choice)
    await terminal.sees(/127\.0\.0\.1:\d+ connected\n/)
    process.kill(processOf(client), "SIGKILL")
    await terminal.sees(/127\.0\.0\.1:\d+ timed out\n/)
    await terminal.answers(choice, "who")
    await terminal.sees(/no peer is connected/)
  })
})
