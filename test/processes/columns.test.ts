/** What the program shows on terminals of 60, 80 and 120 columns: no line is broken by the terminal itself. */
import { networkInterfaces } from "node:os"
import { afterEach, describe, expect, it } from "vitest"
import { choice } from "./communicator.ts"
import { folder, program, serveClassic, tidy } from "./holub.ts"
import { closeTerminals, Terminal } from "./Terminal.ts"

afterEach(() => {
  closeTerminals()
  return tidy()
})

/** A shell with the function `holub`, whose definition is no longer on the screen. */
const shell = async (columns: number, env: Readonly<Record<string, string>> = {}): Promise<Terminal> => {
  const terminal = new Terminal({ cwd: folder(), columns, env })
  terminal.type(`holub() { ${process.execPath} ${program} "$@"; echo end=$?; }; clear`)
  terminal.press("Enter")
  await terminal.waitsAt(/^[$#]$/)
  return terminal
}

/** An address of this machine at which other machines reach it; without a network that of loopback. */
const reachable = Object.values(networkInterfaces()).flat().find((entry) => entry?.family === "IPv4" && !entry.internal)
  ?.address ?? "127.0.0.1"

/** The lines that are wider than the terminal: it shows them in several rows, joined in `text`. */
const broken = ({ text }: Terminal, columns: number): ReadonlyArray<string> =>
  text.split("\n").filter((line) => line.length > columns && !line.includes("holub() {"))

/** Commands, and their exit codes. */
const lines = [
  ["holub --help", 0],
  ["holub send --help", 0],
  ["holub serve -h", 0],
  ["holub help completions install", 0],
  ["holub config show --wire classic --damage first", 0],
  ["holub serve --host 192.0.2.1 --port 0", 2],
  ["holub send --to 192.0.2.7 --faults loss=5%,los=1% a", 2],
  ["holub receive 7-crossover", 2],
  ["holub completions tcsh", 2],
  ["holub juggle", 2],
  ["holub clean --dir missing", 2]
] as const

describe.each([60, 80, 120])("on a terminal of %d columns", (columns) => {
  it("help, settings and errors break their lines at spaces (U1)", async () => {
    const terminal = await shell(columns)
    for (const [line, code] of lines) {
      terminal.type(line)
      terminal.press("Enter")
      await terminal.sees(new RegExp(`end=${code}\n`))
    }
    expect(broken(terminal, columns)).toEqual([])
    expect(lines.filter(([line]) => !terminal.text.includes(line))).toEqual([])
  })

  it("the command with the key of a server is one piece to copy, and what is said about keys breaks at spaces (U1)", async () => {
    const server = await shell(columns, { XDG_STATE_HOME: folder() })
    server.type(`holub serve --host ${reachable} --port 0`)
    server.press("Enter")
    const [, to = ""] = await server.sees(/holub send --to (\S+) FILE$/m)
    expect(to).toMatch(new RegExp(`^(?:hk1[a-z2-7]{56}@)?${reachable.replaceAll(".", "\\.")}:\\d+$`))
    const client = await shell(columns, { XDG_STATE_HOME: folder() })
    const place = to.replace(/^.*@/, "")
    client.type(`holub send --to ${place} --text x`)
    client.press("Enter")
    await client.answers(/its key\):$/, "maybe")
    await client.sees(/answer yes or no/)
    await client.answers(/its key\):$/, "no")
    await client.sees(/end=4\n/)
    client.type(`holub send --to ${to} --text x`)
    client.press("Enter")
    if (to !== place) await client.sees(/end=0\n/)
    const isCommand = (line: string) => /^ *holub send /.test(line) || line.startsWith("$ ") || line.startsWith("# ")
    for (const terminal of [server, client]) {
      expect(broken(terminal, columns).filter((line) => !isCommand(line))).toEqual([])
    }
  })

  it("the communicator breaks prompts, menus, hints and summaries at spaces (U1)", async () => {
    const server = await serveClassic()
    const terminal = await shell(columns)
    terminal.type("holub --port 0 --wire classic")
    terminal.press("Enter")
    await terminal.answers(choice, "server")
    await terminal.answers(/address to listen at/, "1.2.3.4")
    await terminal.sees(/this machine has no address/)
    await terminal.answers(/address to listen at/, "")
    await terminal.answers(/port \(0/, "")
    await terminal.answers(/directory/, "in")
    await terminal.answers(choice, "who")
    await terminal.answers(choice, "log out")
    await terminal.answers(choice, "client")
    await terminal.answers(/address of the server/, `127.0.0.1:${server.port}`)
    await terminal.answers(/port of the server/, "")
    await terminal.answers(choice, "text error")
    await terminal.answers(/^text/, "a text")
    await terminal.answers(/\[first\]:/, "sometimes")
    await terminal.answers(/\[first\]:/, "")
    await terminal.answers(/\[remove\]:/, "")
    await terminal.answers(/fragment size/, "1")
    await terminal.answers(choice, "log out")
    await terminal.answers(choice, "quit")
    await terminal.sees(/end=0\n/)
    expect(broken(terminal, columns)).toEqual([])
    // The program names no flag to somebody who answers questions.
    expect(terminal.text.replace(/^.*holub --port 0 --wire classic$/m, "")).not.toContain("--")
  })
})
