import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { parse } from "../../src/cli/Argv.ts"

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
})
