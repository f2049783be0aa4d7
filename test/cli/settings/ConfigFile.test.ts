import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import * as ConfigFile from "../../../src/cli/settings/ConfigFile.ts"
import * as TextLimits from "../../../src/cli/text/TextLimits.ts"

const folder = mkdtempSync(join(tmpdir(), "holub-test-"))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
const fileOf = (content: string | Uint8Array): string => {
  const path = join(folder, `${files++}.toml`)
  writeFileSync(path, content)
  return path
}

const open = (path: string, isNamed = true) => ConfigFile.open({ path, isNamed })
const failureOf = <A>(outcome: Either.Either<A, { readonly exitCode: number; readonly message: string }>) =>
  Either.match(outcome, {
    onLeft: ({ exitCode, message }) => ({ exitCode, message }),
    onRight: (value) => expect.fail(`it was taken, as ${JSON.stringify(value)}`)
  })

describe("the place of the configuration file", () => {
  it.each([
    [undefined, { XDG_CONFIG_HOME: "/x", HOME: "/h" }, "/x/holub/config.toml", false],
    [undefined, { HOME: "/h" }, "/h/.config/holub/config.toml", false],
    [undefined, { XDG_CONFIG_HOME: "", HOME: "/h" }, "/h/.config/holub/config.toml", false],
    // The specification has a relative path count as none.
    [undefined, { XDG_CONFIG_HOME: "x", HOME: "/h" }, "/h/.config/holub/config.toml", false],
    [undefined, { HOME: "" }, join(homedir(), ".config/holub/config.toml"), false],
    ["~/a.toml", {}, join(homedir(), "a.toml"), true],
    [undefined, {}, join(homedir(), ".config/holub/config.toml"), false],
    ["/a.toml", { XDG_CONFIG_HOME: "/x" }, "/a.toml", true],
    ["a.toml", {}, join(process.cwd(), "a.toml"), true]
  ])("for %s in %j is %s", (named, environment, path, isNamed) => {
    expect(ConfigFile.place(named, environment)).toEqual({ path, isNamed })
  })
})

describe("a configuration file", () => {
  it("need not be there, unless it was named", async () => {
    for (const missing of [join(folder, "none"), join(fileOf(""), "none")]) {
      expect(await open(missing, false)).toEqual(Either.right(undefined))
      expect(failureOf(await open(missing))).toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(/^the configuration file \S+ cannot be read: (no such file or|not a) directory$/)
      })
    }
  })

  it("that is there and cannot be read is an error in the default place too", async () => {
    const directory = join(folder, "directory")
    mkdirSync(directory)
    expect(failureOf(await open(directory, false)).message).toMatch(/cannot be read: illegal operation on a directory$/)
  })

  it("must be UTF-8, and no larger than one can be", async () => {
    expect(failureOf(await open(fileOf(new Uint8Array([0xff])))).message).toMatch(
      /cannot be read: it is not valid UTF-8$/
    )
    const full = "#".repeat(TextLimits.configurationBytes)
    expect(Either.isRight(await open(fileOf(full)))).toBe(true)
    expect(failureOf(await open(fileOf(`${full}#`))).message).toMatch(
      /cannot be read: it is larger than 1048576 bytes$/
    )
  })

  it.each([
    ["port = 1\nport = 2\n", 2, /redefine|defined/],
    ["port = 1\n\nquota = 10M\n", 3, /./],
    ["text = [\"a\"", 1, /./],
    ["json", 1, /./]
  ])("that is %j tells the line of its mistake", async (content, line, what) => {
    const path = fileOf(content)
    const { exitCode, message } = failureOf(await open(path))
    expect(exitCode).toBe(2)
    expect(message).toMatch(what)
    expect(message.startsWith(`${path}, line ${line}, column `)).toBe(true)
    expect(message).not.toContain("\n")
  })
})

const read = async (content: string) => {
  const path = fileOf(content)
  const document = Either.getOrThrow(await open(path))
  return { path, outcome: ConfigFile.check(document ?? expect.fail("there is no file")) }
}

describe("the keys of a configuration file", () => {
  it("are the flags of all commands, with values as they would be written there", async () => {
    const { outcome, path } = await read([
      "fragment-size = 100",
      "json = true",
      "quiet = false",
      "text = [\"a\", \"b\"]",
      "quota = \"10M\"",
      "timeout = \"30s\"",
      "older-than = \"5m\"",
      "port = \"5\""
    ].join("\n"))
    expect(Either.getOrThrow(outcome)).toEqual({
      path,
      texts: new Map([
        ["fragment-size", ["100"]],
        ["json", ["true"]],
        ["quiet", ["false"]],
        ["text", ["a", "b"]],
        ["quota", ["10M"]],
        ["timeout", ["30s"]],
        ["older-than", ["5m"]],
        ["port", ["5"]]
      ])
    })
  })

  it.each([
    ["fragment-size = \"x\"", "fragment-size in PATH must be a whole number from 1 to 1445, not \"x\""],
    ["port = 65536", "port in PATH must be a whole number from 0 to 65535, not \"65536\""],
    ["port = -1", "port in PATH must be a whole number from 0 to 65535, not \"-1\""],
    ["port = 4040.0", "port in PATH must be a string or a whole number, not the float 4040"],
    ["port = true", "port in PATH must be a string or a whole number, not true"],
    ["json = \"true\"", "json in PATH must be true or false, without quotes, not the string \"true\""],
    ["json = 1", "json in PATH must be true or false, without quotes, not 1"],
    ["dir = [\"a\"]", "dir in PATH must be a string or a whole number, not a list"],
    ["text = [\"a\", [\"b\"]]", "text in PATH must be a string or a list of strings, not a list"],
    ["wait = 1979-05-27", "wait in PATH must be a string or a whole number, not a date"],
    ["timeout = 20", /^timeout in PATH must be a duration such as 90s or 5m, .* not "20"$/],
    ["if-exists = \"resume\"", /^if-exists in PATH must be rename, fail, .* not "resume"$/],
    ["to = \"\\u001b[2J:0\"", /^to in PATH must be HOST.* not "\\u\{1b\}\[2J:0"$/],
    ["[serve]\nport = 1", "unknown key \"serve\" in PATH"],
    ["port.low = 1", "port in PATH must be a string or a whole number, not a table"],
    ["config = \"a\"", "unknown key \"config\" in PATH"],
    ["help = true", "unknown key \"help\" in PATH"],
    ["__proto__ = 1", "unknown key \"__proto__\" in PATH"],
    ["toString = 1", "unknown key \"toString\" in PATH"]
  ])("are held to the table: %s", async (content, expected) => {
    const { outcome, path } = await read(content)
    const { exitCode, message } = failureOf(outcome)
    expect(exitCode).toBe(2)
    const words = message.replace(path, "PATH")
    if (typeof expected === "string") expect(words).toBe(expected)
    else expect(words).toMatch(expected)
  })

  it("that there are not come with the nearest name", async () => {
    const { outcome } = await read("fragment_size = 1")
    expect(Either.flip(outcome)).toMatchObject(Either.right({ hint: "did you mean fragment-size?" }))
    expect(Either.flip((await read("xyz = 1")).outcome)).toMatchObject(
      Either.right({ hint: "`holub config show` lists all of them" })
    )
  })
})
