import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { parse } from "../../../src/cli/CommandLine.ts"
import { commands } from "../../../src/cli/commands/Commands.ts"
import type { Setting } from "../../../src/cli/settings/Setting.ts"
import type { Values } from "../../../src/cli/settings/Settings.ts"
import { settings } from "../../../src/cli/settings/Settings.ts"
import type { Configuration } from "../../../src/cli/settings/Sources.ts"
import { check, misspelt, written } from "../../../src/cli/settings/Sources.ts"
import type { Environment } from "../../../src/node/Folders.ts"
import { invoke, valuesOf } from "../invoking.ts"

const givenIn = (argv: ReadonlyArray<string>) =>
  Either.getOrThrowWith(parse(commands)(argv), ({ message }) => new Error(message)).given

const fileOf = (...texts: ReadonlyArray<readonly [string, ReadonlyArray<string>]>): Configuration => ({
  path: "/c.toml",
  texts: new Map(texts)
})

/** The value, or the sentence of the failure. */
const outcome = (
  name: keyof Values,
  argv: ReadonlyArray<string>,
  environment: Environment = {},
  configuration?: Configuration
) =>
  Either.match(invoke(argv, environment, configuration), {
    onLeft: ({ exitCode, hint, message }) => ({ exitCode, message, hint }),
    onRight: ({ values }) => values[name]
  })

describe("the environment", () => {
  it("may have variables that are nothing here; those that were probably meant are told", () => {
    const environment = { HOLUB_FRAGMENT_SIZ: "5", HOLUB_PORT: "5", HOLUB_KENNEL: "x", FRAGMENT_SIZ: "5" }
    expect(misspelt(environment)).toEqual([
      "unknown environment variable HOLUB_FRAGMENT_SIZ; did you mean HOLUB_FRAGMENT_SIZE?"
    ])
  })
})

