import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { glimpse, parse } from "../../src/cli/CommandLine.ts"
import { commands } from "../../src/cli/commands/Commands.ts"
import { settings } from "../../src/cli/settings/Settings.ts"

const lineOf = (argv: ReadonlyArray<string>) =>
  Either.getOrThrowWith(parse(commands)(argv), ({ message }) => new Error(message))

/** The command, flags and operands in short: `--to=h` for a flag, `a` for an operand. */
const read = (...argv: ReadonlyArray<string>): readonly [string | undefined, ReadonlyArray<string>] => {
  const { command, given } = lineOf(argv)
  return [
    command.name === "" ? undefined : command.name,
    given.map((item) => item._tag === "Operand" ? item.text : `--${item.name}=${item.text}`)
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
    const glimpsed = [settings.json, settings.config].map((setting) => glimpse(argv, setting))
    expect(glimpsed).toEqual([json, config])
  })
})

describe("the line for @effect/cli", () => {
  it.each<[ReadonlyArray<string>, ReadonlyArray<string>]>([
    [[], ["communicate", "--"]],
    [["--to", "serve", "--json"], ["communicate", "--to", "serve", "--json", "--"]],
    [["send", "a", "--to=h", "--no-json", "b"], ["send", "--to", "h", "--no-json", "--", "a", "b"]],
    [["config", "--port", "5", "show"], ["config", "show", "--port", "5", "--"]],
    // Texts come through the ConfigProvider.
    [["send", "--to", "h", "--text", " x ", "--text=", "-"], ["send", "--to", "h", "--", "-"]],
    // What could be taken for a flag, or for the end of the flags, is part of the flag itself.
    [["send", "--name=--to", "-"], ["send", "--name=--to", "--", "-"]],
    [["send", "--name=--", "-"], ["send", "--name=--", "--", "-"]],
    [["send", "--name=-x y\n", "-"], ["send", "--name", "-x y\n", "--", "-"]],
    [["send", "--", "--tow", "-x"], ["send", "--", "--tow", "-x"]]
  ])("of %j is %j", (argv, line) => {
    expect(lineOf(argv).argv).toEqual(line)
  })

  it("has a flag as it may be written again", () => {
    const { given } = lineOf(["send", "--to", "h", "--no-json", "--text", "a b", "c"])
    expect(given.flatMap((item) => item._tag === "Flag" ? [item.argument] : [])).toEqual([
      "--to=h",
      "--no-json",
      "--text=a b"
    ])
  })

  it.each<[ReadonlyArray<string>, boolean, boolean]>([
    [["-h"], true, false],
    [["serve", "--help"], true, false],
    [["serve", "--no-help"], false, false],
    [["--version"], false, true],
    [["send", "a", "--", "--help", "--version"], false, false],
    [["send", "--name=--help"], false, false]
  ])("of %j asks for help: %s, for the version: %s", (argv, wantsHelp, wantsVersion) => {
    expect(lineOf(argv)).toMatchObject({ wantsHelp, wantsVersion })
  })
})
