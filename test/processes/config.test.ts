/**
 * The configuration file, the environment and the flags, as `holub config show` prints them and as commands use them.
 */
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { mischief } from "../cli/fakes.ts"
import { type Ended, folder, holub, program, Running, serveClassic, tidy } from "./holub.ts"

afterEach(tidy)

/** A configuration folder with such a file, and the environment that names it. */
const configured = (content: string) => {
  const home = folder()
  const path = join(home, "holub", "config.toml")
  mkdirSync(dirname(path))
  writeFileSync(path, content)
  return { path, env: { XDG_CONFIG_HOME: home } }
}

/** The value and the origin by name, read from the table for people. */
const settingsIn = (table: string): Readonly<Record<string, readonly [value: string, origin: string]>> =>
  Object.fromEntries(
    table.trimEnd().split("\n").map((line) => {
      const [name = "", value = "", origin = ""] = line.split(/ {2,}/)
      return [name, [value, origin]]
    })
  )

/** The only line of the output, as JSON. */
const errorOf = ({ stderr, stdout }: Ended) => {
  expect([stderr, stdout.split("\n").length]).toEqual(["", 2])
  return JSON.parse(stdout)
}

describe("config show", () => {
  it("opens no log file", async () => {
    const log = join(folder(), "log")
    const { code, stdout } = await holub(["config", "show", "--log-file", log]).ended
    expect([code, settingsIn(stdout)["log-file"], existsSync(log)]).toEqual([0, [log, "flag"], false])
  })

  it("prints the value and the origin of every setting, in columns", async () => {
    const { env, path } = configured(
      "fragment-size = 100\nquota = \"1GiB\"\ntext = [\"a\", \"b\"]\nport = 1\ndir = \"/d\"\n"
    )
    const { code, stderr, stdout } = await holub(["config", "show", "--port", "5", "--no-once"], {
      env: { ...env, HOLUB_DIR: "/e\u001b[2J", HOLUB_NAME: " " }
    }).ended
    expect([code, stderr]).toEqual([0, `the configuration file is ${path}\n`])
    expect(stdout).not.toMatch(mischief)
    expect(settingsIn(stdout)).toMatchObject({
      port: ["5", "flag"],
      once: ["false", "flag"],
      dir: ["/e\\u{1b}[2J", "the environment (HOLUB_DIR)"],
      name: ["\" \"", "the environment (HOLUB_NAME)"],
      wire: ["flock", "default"],
      "fragment-size": ["100", `${path}, unused: the wire is flock`],
      quota: ["1GiB", path],
      text: ["a, b", path],
      config: [path, "default"],
      "older-than": ["1h", "default"],
      to: ["-", "default"]
    })
    const columns = stdout.trimEnd().split("\n").map((line) => /^\S+ +/.exec(line)?.[0].length)
    expect(new Set(columns).size).toBe(1)
  })

  it("prints the same for a script, and reports that there is no file", async () => {
    const { code, lines, stderr } = await holub(["config", "show", "--json", "--text", "a", "--text", "b"]).ended
    expect([code, stderr]).toEqual([0, ""])
    const settings = Object.fromEntries(lines.map(({ name, origin, type, value }) => [name, [type, value, origin]]))
    expect(settings).toMatchObject({
      text: ["setting", ["a", "b"], "flag"],
      json: ["setting", "true", "flag"],
      port: ["setting", "4040", "default"],
      quota: ["setting", undefined, "default"],
      config: ["setting", undefined, "default"]
    })
    const home = folder()
    const people = await holub(["config", "show"], { env: { XDG_CONFIG_HOME: home } }).ended
    expect([people.code, people.stderr]).toEqual([
      0,
      `there is no configuration file ${join(home, "holub", "config.toml")}\n`
    ])
  })

  it("reads the file that --config names, before the one of HOLUB_CONFIG, before the default", async () => {
    const home = folder()
    for (const [name, port] of [["a.toml", 1], ["b.toml", 2]] as const) {
      writeFileSync(join(home, name), `port = ${port}\n`)
    }
    const { env } = configured("port = 3\n")
    const portWith = async (args: ReadonlyArray<string>, more: Readonly<Record<string, string>>) => {
      const { code, stdout } = await holub(["config", "show", ...args], { cwd: home, env: { ...env, ...more } }).ended
      return [code, settingsIn(stdout)["port"]?.[0]]
    }
    expect(await portWith(["--config", "a.toml"], { HOLUB_CONFIG: "b.toml" })).toEqual([0, "1"])
    expect(await portWith([], { HOLUB_CONFIG: "b.toml" })).toEqual([0, "2"])
    expect(await portWith([], {})).toEqual([0, "3"])
    expect(await portWith(["--config", "none.toml"], {})).toEqual([2, undefined])
    expect(await portWith([], { HOLUB_CONFIG: "none.toml" })).toEqual([2, undefined])
    expect(await portWith([], { HOLUB_CONFIG: "" })).toEqual([2, undefined])
  })

  it("marks the settings that the chosen wire does not use", async () => {
    const { env } = configured("congestion = \"cubic\"\nfragment-size = 100\nwire = \"flock\"\n")
    const people = settingsIn((await holub(["config", "show"], { env }).ended).stdout)
    expect(people["congestion"]?.[1]).not.toContain("unused")
    expect(people["fragment-size"]?.[1]).toMatch(/, unused: the wire is flock$/)
    const { lines } = await holub(["config", "show", "--json", "--wire", "classic"], { env }).ended
    const unused = lines.filter(({ used }) => used === false).map(({ name }) => name)
    expect(unused.join(" ")).toBe(
      "congestion limit mtu protection psk-file keylog host-key allow-keys identity accept-new remember"
    )
  })

  it("fails on a malformed setting in the environment", async () => {
    const inEnvironment = await holub(["config", "show"], { env: { HOLUB_WAIT: "soon" } }).ended
    expect(inEnvironment).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringContaining("HOLUB_WAIT must be a duration")
    })
  })
})