describe("a setting", () => {
  it("is what the flag says, before the environment, before the file, before the default", () => {
    const environment = { HOLUB_PORT: "7" }
    const file = fileOf(["port", ["8"]])
    expect(outcome("port", ["serve", "--port", "9"], environment, file)).toBe(9)
    expect(outcome("port", ["serve"], environment, file)).toBe(7)
    expect(outcome("port", ["serve"], {}, file)).toBe(8)
    expect(outcome("port", ["serve"])).toBe(4040)
  })

  it("has the default of the wire, wherever the wire comes from", () => {
    expect(outcome("wire", ["serve"])).toBe("flock")
    expect(outcome("port", ["serve", "--wire", "flock"])).toBe(4040)
    expect(outcome("port", ["serve", "--wire", "classic"])).toBe(4041)
    expect(outcome("port", ["serve"], { HOLUB_WIRE: "classic" })).toBe(4041)
    expect(outcome("port", ["serve"], {}, fileOf(["wire", ["classic"]]))).toBe(4041)
    expect(outcome("port", ["serve", "--wire", "classic"], { HOLUB_PORT: "7" })).toBe(7)
    expect(outcome("host", ["serve", "--wire", "classic"])).toBe("127.0.0.1")
  })

  it("tells where it comes from", () => {
    const file = fileOf(["port", ["8"]], ["json", ["true"]])
    const originOf = (setting: Setting<unknown>) =>
      written(setting, {
        given: givenIn(["serve", "--once"]),
        environment: { HOLUB_PORT: "7" },
        configuration: file
      }).origin
    expect([settings.once, settings.port, settings.json, settings.dir].map(originOf)).toEqual([
      "flag",
      "the environment (HOLUB_PORT)",
      "/c.toml",
      "default"
    ])
  })

  it("that is repeatable may have several values, of one origin", () => {
    const file = fileOf(["text", ["a", "b"]])
    const texts = (argv: ReadonlyArray<string>, environment: Environment = {}) =>
      valuesOf([...argv, "--to=h"], environment, file).text
    expect(texts(["send", "--text", "x", "--text", "y"], { HOLUB_TEXT: "z" })).toEqual(["x", "y"])
    expect(texts(["send"], { HOLUB_TEXT: "z" })).toEqual(["z"])
    expect(texts(["send"])).toEqual(["a", "b"])
  })

  it("that is switched off by a flag stays off whatever the environment says", () => {
    expect(outcome("json", ["serve", "--no-json"], { HOLUB_JSON: "true" })).toBe(false)
    expect(outcome("json", ["serve"], { HOLUB_JSON: "1" })).toBe(true)
  })

  it("without a default is undefined when nobody gives it", () => {
    expect(valuesOf(["serve"])).toMatchObject({ quota: undefined, color: undefined })
  })

  it("that is needed says how to give it", () => {
    expect(outcome("to", ["send", "a"])).toEqual({
      exitCode: 2,
      message: "--to HOST[:PORT] is required",
      hint: "set HOLUB_TO, or write: holub send --to HOST a"
    })
  })

  it("that is malformed is an error that names where it came from", () => {
    expect(outcome("port", ["serve", "--port", "x"])).toMatchObject({
      exitCode: 2,
      message: "--port must be a whole number from 0 to 65535, not \"x\""
    })
    expect(outcome("port", ["serve"], { HOLUB_PORT: "x" })).toMatchObject({
      exitCode: 2,
      message: "HOLUB_PORT must be a whole number from 0 to 65535, not \"x\""
    })
  })

  it("that is malformed in the environment never gives way to the default", () => {
    for (const text of ["", " ", "-1", "65536", "4040 "]) {
      expect(outcome("port", ["serve"], { HOLUB_PORT: text }), JSON.stringify(text)).toMatchObject({ exitCode: 2 })
    }
  })

  it("that is malformed in the environment never gives way to the file", () => {
    expect(outcome("port", ["serve"], { HOLUB_PORT: "x" }, fileOf(["port", ["8"]]))).toMatchObject({ exitCode: 2 })
  })

  it("that is malformed in the environment is an error although the flag goes before it", () => {
    expect(outcome("port", ["serve", "--port", "1"], { HOLUB_PORT: "x" })).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^HOLUB_PORT must be a whole number/)
    })
  })

  it("shows a malformed value without its power over a terminal", () => {
    expect(outcome("port", ["serve"], { HOLUB_PORT: "\u001b[2J" })).toMatchObject({
      message: "HOLUB_PORT must be a whole number from 0 to 65535, not \"\\u{1b}[2J\""
    })
  })
})

describe("a value", () => {
  it.each<[keyof Values, string, unknown]>([
    ["name", "a, b", "a, b"],
    ["name", " x ", " x "],
    ["name", "--to", "--to"],
    ["name", "--", "--"],
    ["name", "-", "-"],
    ["name", "true", "true"],
    ["name", "a\nb=c", "a\nb=c"],
    ["name", "příliš žluťoučký", "příliš žluťoučký"],
    ["text", "a, b", ["a, b"]],
    ["text", "", [""]],
    ["text", " --text ", [" --text "]],
    ["faults", "loss=5%,delay=20ms", { seed: 1, loss: 0.05, delayMillis: 20 }]
  ])("of %s is taken exactly from each place: %j", (name, text, value) => {
    const variable = `HOLUB_${name.toUpperCase()}`
    expect(valuesOf(["send", "--to=h", `--${name}=${text}`])[name]).toEqual(value)
    expect(valuesOf(["send", "--to=h"], { [variable]: text })[name]).toEqual(value)
    expect(valuesOf(["send", "--to=h"], {}, fileOf([name, [text]]))[name]).toEqual(value)
  })
})

