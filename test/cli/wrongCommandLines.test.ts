/** Wrong command lines, each with its error message and hint. Nothing is sent or opened for any of them. */
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Send from "../../src/cli/commands/Send.ts"
import * as Serve from "../../src/cli/commands/Serve.ts"
import type { Failure } from "../../src/cli/errors/Failure.ts"
import * as WireOptions from "../../src/cli/settings/WireOptions.ts"
import type { Environment } from "../../src/node/Folders.ts"
import { invoke } from "./invoking.ts"

/** What the program would do: the options of its command, or the failure. */
const read = (argv: ReadonlyArray<string>, environment: Environment = {}): Either.Either<unknown, Failure> =>
  Either.gen(function*() {
    const { given, name, values } = yield* invoke(argv, environment)
    if (name === "serve") return Serve.options(values)
    return name === "send" ? { ...WireOptions.client(values), ...(yield* Send.options(values, given)) } : name
  })

const failureOf = (argv: ReadonlyArray<string>, environment?: Environment): Failure =>
  Either.match(read(argv, environment), {
    onLeft: (failure) => failure,
    onRight: (options) => expect.fail(`it was taken, as ${JSON.stringify(options)}`)
  })

type Words = string | RegExp
const expectWords = (words: string | undefined, expected: Words): void =>
  typeof expected === "string" ? expect(words).toBe(expected) : expect(words).toMatch(expected)

const number = "must be a whole number from"
const address = "--to must be HOST, HOST:PORT, or [IPv6]:PORT"
const listed = /holub (send|serve) --help lists the flags/

type Row = readonly [argv: ReadonlyArray<string>, message: Words, hint?: Words]
const to = ["send", "--to", "h:1"] as const

