/** The program's reactions to its terminal: Ctrl-C, Ctrl-Z, narrow windows, no terminal. */
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { choice, clientOf, communicator, ended, processOf, serverIn } from "./communicator.ts"
import { folder, program, send, serve, serveClassic, tidy } from "./holub.ts"
import { closeTerminals, Terminal } from "./Terminal.ts"

afterEach(() => {
  closeTerminals()
  return tidy()
})

/** Brings a program to the state in which Ctrl-C is pressed. */
type Situation = readonly [name: string, reach: (port: number) => Promise<Terminal>]

const situations: ReadonlyArray<Situation> = [
  ["in the main menu", async () => {
    const terminal = communicator({ cwd: folder() })
    await terminal.waitsAt(choice)
    return terminal
  }],
  ["in a question, half answered", async () => {
    const terminal = communicator({ cwd: folder() })
    await terminal.answers(choice, "server")
    await terminal.waitsAt(/address to listen at/)
    terminal.type("192.")
    await terminal.waitsAt(/192\.$/)
    return terminal
  }],
  ["in the menu of a server", async () => {
    const { terminal } = await serverIn(folder())
    await terminal.waitsAt(choice)
    return terminal
  }],
  ["in the menu of a client", async (port) => {
    const terminal = await clientOf(port)
    await terminal.waitsAt(choice)
    return terminal
  }],
  ["in a question of a client", async (port) => {
    const terminal = await clientOf(port)
    await terminal.answers(choice, "file")
    await terminal.waitsAt(/^file.*:/)
    return terminal
  }],
  ["in the middle of a file", async (port) => {
    const cwd = folder()
    writeFileSync(join(cwd, "long.bin"), Buffer.alloc(5_000_000, "long"))
    const terminal = await clientOf(port, cwd, { HOLUB_LIMIT: "20k" })
    await terminal.answers(choice, "file")
    await terminal.answers(/^file.*:/, "long.bin")
    await terminal.waitsAt(/sending long\.bin/)
    return terminal
  }]
]

describe("Ctrl-C", () => {
  it.each(situations)("%s ends the program with 130, ends the connection, and restores the terminal", async (
    name,
    reach
  ) => {
    const server = await serve()
    const terminal = await reach(server.port)
    terminal.press("C-c")
    expect(await ended(terminal)).toEqual({ code: 130, isAsBefore: true })
    if (name.includes("client") || name.includes("file")) {
      expect(await server.process.line("disconnected")).toMatchObject({ reason: "ended" })
    }
  })

  it("and SIGTERM have the same effect", async () => {
    const server = await serve()
    const terminal = await clientOf(server.port)
    await terminal.waitsAt(choice)
    process.kill(processOf(terminal), "SIGTERM")
    expect(await ended(terminal)).toEqual({ code: 143, isAsBefore: true })
    expect(await server.process.line("disconnected")).toMatchObject({ reason: "ended" })
  })
})

describe("a terminal", () => {
  it("can be left by Ctrl-Z, and fg shows the line again", async () => {
    const terminal = new Terminal({ cwd: folder() })
    terminal.type(`${process.execPath} ${program}`)
    terminal.press("Enter")
    await terminal.waitsAt(choice)
    terminal.type("qu")
    await terminal.waitsAt(/qu$/)
    terminal.press("C-z")
    await terminal.sees(/Stopped/)
    await terminal.waitsAt(/^[$#]$/)
    terminal.type("fg")
    terminal.press("Enter")
    await terminal.waitsAt(/^your choice \[1\]: qu$/)
    terminal.type("it")
    terminal.press("Enter")
    await terminal.waitsAt(/^[$#]$/)
  })

  it("may be narrow: events are shown above a line of several rows, which stays complete", async () => {
    const { port, terminal } = await serverIn(folder())
    await terminal.waitsAt(choice)
    terminal.resize(40)
    const long = "a line that is longer than two rows of this narrow terminal, with its cursor inside of it"
    terminal.type(long)
    terminal.press(...Array.from({ length: 50 }, () => "Left"))
    await terminal.waitsAt(/of it$/)
    await send({ address: `127.0.0.1:${port}` }, ["--text", "first", "--text", "second"])
    await terminal.sees(/connected\n[^]*first\n[^]*second\n[^]* left\n/)
    terminal.type("X")
    await terminal.waitsAt(new RegExp(`^your choice \\[1\\]: ${long.slice(0, -50)}X${long.slice(-50)}$`))
    expect(terminal.text.match(/your choice/g)).toHaveLength(2)
  })

  it("may become narrower and wider: neither a half line of progress nor half a prompt stays (U1)", async () => {
    const server = await serveClassic()
    const cwd = folder()
    writeFileSync(join(cwd, "a-file-with-a-long-name.bin"), Buffer.alloc(5_000_000, "long"))
    const terminal = await clientOf(server.port, cwd, { HOLUB_WIRE: "classic" })
    await terminal.answers(choice, "text error")
    await terminal.answers(/^text /, "")
    await terminal.waitsAt(/^fragments to damage .*\[first\]:$/)
    await terminal.resizedTo(50, /^ +rate:5%\) \[first\]:$/)
    await terminal.resizedTo(100, /^fragments to damage .*\[first\]:$/)
    expect(terminal.text.match(/fragments to damage/g)).toHaveLength(1)
    terminal.press("C-d")
    await terminal.answers(choice, "file")
    await terminal.answers(/^file/, "a-file-with-a-long-name.bin")
    await terminal.answers(/fragment size/, "1")
    await terminal.waitsAt(/sending a-file.* left/)
    await terminal.resizedTo(40, /^sending a-file.{1,26}$/)
    expect(terminal.text.match(/sending/g)).toHaveLength(1)
  })

  it("may be filled to the end of a row by pasted text", async () => {
    const { port, terminal } = await serverIn(folder())
    await terminal.waitsAt(choice)
    terminal.resize(40)
    const exact = "x".repeat(80 - "your choice [1]: ".length)
    terminal.paste(exact)
    await terminal.waitsAt(new RegExp(`${exact}$`))
    await send({ address: `127.0.0.1:${port}` }, ["--text", "first"])
    await terminal.sees(/connected\n[^]*first\n[^]* left\n/)
    await terminal.waitsAt(new RegExp(`^your choice \\[1\\]: ${exact}$`))
    expect(terminal.text.match(/your choice/g)).toHaveLength(2)
  })

  it("that is closed ends the program and its connection", async () => {
    const server = await serve()
    const terminal = await clientOf(server.port)
    await terminal.waitsAt(choice)
    terminal.close()
    expect(await server.process.line("disconnected")).toMatchObject({ reason: "ended" })
  })

  it.each([
    ["SIGHUP", (terminal: Terminal) => process.kill(processOf(terminal), "SIGHUP")],
    ["its end", (terminal: Terminal) => terminal.close()]
  ])("ends the program by %s with 129 and the last line of the log", async (_, hangUp) => {
    const log = join(folder(), "log")
    const terminal = communicator({ cwd: folder(), env: { HOLUB_LOG_FILE: log } })
    await terminal.answers(choice, "client")
    await terminal.waitsAt(/address of the server/)
    hangUp(terminal)
    await expect.poll(() => readFileSync(log, "utf8")).toMatch(/"stop".*"exitCode":129/)
  })

  it("is needed for questions: without one the help is shown", async () => {
    const terminal = new Terminal({ cwd: folder() })
    terminal.type(`${process.execPath} ${program} </dev/null; echo code=$?`)
    terminal.press("Enter")
    await terminal.sees(/holub carries messages and files reliably over UDP\.\n[^]*code=0\n/)
  })
})