describe("a setting of another wire", () => {
  it.each<[ReadonlyArray<string>, string, "classic" | "flock"]>([
    [["send", "--to=h", "--wire", "flock", "--damage", "first", "a"], "damage", "classic"],
    [["send", "--to=h", "--wire", "flock", "--damage-kind", "flip", "a"], "damage-kind", "classic"],
    [["send", "--to=h", "--wire", "flock", "--dialect", "payload", "a"], "dialect", "classic"],
    [["send", "--to=h", "--wire", "flock", "--fragment-size", "9", "a"], "fragment-size", "classic"],
    [["send", "--to=h", "--wire", "classic", "--congestion", "cubic", "a"], "congestion", "flock"],
    [["serve", "--wire=classic", "--limit", "10M"], "limit", "flock"],
    [["--wire", "classic", "--mtu=1400"], "mtu", "flock"],
    [["config", "show", "--wire", "flock", "--damage", "first"], "damage", "classic"]
  ])("is refused on the command line: %j", (argv, flag, wire) => {
    const other = wire === "classic" ? "flock" : "classic"
    expect(Either.flip(invoke(argv))).toMatchObject(Either.right({
      code: "Usage",
      exitCode: 2,
      message: `--${flag} belongs to the wire ${wire}, and the wire is ${other}`,
      hint: `give --wire ${wire} on both sides, or leave it out`
    }))
  })

  it.each(["--mtu=1400", "--congestion=cubic", "--limit=1M", "--faults=loss=1%", "--dialect=frame"])(
    "is refused on tcp: %s",
    (flag) => {
      const refused = Either.flip(invoke(["send", "--to=h", "--wire=tcp", flag, "a"]))
      expect(refused).toMatchObject(Either.right({ code: "Usage", exitCode: 2 }))
    }
  )

  it("is refused for a wire from elsewhere, whose place is named", () => {
    const messageOf = (argv: ReadonlyArray<string>, environment: Environment, configuration?: Configuration) =>
      Either.match(invoke(argv, environment, configuration), {
        onLeft: ({ message }) => message,
        onRight: () => undefined
      })
    const limited = ["serve", "--limit", "1M"]
    const damaged = ["send", "--to=h", "--damage", "first", "a"]
    expect(messageOf(damaged, {})).toBe("--damage belongs to the wire classic, and the wire is flock (default)")
    expect(messageOf(limited, { HOLUB_WIRE: "classic" })).toMatch(/is classic \(the environment \(HOLUB_WIRE\)\)$/)
    expect(messageOf(limited, {}, fileOf(["wire", ["classic"]]))).toMatch(/is classic \(\/c\.toml\)$/)
    expect(messageOf(damaged, { HOLUB_WIRE: "classic" })).toBeUndefined()
    expect(messageOf(limited, {})).toBeUndefined()
  })

  it("is taken on its own wire, and the others on both", () => {
    for (const wire of ["classic", "flock"] as const) {
      const own = Object.values(settings).filter((setting) => setting.wires?.includes(wire) === true).map(({ name }) =>
        name
      )
      expect(own.length).toBeGreaterThan(2)
    }
    const flock = ["--wire=flock", "--congestion=cubic", "--limit=1M", "--mtu=1400"]
    const classic = ["--wire=classic", "--fragment-size=9", "--dialect=payload", "--damage=first", "--damage-kind=cut"]
    const shared = ["--timeout=9s", "--wait=1s", "--faults=loss=1%", "--trace", "a"]
    expect(valuesOf(["send", "--to=h", ...flock, ...shared])).toMatchObject({ congestion: "cubic", mtu: 1400 })
    expect(valuesOf(["send", "--to=h", ...classic, ...shared])).toMatchObject({ fragmentSize: 9, dialect: "payload" })
    expect(valuesOf(["send", "--to=h", "--wire=tcp", "--timeout=9s", "--psk-file=/p", "a"]).pskFile).toBe("/p")
  })

  it("in the environment or the file is checked, and is no error", () => {
    const file = fileOf(["congestion", ["cubic"]])
    expect(valuesOf(["serve"], { HOLUB_DAMAGE: "first", HOLUB_WIRE: "flock" }, file).wire).toBe("flock")
    expect(valuesOf(["serve"], { HOLUB_LIMIT: "1M", HOLUB_WIRE: "classic" }, file).wire).toBe("classic")
    const sources = { given: [], environment: { HOLUB_LIMIT: "lots" }, configuration: undefined }
    expect(Either.flip(check(sources))).toMatchObject(Either.right({ exitCode: 2 }))
  })
})
