import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { parse } from "../../src/cli/Argv.ts"
import type { Flag } from "../../src/cli/Flag.ts"
import type { Configuration, Environment } from "../../src/cli/Settings.ts"
import { misspelt, reader, withDefault, written } from "../../src/cli/Settings.ts"
import * as Flags from "../../src/cli/settings/Flags.ts"

const givenIn = (argv: ReadonlyArray<string>) =>
  Either.getOrThrowWith(parse(argv), ({ message }) => new Error(message)).given

const readerOf = (argv: ReadonlyArray<string>, environment: Environment = {}, configuration?: Configuration) =>
  reader(givenIn(argv), environment, configuration)

const fileOf = (...texts: ReadonlyArray<readonly [string, ReadonlyArray<string>]>): Configuration => ({
  path: "/c.toml",
  texts: new Map(texts)
})

/** The value, or the sentence of the failure. */
const outcome = <A>(
  flag: Flag<A>,
  argv: ReadonlyArray<string>,
  environment: Environment = {},
  configuration?: Configuration
) =>
  Either.match(withDefault(readerOf(argv, environment, configuration), flag), {
    onLeft: ({ exitCode, hint, message }) => ({ exitCode, message, hint }),
    onRight: (value) => value
  })

describe("the environment", () => {
  it("may have variables that are nothing here; those that were probably meant are told", () => {
    const environment = { HOLUB_FRAGMENT_SIZ: "5", HOLUB_PORT: "5", HOLUB_KENNEL: "x", FRAGMENT_SIZ: "5" }
    expect(misspelt(environment)).toEqual([
      "the environment has HOLUB_FRAGMENT_SIZ, which is nothing here; was HOLUB_FRAGMENT_SIZE meant?"
    ])
  })
})

describe("a setting", () => {
  it("is what the flag says, before the environment, before the file, before the default", () => {
    const environment = { HOLUB_PORT: "7" }
    const file = fileOf(["port", ["8"]])
    expect(outcome(Flags.port, ["serve", "--port", "9"], environment, file)).toBe(9)
    expect(outcome(Flags.port, ["serve"], environment, file)).toBe(7)
    expect(outcome(Flags.port, ["serve"], {}, file)).toBe(8)
    expect(outcome(Flags.port, ["serve"])).toBe(4040)
  })

  it("tells where it comes from", () => {
    const file = fileOf(["port", ["8"]], ["json", ["true"]])
    const originOf = (flag: Flag<unknown>) =>
      written(flag, {
        given: givenIn(["serve", "--once"]),
        environment: { HOLUB_PORT: "7" },
        configuration: file
      }).origin
    expect([Flags.once, Flags.port, Flags.json, Flags.dir].map(originOf)).toEqual([
      "flag",
      "the environment (HOLUB_PORT)",
      "/c.toml",
      "default"
    ])
  })

  it("that is repeatable may have several values, of one origin", () => {
    const file = fileOf(["text", ["a", "b"]])
    const texts = (argv: ReadonlyArray<string>, environment: Environment = {}) =>
      Either.getOrThrow(readerOf(argv, environment, file).all(Flags.text))
    expect(texts(["send", "--text", "x", "--text", "y"], { HOLUB_TEXT: "z" })).toEqual(["x", "y"])
    expect(texts(["send"], { HOLUB_TEXT: "z" })).toEqual(["z"])
    expect(texts(["send"])).toEqual(["a", "b"])
  })

  it("that is switched off by a flag stays off whatever the environment says", () => {
    expect(outcome(Flags.json, ["serve", "--no-json"], { HOLUB_JSON: "true" })).toBe(false)
    expect(outcome(Flags.json, ["serve"], { HOLUB_JSON: "1" })).toBe(true)
  })

  it("without a default is undefined when nobody gives it", () => {
    expect(readerOf(["serve"])(Flags.quota)).toEqual(Either.right(undefined))
  })

  it("that is needed says how to give it", () => {
    expect(outcome(Flags.to, ["send", "a"])).toEqual({
      exitCode: 2,
      message: "--to HOST[:PORT] is needed",
      hint: "give it, or set HOLUB_TO"
    })
  })

  it("that is malformed is an error that names where it came from", () => {
    expect(outcome(Flags.port, ["serve", "--port", "x"])).toMatchObject({
      exitCode: 2,
      message: "--port is a whole number from 0 to 65535, not \"x\""
    })
    expect(outcome(Flags.port, ["serve"], { HOLUB_PORT: "x" })).toMatchObject({
      exitCode: 2,
      message: "HOLUB_PORT is a whole number from 0 to 65535, not \"x\""
    })
  })

  it("that is malformed in the environment never gives way to the default", () => {
    for (const text of ["", " ", "-1", "65536", "4040 "]) {
      expect(outcome(Flags.port, ["serve"], { HOLUB_PORT: text }), JSON.stringify(text)).toMatchObject({ exitCode: 2 })
    }
  })

  it("that is malformed in the environment never gives way to the file", () => {
    expect(outcome(Flags.port, ["serve"], { HOLUB_PORT: "x" }, fileOf(["port", ["8"]]))).toMatchObject({ exitCode: 2 })
  })

  it("that is malformed in the environment is an error although the flag goes before it", () => {
    expect(outcome(Flags.port, ["serve", "--port", "1"], { HOLUB_PORT: "x" })).toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/^HOLUB_PORT is a whole number/)
    })
  })

  it("shows a malformed value without its power over a terminal", () => {
    expect(outcome(Flags.port, ["serve"], { HOLUB_PORT: "\u001b[2J" })).toMatchObject({
      message: "HOLUB_PORT is a whole number from 0 to 65535, not \"\\u{1b}[2J\""
    })
  })
})
