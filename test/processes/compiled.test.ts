/** The built program with and without V8's code beside it: the content of that file never changes what the program does. */
import { cpSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { builtinModules } from "node:module"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, describe, expect, it } from "vitest"
import { codePath, fromCode } from "../../src/cli/Compiled.ts"
import { startChild } from "./childProgram.ts"
import { folder, program, Running, serve, tidy } from "./holub.ts"

afterEach(tidy)

/** A copy of an installation without the library. */
const installed = () => {
  const root = folder()
  const bin = join(root, "dist", "bin.cjs")
  const path = join(root, "dist", "program.cjs")
  cpSync(fileURLToPath(new URL("../../package.json", import.meta.url)), join(root, "package.json"))
  const store = join(root, "dist", "store.cjs")
  for (const file of [bin, path, codePath(path), store]) {
    cpSync(join(dirname(program), file.slice(dirname(bin).length)), file)
  }
  return {
    path,
    code: codePath(path),
    start: (...args: ReadonlyArray<string>) => new Running(process.execPath, [bin, ...args])
  }
}

/** Overwrites the second half of a file. */
const spoil = (file: string): void => {
  const bytes = readFileSync(file)
  writeFileSync(file, bytes.fill(0xff, bytes.length / 2))
}

describe("the notice beside the program", () => {
  it("has the licence of every package that the program contains", () => {
    const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"))
    expect(manifest.dependencies).toBeUndefined()
    const notice = readFileSync(join(dirname(program), "NOTICE"), "utf8")
    for (
      const name of [
        "@effect/cli",
        "@effect/experimental",
        "@effect/platform-node",
        "@effect/printer",
        "@effect/printer-ansi",
        "@effect/sql",
        "smol-toml"
      ]
    ) {
      expect(notice).toMatch(new RegExp(`^${name} ${manifest.devDependencies[name]} \\(`, "m"))
    }
    const sections = notice.split("=".repeat(80)).slice(1)
    expect(sections.length).toBeGreaterThan(6)
    for (const section of sections) expect(section).toMatch(/^\n\S+ \d\S+ \(.*\)\n\n[^]*\bcopyright\b/i)
  })
})

describe("an installation without optional packages", () => {
  it("has a store in a file where Node has SQLite, and otherwise names the package to install", async () => {
    const { start } = installed()
    const serving = (store: string) => start("serve", "--json", "--port", "0", "--dir", folder(), "--store", store)
    const server = serving(join(folder(), "holub.store"))
    const hasSqlite = builtinModules.includes("node:sqlite")
    if (hasSqlite) {
      await server.line("listening", 1)
      server.kill("SIGTERM")
    }
    const { code, lines } = await server.ended
    if (!hasSqlite) expect(lines).toMatchObject([{ message: expect.stringContaining("libsql") }])
    expect(code).toBe(hasSqlite ? 0 : 2)
    const { code: refused, lines: errors } = await serving("postgres://ala@127.0.0.1:1/holub").ended
    expect([refused, errors.map(({ message }) => message)]).toEqual([2, [
      expect.stringMatching(/^a store in Postgres needs the package @effect\/sql-pg, .*npm install @effect\/sql-pg@/)
    ]])
  })
})

describe("the code beside the program", () => {
  it("is accepted by the V8 that made it, in any folder", async () => {
    // Not in this process, whose V8 may have options of its own.
    expect((await startChild("Taken.ts", installed().path).ended).stdout).toBe("taken")
  })

  it.each([
    ["absent", rmSync],
    ["empty", (file: string) => writeFileSync(file, "")],
    ["cut", (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 100_000))],
    ["damaged", spoil]
  ])("may be %s: the program works without it", async (_, change) => {
    const { code, path, start } = installed()
    change(code)
    expect(fromCode(path)).toBeUndefined()
    const server = await serve("--wire", "flock")
    const ended = await start("send", "--to", server.address, "--wire", "flock", "--text", "Holub letí.").ended
    expect(ended.stderr).toMatch(/^sent text/)
    expect(ended.code).toBe(0)
  })

  it("is not accepted for another program of the same length", async () => {
    const { path, start } = installed()
    const text = readFileSync(path, "latin1")
    const [before, after] = ["send files and texts", "mail files and texts"]
    expect(text).toContain(before)
    writeFileSync(path, text.replaceAll(before, after), "latin1")
    expect((await start("send", "--help").ended).stdout).toContain(after)
  })
})