const table: ReadonlyArray<Row> = [
  // Commands
  [["sned"], "unknown command \"sned\"", "did you mean send?"],
  [["sevre", "--port", "1"], "unknown command \"sevre\"", "did you mean serve?"],
  [["Send"], "unknown command \"Send\"", "did you mean send?"],
  [
    ["juggle", "a"],
    "unknown command \"juggle\"",
    /^the commands are serve, send, join, say, follow, talk, app, account, link, clean, /
  ],
  [[""], "unknown command \"\"", /^the commands are serve, send, join, say, follow, talk, app, account, link, clean, /],
  [["--", "sned"], "unknown command \"sned\"", "did you mean send?"],
  [["a.txt", "send"], "unknown command \"a.txt\""],
  [["--version", "extra"], "unknown command \"extra\""],

  // Flags that there are not
  [["send", "--tow", "h:1", "a"], "send has no flag --tow", "did you mean --to?"],
  [["send", "--tow=h:1", "a"], "send has no flag --tow", "did you mean --to?"],
  [["send", "--to", "h:1", "--texr", "x"], "send has no flag --texr", "did you mean --text?"],
  [
    ["send", "--to", "h:1", "--fragmentsize", "9", "a"],
    "send has no flag --fragmentsize",
    "did you mean --fragment-size?"
  ],
  [["send", "--TO", "h:1", "a"], "send has no flag --TO"],
  [["serve", "--por", "1"], "serve has no flag --por", "did you mean --port?"],
  [["serve", "--to", "h:1"], "serve has no flag --to"],
  [["send", "--to", "h:1", "--port", "1", "a"], "send has no flag --port"],
  [["serve", "--colour"], "serve has no flag --colour", "did you mean --color?"],
  [["serve", "-x"], "serve has no flag -x", listed],
  [["serve", "-"], "serve takes no operand, but got \"-\""],
  [["send", "-to", "h:1", "a"], "send has no flag -t", "write: holub send --to h:1 a"],
  [["serve", "-p4040"], "serve has no flag -p", "write: holub serve --port 4040"],
  [["serve", "--no-port"], "serve has no flag --no-port", listed],
  [["serve", "--no-", "x"], "serve has no flag --no-"],
  [["--wait", "3s"], "holub has no flag --wait", "holub --help lists the flags"],
  [["--constructor"], "holub has no flag --constructor"],
  [["serve", "--__proto__"], "serve has no flag --__proto__"],
  [[...to, "--toString", "a"], "send has no flag --toString"],
  [[...to, "--hasOwnProperty=1", "a"], "send has no flag --hasOwnProperty"],

  // Values that are missing or too many
  [["send", "--to"], "--to needs a value: HOST[:PORT]"],
  [["send", "a", "--to", "--json"], "--to needs a value: HOST[:PORT]", "if \"--json\" is the value, write --to=--json"],
  [["send", "--to", "h:1", "--text"], "--text needs a value: TEXT"],
  [[...to, "--text", "--name", "x", "-"], "--text needs a value: TEXT", /write --text=--name$/],
  [["serve", "--port", "-1"], "--port needs a value: PORT", "if \"-1\" is the value, write --port=-1"],
  [["serve", "--dir", "--", "x"], "--dir needs a value: DIR"],
  [["serve", "--json=yes"], "--json takes no value", "write --json or --no-json"],
  [["serve", "--once="], "--once takes no value", "write --once or --no-once"],
  [["serve", "--no-json=true"], "--no-json takes no value"],
  [["serve", "--help=all"], "--help takes no value"],
  [["serve", "--version=2"], "--version takes no value"],
  [["send", "--to", "h:1", "--to", "h:2", "a"], "--to is given twice", "give it once"],
  [["send", "--to=h:1", "--to=h:1", "a"], "--to is given twice"],
  [["send", "--to=h:1", "--text=x", "--to=h:2", "--text=y"], "--to is given twice"],
  [["serve", "--json", "--json"], "--json is given twice"],
  [["serve", "--json", "--no-json"], "--no-json is given twice"],

  // Operands
  [["serve", "a"], "serve takes no operand, but got \"a\""],
  [["serve", "--", "--port", "1"], "serve takes no operand, but got \"--port\""],
  [["send"], "--to HOST[:PORT] is required", "give it, or set HOLUB_TO"],
  [["send", "a"], "--to HOST[:PORT] is required", "set HOLUB_TO, or write: holub send --to HOST a"],
  [["send", "192.0.2.7", "a b"], "--to HOST[:PORT] is required", "write: holub send --to 192.0.2.7 'a b'"],
  [
    ["send", "h:1", "--wire", "classic", "--damage", "first"],
    "--to HOST[:PORT] is required",
    "write: holub send --to h:1 --wire=classic --damage=first FILE"
  ],
  [[...to], "nothing to send", "name files, give --text TEXT, or - for standard input"],
  [[...to, "--"], "nothing to send"],
  [[...to, "--name", "x"], "nothing to send"],
  [[...to, "-", "-"], "standard input (-) is given twice", "it can be read once"],
  [[...to, "-", "a", "--", "-"], "standard input (-) is given twice"],

  [[...to, "--name", "x", "a"], "--name is for standard input, which is not sent", "add - to send it"],

  // Values that are malformed
  [["send", "--to", "4040", "a"], "--to must be a host and a port, like 127.0.0.1:4040, not \"4040\""],
  [["send", "--to", "255.255.255.255:1", "a"], "--to must be the address of one machine, not \"255.255.255.255:1\""],
  [["send", "--to", "239.1.2.3", "a"], "--to must be the address of one machine, not \"239.1.2.3\""],
  [["send", "--to", "[ff02::1%eth0]:1", "a"], "--to must be the address of one machine, not \"[ff02::1%eth0]:1\""],
  [["send", "--to", "0.0.0.0", "a"], "--to must be the address of one machine, not \"0.0.0.0\""],
  [["send", "--to", "::", "a"], "--to must be the address of one machine, not \"::\""],
  [[...to, "--fragment-size", "0", "a"], `--fragment-size ${number} 1 to 1445, not "0"`],
  [[...to, "--fragment-size", "1446", "a"], `--fragment-size ${number} 1 to 1445, not "1446"`],
  [[...to, "--fragment-size", "abc", "a"], `--fragment-size ${number} 1 to 1445, not "abc"`],
  [[...to, "--fragment-size=-5", "a"], `--fragment-size ${number} 1 to 1445, not "-5"`],
  [[...to, "--fragment-size=", "a"], `--fragment-size ${number} 1 to 1445, not ""`],
  [[...to, "--fragment-size", "1e3", "a"], `--fragment-size ${number} 1 to 1445, not "1e3"`],
  [["serve", "--port", "65536"], `--port ${number} 0 to 65535, not "65536"`],
  [["serve", "--port=-1"], `--port ${number} 0 to 65535, not "-1"`],
  [["serve", "--port", "http"], `--port ${number} 0 to 65535, not "http"`],
  [["serve", "--host="], "--host must be a non-empty text, not \"\""],
  [["serve", "--dir", ""], "--dir must be a non-empty text, not \"\""],
  [[...to, "--name=", "-"], "--name must be a non-empty text, not \"\""],
  [[...to, "--dialect", "header", "a"], "--dialect must be frame or payload, not \"header\""],
  [[...to, "--wire", "quic", "a"], "--wire must be flock, tcp or classic, not \"quic\""],
  [["serve", "--port-search", "-1"], "--port-search needs a value: N", /--port-search=-1/],
  [["serve", "--port-search", "1001"], `--port-search ${number} 0 to 1000, not "1001"`],
  [["serve", "--timeout", "20"], /^--timeout must be a duration such as 90s or 5m, from 1 to 3600 seconds, not "20"$/],
  [["serve", "--timeout", "500ms"], /^--timeout must be a duration/],
  [["send", "--to", "h", "--wait", "soon", "a"], /^--wait must be a duration/],
  [
    ["send", "--to", "h", "--damage", "some", "a"],
    "--damage must be first, every:N, list:2,5,9 or rate:5%, not \"some\""
  ],
  [["send", "--to", "h", "--damage-kind", "burn", "a"], "--damage-kind must be remove, flip or cut, not \"burn\""],
  [["serve", "--damage", "first"], "serve has no flag --damage", listed],
  [
    ["send", "--to", "h", "--faults", "loss=5%,los=1%", "a"],
    /^--faults must be like loss=5%.* \(did you mean loss\?\), not/
  ],
  [["serve", "--if-exists", "resume"], "--if-exists must be rename, fail, skip or overwrite, not \"resume\""],
  [["serve", "--quota", "lots"], "--quota must be a size such as 500k, 10M or 1GiB, not \"lots\""],
  [["serve", "--quota", "10Mbit"], "--quota must be a size such as 500k, 10M or 1GiB, not \"10Mbit\""],
  ...["65536", "host", "host:65536", "239.1.2.3:1", "[ff15::1]:1", ""].map((text): Row => [
    ["talk", `--listen=${text}`],
    `--listen must be PORT, HOST:PORT or [IPv6]:PORT, with an address of this machine, not "${text}"`
  ]),
  ...["239.1.2.3", "239.1.2.3:0", "192.0.2.1:4041", "[::1]:4041", "x:1"].map((text): Row => [
    ["talk", `--group=${text}`],
    `--group must be a multicast group and a port, like 239.255.40.40:4041, not "${text}"`
  ]),
  ...["host:0", "[::1", "host:65536", "host:", ":4040", "", "a b", "http://h", "u@h"].map((text): Row => [
    ["send", `--to=${text}`, "a"],
    `${address}, not "${text}"`
  ])
]

