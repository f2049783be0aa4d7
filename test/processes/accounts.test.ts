/** The accounts of a store: made by the operator, used by clients of a server. */
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { communicator, ended } from "./communicator.ts"
import type { Line } from "./documented.ts"
import { folder, holub, tidy } from "./holub.ts"
import { closeTerminals } from "./Terminal.ts"

afterEach(() => {
  closeTerminals()
  return tidy()
})

const password = "a pigeon flies"

const account = (store: string, args: ReadonlyArray<string>, input = "") =>
  holub(["account", ...args, "--store", store, "--json"], { input }).ended

const serving = (store: string, ...args: ReadonlyArray<string>) =>
  holub(["serve", "--json", "--port", "0", "--dir", join(folder(), "inbox"), "--store", store, ...args])

/** What a client of an app sees that types these lines. */
const visit = async (server: ReturnType<typeof serving>, app: string, ...lines: ReadonlyArray<string>) => {
  const is = (line: Line) => line.type === "listening" && line["app"] === app
  const port = (await server.lineThat(is))["port"]
  const input = lines.map((line) => `${line}\n`).join("")
  return (await holub(["join", "--raw", `tcp://127.0.0.1:${port}`, "--app", app], { input }).ended).stdout
}

describe("the operator", () => {
  it("makes, lists, changes and forgets accounts, and reads their passwords from standard input", async () => {
    const store = join(folder(), "holub.store")
    const ala = { type: "account", name: "ala", password: true, keys: [] }
    const added = await account(store, ["add", "ala"], `${password}\n`)
    expect([added.code, added.lines]).toMatchObject([0, [ala]])
    expect(await account(store, ["add", "ALA"])).toMatchObject({ code: 9, lines: [{ code: "NameTaken" }] })
    expect(await account(store, ["add", "bo"])).toMatchObject({ code: 2, stderr: "" })
    expect(await account(store, ["add", "bo"], "pigeon\n")).toMatchObject({ code: 2 })
    const [key = ""] = (await holub(["key", "show"]).ended).stdout.match(/hk1\w+/) ?? []
    expect(await account(store, ["key", "ala", key])).toMatchObject({ code: 0, lines: [{ ...ala, keys: [key] }] })
    expect((await account(store, ["passwd", "ala"], "another pigeon\n")).code).toBe(0)
    expect((await account(store, ["list"])).lines).toMatchObject([{ ...ala, keys: [key] }])
    expect((await account(store, ["invite"])).lines).toMatchObject([{ invitation: expect.stringMatching(/^hi1/) }])
    expect((await account(store, ["forget", "ala"])).lines).toMatchObject([{ type: "accountForgotten", name: "ala" }])
    expect(await account(store, ["forget", "ala"])).toMatchObject({ code: 2, lines: [{ code: "UnknownAccount" }] })
    expect((await account(store, ["list"])).lines).toEqual([])
  })

  it("types a password on the terminal, which does not show it", async () => {
    const cwd = folder()
    const terminal = communicator({ cwd }, "account add ala --store holub.store")
    await terminal.answers(/new password of ala: ?$/, password)
    await terminal.answers(/the same again: ?$/, password)
    await terminal.sees(/made the account ala/)
    expect(await ended(terminal)).toEqual({ code: 0, isAsBefore: true })
    expect(terminal.text).not.toContain("pigeon")
    const server = serving(join(cwd, "holub.store"), "--app", "authenticate@0")
    expect(await visit(server, "authenticate", "ala", password)).toContain("Welcome, ala. Token: ht1")
  })

  it("leaves the question by Ctrl-C, and the terminal is as before", async () => {
    const terminal = communicator({ cwd: folder() }, "account add ala --store holub.store")
    await terminal.waitsAt(/new password of ala: ?$/)
    terminal.type("pigeon")
    terminal.press("C-c")
    expect(await ended(terminal)).toEqual({ code: 130, isAsBefore: true })
    expect(terminal.text).not.toContain("pigeon")
  })
})

describe("a client", () => {
  it("logs in with a password and with the token that it gets, and is known by its address then", async () => {
    const store = join(folder(), "holub.store")
    await account(store, ["add", "Ala"], `${password}\n`)
    const apps = ["--app", "authenticate@0", "--app", "identify=accounts:true@0"]
    const server = serving(store, ...apps)
    const welcome = await visit(server, "authenticate", "ala", password)
    const [, token = ""] = /^Welcome, Ala\. Token: (ht1\w+)\n$/.exec(welcome) ?? []
    expect(await visit(server, "authenticate", `token ${token}`)).toBe("Welcome, Ala.\n")
    expect(await visit(server, "authenticate", "ala", "a pigeon walks")).toBe("Wrong name or password\n")
    expect(await visit(server, "identify", "ala", "a pigeon walks")).toBe("Wrong name or password\n")
    expect(await visit(server, "identify", "ala", password)).toContain("Hello, Ala\n")
    // The file belongs to the server while it runs.
    expect(await account(store, ["list"])).toMatchObject({ code: 8, lines: [{ code: "InUse" }] })
    server.kill("SIGTERM")
    const { code, stdout } = await server.ended
    expect([code, stdout.includes("pigeon"), stdout.includes("ht1")]).toEqual([0, false, false])
    const again = serving(store, ...apps)
    expect(await visit(again, "identify")).toBe("Hello, Ala\n")
    expect(await visit(again, "authenticate", `token ${token}`)).toBe("Welcome, Ala.\n")
  })

  it("of another machine sends no password unencrypted, unless --plain-login permits it", async () => {
    const store = join(folder(), "holub.store")
    const refused = await serving(store, "--host", "0.0.0.0", "--app", "authenticate@0").ended
    expect(refused.lines).toMatchObject([{ type: "error", hint: expect.stringContaining("--plain-login") }])
    expect(refused.code).toBe(2)
    const server = serving(store, "--host", "0.0.0.0", "--plain-login", "--app", "authenticate@0")
    await server.lineThat((line) => line.type === "listening" && line["app"] === "authenticate")
  })
})
