import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { glimpse, parse } from "../../src/cli/Argv.ts"
import * as Flags from "../../src/cli/settings/Flags.ts"

/** The command, and what was given in short: `--to=h` for a flag, `a` for an operand. */
const read = (...argv: ReadonlyArray<string>): readonly [string | undefined, ReadonlyArray<string>] => {
  const { command, given } = Either.getOrThrowWith(parse(argv), ({ message }) => new Error(message))
  return [
    command?.name,
    given.map((item) => item.kind === "operand" ? item.text : `--${item.flag.name}=${item.text}`)
  ]
}

describe("the command line", () => {
  it("may be empty", () => {
    expect(read()).toEqual([undefined, []])
  })

  it("names a command and keeps what is given in its order", () => {
    expect(read("send", "--to", "h:1", "a", "--text", "t", "b", "--text", "u")).toEqual([
      "send",
      ["--to=h:1", "a", "--text=t", "b", "--text=u"]
    ])
  })

  it("may have flags before the command", () => {
    expect(read("--to", "h", "--json", "send", "a")).toEqual(["send", ["--to=h", "--json=true", "a"]])
  })

  it("takes a value behind an equals sign as behind a space, whatever it begins with", () => {
    expect(read("send", "--to=h", "--text=--to", "--text=", "--text=a=b")).toEqual([
      "send",
      ["--to=h", "--text=--to", "--text=", "--text=a=b"]
    ])
  })

  it("takes an empty value and a single dash behind a space", () => {
    expect(read("send", "--text", "", "--text", "-")).toEqual(["send", ["--text=", "--text=-"]])
  })

  it("takes a single dash for an operand", () => {
    expect(read("send", "-")).toEqual(["send", ["-"]])
  })

  it("takes all that follows a double dash for operands", () => {
    expect(read("send", "--to", "h", "--", "--tow", "-x", "--", "-h")).toEqual([
      "send",
      ["--to=h", "--tow", "-x", "--", "-h"]
    ])
  })

  it("switches off what begins with no-", () => {
    expect(read("serve", "--no-json", "--no-once")).toEqual(["serve", ["--json=false", "--once=false"]])
  })

  it("knows two short flags", () => {
    expect(read("-h")).toEqual([undefined, ["--help=true"]])
    expect(read("-V")).toEqual([undefined, ["--version=true"]])
    expect(read("send", "-h")).toEqual(["send", ["--help=true"]])
  })

  it("takes a word that is also a command's name for an operand once a command is named", () => {
    expect(read("send", "serve", "send")).toEqual(["send", ["serve", "send"]])
  })

  it("takes the value of a flag for no command", () => {
    expect(read("--to", "serve", "send", "a")).toEqual(["send", ["--to=serve", "a"]])
  })

  it("keeps any character of a value", () => {
    const text = "řádek\n\u001b[2J 🐴 \ud800"
    expect(read("send", "--text", text, text)).toEqual(["send", [`--text=${text}`, text]])
  })

  it("may name a command by two words, with flags between them", () => {
    expect(read("config", "show", "--port", "5")).toEqual(["config show", ["--port=5"]])
    expect(read("config", "--port", "5", "show")).toEqual(["config show", ["--port=5"]])
    expect(read("completions", "install", "zsh")).toEqual(["completions install", ["zsh"]])
    expect(read("completions", "zsh")).toEqual(["completions", ["zsh"]])
  })

  it("may leave the second word out where help is asked for", () => {
    expect(read("config", "--help")).toEqual(["config show", ["--help=true"]])
    expect(read("-h", "config")).toEqual(["config show", ["--help=true"]])
    expect(read("completions", "--help")).toEqual(["completions", ["--help=true"]])
  })

  it("without a command has the flags of the communicator", () => {
    expect(read("--trace", "--to", "h:1")).toEqual([undefined, ["--trace=true", "--to=h:1"]])
  })

  it.each<[ReadonlyArray<string>, string | undefined, string | undefined]>([
    [["sned", "--json", "--config", "a"], "true", "a"],
    [["--config=a", "--config=b", "--no-json"], "false", "b"],
    [["send", "--text", "--json"], undefined, undefined],
    [["send", "--", "--json", "--config", "a"], undefined, undefined],
    [["--json", "--config"], "true", undefined]
  ])("%j, however wrong, lets a flag be glimpsed", (argv, json, config) => {
    expect([glimpse(argv, Flags.json), glimpse(argv, Flags.config)]).toEqual([json, config])
  })
})