describe("a configuration file", () => {
  it("is used by the commands", async () => {
    const server = await serveClassic()
    const { env } = configured(
      `wire = "classic"\nto = "${server.address}"\ntext = ["one", "two"]\nfragment-size = 1\njson = true\n`
    )
    const sender = await holub(["send"], { env }).ended
    const sent = sender.stdout.trimEnd().split("\n").map((line) => JSON.parse(line)).filter(({ type }) =>
      type === "sent"
    )
    expect([sender.code, sent.map(({ fragments }) => fragments)]).toEqual([0, [3, 3]])
    expect((await server.process.line("received", 1))["text"]).toBe("two")
  })

  it.each([
    ["fragment-size = \"x\"", "fragment-size in PATH must be a whole number from 1 to 1445, not \"x\"", undefined],
    ["prot = 1", "unknown key \"prot\" in PATH", "did you mean port?"],
    ["port = 1\nport = 2", expect.stringMatching(/^PATH, line 2, column \d+ is not valid TOML: \S/), undefined]
  ])("that has a mistake ends every command: %s", async (content, message, hint) => {
    const { env, path } = configured(content)
    for (
      const args of [["send", "--to", "h:1", "--fragment-size", "9", "a"], ["serve"], ["clean"], ["config", "show"]]
    ) {
      const ended = await holub([...args, "--json"], { env }).ended
      expect(ended.code).toBe(2)
      const error = errorOf(ended)
      expect([error.code, error.message.replace(path, "PATH"), error.hint]).toEqual(["Usage", message, hint])
    }
  })

  it("with a mistake does not affect the help and the version", async () => {
    const { env } = configured("[")
    for (const args of [["--help"], ["send", "--help"], ["serve", "--version"], ["completions", "bash"], []]) {
      expect(await holub(args, { env }).ended).toMatchObject({ code: 0, stderr: "" })
    }
  })

  it("that enables JSON has errors in JSON, its own too", async () => {
    const good = configured("json = true")
    expect(errorOf(await holub(["serve", "--prot", "1"], { env: good.env }).ended)).toMatchObject({ exitCode: 2 })
    expect(errorOf(await holub(["clean"], { env: good.env }).ended)).toMatchObject({ exitCode: 2 })
    const named = ["sned", "--config", good.path]
    expect(errorOf(await holub(named).ended)).toMatchObject({ message: "unknown command \"sned\"" })
    expect(await holub([...named, "--no-json"]).ended).toMatchObject({
      stdout: "",
      stderr: expect.stringMatching(/^holub: unknown command/)
    })
    const bad = configured("json = true\nport = \"x\"")
    expect(errorOf(await holub(["serve"], { env: bad.env }).ended)).toMatchObject({ exitCode: 2 })
    const env = { ...configured("[").env, HOLUB_JSON: "1" }
    expect(errorOf(await holub(["serve"], { env }).ended)).toMatchObject({ exitCode: 2 })
  })

  it("may be read from a pipe", async () => {
    const script = "echo 'port = 77' | \"$0\" \"$1\" config show --config /dev/stdin"
    const { code, stdout } = await new Running("sh", ["-c", script, process.execPath, program]).ended
    expect([code, settingsIn(stdout)["port"]]).toEqual([0, ["77", "/dev/stdin"]])
  })
})
