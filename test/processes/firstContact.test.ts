/** The first contact of a new user with a server on another machine: two users here, with folders of their own. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { ended } from "./communicator.ts"
import { folder, holub, program, send, type Server, serveWith, tidy } from "./holub.ts"
import { keptPort } from "./keptPort.ts"
import { closeTerminals, Terminal } from "./Terminal.ts"

afterEach(() => {
  closeTerminals()
  return tidy()
})

/** The environment of a user. */
const userIn = (state: string) => ({ XDG_STATE_HOME: state })
const newUser = () => userIn(folder())

interface Known extends Server {
  readonly key: string
  readonly words: string
}

/** A server of another user, with its key. */
const serving = async (options: Parameters<typeof serveWith>[0] = {}): Promise<Known> => {
  const server = await serveWith({ env: newUser(), ...options })
  const { key, words } = await server.process.line("listening")
  return { ...server, key: String(key), words: String(words) }
}

/** A shell of a user in a folder with the file `photo.jpg`. */
const shellOf = (env: Readonly<Record<string, string>>, columns?: number): Terminal => {
  const cwd = folder()
  writeFileSync(join(cwd, "photo.jpg"), "a photo")
  return new Terminal({ cwd, env, ...(columns === undefined ? {} : { columns }) })
}

const runs = (terminal: Terminal, args: string): void => {
  terminal.type(`stty -g; ${process.execPath} ${program} ${args}; echo code=$?; stty -g`)
  terminal.press("Enter")
}

describe("a new user at a terminal", () => {
  it("answers one question, the file arrives, and the next one is sent without it", async () => {
    const server = await serving()
    const env = newUser()
    const terminal = shellOf(env)
    runs(terminal, `send --to ${server.address} photo.jpg`)
    await terminal.sees(new RegExp(`${server.address} is not known yet`))
    await terminal.sees(new RegExp(server.words))
    await terminal.answers(/trust it from now on\? \(yes, no, or paste its key\):/, "yes")
    await terminal.sees(/sent photo\.jpg: 7 B/)
    expect(await ended(terminal)).toEqual({ code: 0, isAsBefore: true })
    expect(readFileSync(join(server.inbox, "photo.jpg"), "utf8")).toBe("a photo")
    const later = shellOf(env)
    runs(later, `send --to ${server.address} photo.jpg`)
    expect(await ended(later)).toEqual({ code: 0, isAsBefore: true })
    expect(server.files()).toEqual(["photo (1).jpg", "photo.jpg"])
    expect(later.text).not.toContain("trust it")
  })

  it("may decline: nothing is sent, and nothing is remembered", async () => {
    const server = await serving()
    const env = newUser()
    const terminal = shellOf(env)
    runs(terminal, `send --to ${server.address} photo.jpg`)
    await terminal.answers(/or paste its key\):/, "no")
    await terminal.sees(/nothing was sent: the key of \S+ was not accepted/)
    expect(await ended(terminal)).toEqual({ code: 4, isAsBefore: true })
    expect([server.files(), readdirSync(env.XDG_STATE_HOME)]).toEqual([[], []])
    expect(server.process.lines.filter(({ type }) => type === "connected")).toEqual([])
  })

  it("may leave with Ctrl-C, which restores the terminal", async () => {
    const server = await serving()
    const terminal = shellOf(newUser())
    runs(terminal, `send --to ${server.address} photo.jpg`)
    await terminal.waitsAt(/or paste its key\):/)
    terminal.press("C-c")
    expect(await ended(terminal)).toEqual({ code: 130, isAsBefore: true })
    expect(server.files()).toEqual([])
  })

  it("may paste the line that the server showed", async () => {
    const server = await serving()
    const terminal = shellOf(newUser())
    runs(terminal, `send --to ${server.address} photo.jpg`)
    await terminal.waitsAt(/or paste its key\):/)
    terminal.paste(`holub send --to ${server.key}@${server.address} FILE\n`)
    terminal.press("Enter")
    await terminal.sees(/sent photo\.jpg: 7 B/)
    expect(await ended(terminal)).toEqual({ code: 0, isAsBefore: true })
  })
})

describe("a script", () => {
  it("is given the same command with the key filled in, which works", async () => {
    const server = await serving()
    const env = newUser()
    const { code, lines } = await send(server, ["--text", "a b"], { env })
    expect([code, lines[0]?.["code"]]).toEqual([4, "UnknownKey"])
    const [, command = ""] = /: (holub send .*)$/.exec(String(lines[0]?.["hint"])) ?? []
    expect(command).toBe(`holub send --to=${server.key}@${server.address} --json '--text=a b'`)
    const args = command.split(" ").slice(1, 4)
    expect((await holub([...args, "--text=a b"], { env }).ended).code).toBe(0)
    // Nothing was stored.
    expect((await send(server, ["--text", "x"], { env })).code).toBe(4)
  })

  it.each([["--accept-new", false], ["--remember", true]])("may store the key with %s", async (flag, isPinned) => {
    const server = await serving()
    const env = newUser()
    const to = isPinned ? `${server.key}@${server.address}` : server.address
    expect((await holub(["send", "--to", to, flag, "--text", "x"], { env }).ended).code).toBe(0)
    expect((await send(server, ["--text", "x"], { env })).code).toBe(0)
    const { stdout } = await holub(["trust", "list"], { env }).ended
    expect(stdout).toContain(`${server.address}  ${server.key}  since `)
  })

  it("is trusted on this machine by the user of the server", async () => {
    const env = newUser()
    const server = await serving({ env })
    const { code } = await send(server, ["--text", "x"], { env })
    expect(code).toBe(0)
    expect((await holub(["trust", "list"], { env }).ended).stdout).toBe("")
  })

  it("sends nothing to a server whose key has changed, until its user replaces the key (C7)", async () => {
    const env = newUser()
    const before = await serving({ port: await keptPort() })
    expect((await send(before, ["--accept-new", "--text", "x"], { env })).code).toBe(0)
    before.process.kill("SIGKILL")
    await before.process.ended
    const after = await serving({ port: before.port })
    const { code, lines } = await send(after, ["--accept-new", "--text", "secret"], { env })
    expect([code, lines[0]?.["code"]]).toEqual([4, "ChangedKey"])
    expect(lines[0]?.["message"]).toContain(`its words are: ${after.words}; before: ${before.words}`)
    const [, command = ""] = /: holub (trust replace .*)$/.exec(String(lines[0]?.["hint"])) ?? []
    expect(command).toBe(`trust replace ${after.address} ${after.key}`)
    expect(after.process.lines.map(({ type }) => type)).toEqual(["listening"])
    expect((await holub(command.split(" "), { env }).ended).code).toBe(0)
    expect((await send(after, ["--text", "x"], { env })).code).toBe(0)
  })
})