describe("a wrong command line", () => {
  it.each(table.map((row) => [row[0].map((word) => word === "" ? "''" : word).join(" "), ...row] as const))(
    "holub %s",
    (_, argv, message, hint) => {
      const failure = failureOf(argv)
      expect([failure.code, failure.exitCode]).toEqual(["Usage", 2])
      expectWords(failure.message, message)
      if (hint !== undefined) expectWords(failure.hint, hint)
    }
  )

  it("that begins with a flag that there is not, and its value, is refused too", () => {
    expect(failureOf(["--tow", "h:1", "send", "a"]).exitCode).toBe(2)
  })
})

const variables: ReadonlyArray<readonly [Environment, argv: ReadonlyArray<string>, message: string]> = [
  [{ HOLUB_TO: "h:1" }, ["send", "--tow", "h:2", "a"], "send has no flag --tow"],
  [{ HOLUB_TO: "h:1" }, ["send", "--to"], "--to needs a value: HOST[:PORT]"],
  [{ HOLUB_TO: "h:1" }, ["send", "--to=", "a"], `${address}, not ""`],
  [{ HOLUB_TO: "h:1" }, ["send"], "nothing to send"],
  [{ HOLUB_TO: "h:0" }, ["send", "a"], "HOLUB_TO must be HOST, HOST:PORT, or [IPv6]:PORT, not \"h:0\""],
  [{ HOLUB_TO: "" }, ["send", "a"], "HOLUB_TO must be HOST, HOST:PORT, or [IPv6]:PORT, not \"\""],
  [{ HOLUB_PORT: "abc" }, ["serve"], `HOLUB_PORT ${number} 0 to 65535, not "abc"`],
  [{ HOLUB_PORT: "" }, ["serve"], `HOLUB_PORT ${number} 0 to 65535, not ""`],
  [{ HOLUB_FRAGMENT_SIZE: "0" }, [...to, "a"], `HOLUB_FRAGMENT_SIZE ${number} 1 to 1445, not "0"`],
  [{ HOLUB_DIALECT: "x" }, [...to, "a"], "HOLUB_DIALECT must be frame or payload, not \"x\""],
  [{ HOLUB_WIRE: "quic" }, ["serve"], "HOLUB_WIRE must be flock, tcp or classic, not \"quic\""],
  [{ HOLUB_QUOTA: "lots" }, ["serve"], "HOLUB_QUOTA must be a size such as 500k, 10M or 1GiB, not \"lots\""],
  [{ HOLUB_IF_EXISTS: "ask" }, ["serve"], "HOLUB_IF_EXISTS must be rename, fail, skip or overwrite, not \"ask\""],
  [{ HOLUB_JSON: "yes" }, ["serve"], "HOLUB_JSON must be true or false, not \"yes\""],
  [{ HOLUB_QUIET: "" }, ["serve"], "HOLUB_QUIET must be true or false, not \"\""],
  [{ HOLUB_ONCE: "maybe" }, ["serve"], "HOLUB_ONCE must be true or false, not \"maybe\""],
  [{ HOLUB_DIR: "" }, ["serve"], "HOLUB_DIR must be a non-empty text, not \"\""]
]

