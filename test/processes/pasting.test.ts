/** Text that is pasted into the communicator, by a terminal with bracketed paste and by one without. */
import { afterEach, describe, expect, it } from "vitest"
import { choice, clientOf, communicator, ended, processOf } from "./communicator.ts"
import { folder, serve, tidy } from "./holub.ts"
import type { Terminal } from "./Terminal.ts"
import { closeTerminals } from "./Terminal.ts"

afterEach(() => {
  closeTerminals()
  return tidy()
})

const question = /^text \[Hello from holub\]:/

/** A client before the question for a text. */
const atText = async () => {
  const server = await serve()
  const terminal = await clientOf(server.port)
  await terminal.answers(choice, "text")
  await terminal.waitsAt(question)
  const received = () => server.process.lines.filter(({ type }) => type === "received")
  return { server, terminal, received }
}

describe.each([["with", true], ["without", false]])("several lines that a terminal %s bracketed paste inserts", (
  _,
  hasBrackets
) => {
  it("are one text, which the Enter key sends and the arrow key brings back (U1)", async () => {
    const { received, server, terminal } = await atText()
    terminal.paste("one\n\ttwo\nlog out\n", { hasBrackets })
    await terminal.waitsAt(/: one⏎ +two⏎log out$/)
    terminal.type("!")
    terminal.press("Enter")
    await server.process.line("received")
    expect(received()).toMatchObject([{ text: "one\n\ttwo\nlog out!" }])
    await terminal.answers(choice, "text")
    await terminal.waitsAt(/^text \[one⏎/)
    terminal.press("Up")
    await terminal.waitsAt(/\]: one⏎ +two⏎log out!$/)
  })

  it("answer one question with the first of them, after the Enter key, and no further question", async () => {
    const terminal = communicator({ cwd: folder() })
    await terminal.waitsAt(choice)
    terminal.paste("server\n127.0.0.1\n0\n", { hasBrackets })
    await terminal.sees(/2 further pasted lines not used: the question takes one line\n/)
    await terminal.waitsAt(/^your choice \[1\]: server$/)
    terminal.press("Enter")
    await terminal.waitsAt(/^address to listen at \(0\.0\.0\.0 for all\) \[127\.0\.0\.1\]:$/)
  })
})

describe("a pasted text", () => {
  it("that is too long is not used, and the reason is given", async () => {
    const { received, server, terminal } = await atText()
    terminal.paste("line\n".repeat(4000))
    await terminal.sees(/the pasted text is not used: it has 20000 characters, at most 16384 can be pasted\n/)
    await terminal.answers(question, "typed")
    await server.process.line("received")
    expect(received()).toMatchObject([{ text: "typed" }])
  })

  it("before a question is not used: only what is typed waits for it", async () => {
    const server = await serve()
    await server.process.kill("SIGSTOP")
    const terminal = communicator({ cwd: folder(), env: { HOLUB_TO: `127.0.0.1:${server.port}` } })
    await terminal.answers(choice, "client")
    await terminal.answers(/address of the server/, "")
    await terminal.answers(/port of the server/, "")
    terminal.paste("one\ntwo\n")
    await terminal.sees(/the pasted text is not used: no question was asked\n/)
    await server.process.kill("SIGCONT")
    await terminal.waitsAt(/^your choice \[1\]:$/)
  })
})

describe("bracketed paste", () => {
  /** Ends of the program, from its main menu. */
  const ends: ReadonlyArray<readonly [name: string, end: (terminal: Terminal) => Promise<void>]> = [
    ["by its menu", (terminal) => terminal.answers(choice, "quit")],
    ["by Ctrl-C", async (terminal) => terminal.press("C-c")],
    ["by SIGTERM", async (terminal) => void process.kill(processOf(terminal), "SIGTERM")],
    ["by Ctrl-C in a role, twice", async (terminal) => {
      await terminal.answers(choice, "server")
      for (const next of [/address/, /port/, /directory/]) await terminal.answers(next, "")
      await terminal.waitsAt(choice)
      terminal.press("C-c", "C-c")
    }]
  ]

  it.each(ends)("is switched off when the program is ended %s", async (_, end) => {
    const terminal = communicator({ cwd: folder(), env: { HOLUB_PORT: "0" } })
    await terminal.waitsAt(choice)
    await end(terminal)
    await ended(terminal)
    terminal.paste("echo after")
    await terminal.waitsAt(/^[$#] echo after$/)
  })

  it("is switched off while the program is stopped, and on again when it continues", async () => {
    const terminal = communicator({ cwd: folder() })
    await terminal.waitsAt(choice)
    terminal.press("C-z")
    await terminal.sees(/Stopped/)
    terminal.paste("fg")
    await terminal.waitsAt(/^[$#] fg$/)
    terminal.press("Enter")
    await terminal.waitsAt(/^your choice \[1\]:$/)
    terminal.paste("quit\nserver\n")
    await terminal.waitsAt(/^your choice \[1\]: quit$/)
  })
})