describe("a wrong environment", () => {
  it.each(variables.map((row) => [JSON.stringify(row[0]), row[1].join(" "), ...row] as const))(
    "%s holub %s",
    (_, __, environment, argv, message) => {
      const failure = failureOf(argv, environment)
      expect([failure.code, failure.exitCode]).toEqual(["Usage", 2])
      expect(failure.message).toBe(message)
    }
  )
})

describe("a command line that looks wrong and is right", () => {
  it.each<[ReadonlyArray<string>, object]>([
    [[...to, "--", "--tow", "-x"], { wanted: [{ _tag: "Path", path: "--tow" }, { _tag: "Path", path: "-x" }] }],
    [[...to, "--text=--to"], { wanted: [{ _tag: "Text", text: "--to" }] }],
    [[...to, "--text", ""], { wanted: [{ _tag: "Text", text: "" }] }],
    [[...to, "--text=x", "--text", "y"], { wanted: [{ _tag: "Text", text: "x" }, { _tag: "Text", text: "y" }] }],
    [["send", "--to", "::1", "a"], { to: { host: "::1", port: 4040 } }],
    [["serve", "--port", "0"], { port: 0 }],
    [["--port", "1", "serve"], { port: 1 }],
    [["serve", "--no-once"], { isOnce: false }]
  ])("holub %j", (argv, options) => {
    expect(Either.getOrThrow(read(argv))).toMatchObject(options)
  })

  it("takes texts, files and standard input in the order in which they are given", () => {
    expect(Either.getOrThrow(read([...to, "b", "--text", "t", "-", "a", "--name", "n"]))).toMatchObject({
      wanted: [
        { _tag: "Path", path: "b" },
        { _tag: "Text", text: "t" },
        { _tag: "Stdin", name: "n" },
        { _tag: "Path", path: "a" }
      ]
    })
  })

  it("takes a text from the environment as its help says", () => {
    expect(Either.getOrThrow(read([...to], { HOLUB_TEXT: "ahoj" }))).toMatchObject({
      wanted: [{ _tag: "Text", text: "ahoj" }]
    })
  })
})
