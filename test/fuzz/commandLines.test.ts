/** Parsing of command lines and environment variables: the result is valid options, or a usage error with a hint. */
import * as Either from "effect/Either"
import * as FastCheck from "fast-check"
import * as Send from "../../src/cli/commands/Send.ts"
import * as Serve from "../../src/cli/commands/Serve.ts"
import { helpFlag, versionFlag } from "../../src/cli/CommandUsage.ts"
import type { Failure } from "../../src/cli/errors/Failure.ts"
import { variableOf } from "../../src/cli/settings/Setting.ts"
import { settings } from "../../src/cli/settings/Settings.ts"
import * as WireOptions from "../../src/cli/settings/WireOptions.ts"
import { parseSize } from "../../src/cli/text/Format.ts"
import { nearest } from "../../src/protocol/NearestName.ts"
import { invoke } from "../cli/invoking.ts"
import { ensure, fuzz } from "./fuzzing.ts"
import { texts } from "./texts.ts"

interface CommandLine {
  readonly argv: ReadonlyArray<string>
  readonly environment: Readonly<Record<string, string>>
}

const flags = [...Object.values(settings), helpFlag, versionFlag]
const flag = FastCheck.constantFrom(...flags.map(({ name }) => name))
const valueTexts = FastCheck.oneof(
  FastCheck.constantFrom(
    "",
    "0",
    "1",
    "4040",
    "65535",
    "65536",
    "-1",
    "1e3",
    "0x10",
    "1445",
    "1446",
    "true",
    "false",
    "yes"
  ),
  FastCheck.constantFrom(
    "500k",
    "1GiB",
    "1.5 MiB",
    "9999999TB",
    "1constructor",
    "rename",
    "overwrite",
    "classic",
    "payload"
  ),
  FastCheck.constantFrom("h", "h:1", "h:0", "[::1]:1", "::1", "[::1", "h:65536", "-", "--", "-x", "./inbox", "stdin"),
  texts
)
const words = FastCheck.oneof(
  { weight: 3, arbitrary: FastCheck.tuple(flag, valueTexts).map(([name, value]) => `--${name}=${value}`) },
  { weight: 3, arbitrary: flag.map((name) => `--${name}`) },
  { weight: 1, arbitrary: flag.map((name) => `--no-${name}`) },
  { weight: 1, arbitrary: FastCheck.tuple(flag, valueTexts).map(([name, value]) => `--no-${name}=${value}`) },
  { weight: 1, arbitrary: flag.map((name) => `--${name.slice(1)}`) },
  {
    weight: 1,
    arbitrary: FastCheck.constantFrom("-h", "-V", "-hV", "-", "--", "---", "-=", "--=", "--=x", "--no-", "-t=x")
  },
  { weight: 1, arbitrary: texts.map((text) => `--${text}`) },
  { weight: 4, arbitrary: valueTexts }
)
const commandLines = FastCheck.record({
  command: FastCheck.oneof(
    { weight: 4, arbitrary: FastCheck.constantFrom(["send"], ["serve"], ["send", "--to", "h:1"]) },
    {
      weight: 1,
      arbitrary: FastCheck.constantFrom(["clean"], ["config", "show"], ["config"], ["completions"], ["help"])
    },
    { weight: 1, arbitrary: FastCheck.constantFrom([], ["sned"], ["--"], ["--json", "send"], ["send", "--to=h", "a"]) }
  ),
  rest: FastCheck.array(words, { maxLength: 6, size: "max" }),
  environment: FastCheck.dictionary(flag.map((name) => variableOf({ name })), valueTexts, { maxKeys: 2 })
}).map(({ command, environment, rest }) => ({ argv: [...command, ...rest], environment }))

/** Parses a command line as `holub` does, without running the command. */
const read = (
  { argv, environment }: CommandLine
): Either.Either<string | Serving | Sending, Failure> =>
  Either.gen(function*() {
    const { given, name, values } = yield* invoke(argv, environment)
    const wire = WireOptions.fromSettings(values)
    if (name === "serve") return { ...wire, ...Serve.options(values) }
    return name === "send"
      ? { ...wire, ...WireOptions.client(values), ...(yield* Send.options(values, given)) }
      : name
  })

const isPort = (port: number, least: number): boolean => Number.isInteger(port) && port >= least && port <= 65_535

/** Checks the settings of the wire, which both commands have. */
const checkWire = ({ wire }: WireOptions.WireOptions): void => {
  ensure(["classic", "flock"].includes(wire), "the wire is unknown")
}

type Serving = Serve.ServeOptions & WireOptions.WireOptions

const checkServe = ({ dir, host, ifExists, isOnce, port, quotaBytes, ...wire }: Serving): void => {
  checkWire(wire)
  ensure(wire.dialect === undefined, "a server has a dialect: it takes both")
  ensure(isPort(port, 0) && host !== "" && dir !== "", "the address or the directory of the server is invalid")
  ensure(
    ["rename", "fail", "overwrite"].includes(ifExists) && typeof isOnce === "boolean",
    "a choice has an unknown value"
  )
  ensure(quotaBytes === undefined || (Number.isSafeInteger(quotaBytes) && quotaBytes >= 0), "the quota is invalid")
}

type Sending = Send.SendOptions & WireOptions.ClientOptions & WireOptions.WireOptions

const checkSend = ({ message, to, wanted, ...wire }: Sending): void => {
  checkWire(wire)
  ensure(wire.dialect !== undefined && ["frame", "payload"].includes(wire.dialect), "the dialect is unknown")
  const { damage, fragmentSize } = message
  const isCut = damage !== undefined || fragmentSize !== undefined
  ensure(!isCut || wire.wire === "classic", "a wire has fragments that it does not know")
  ensure(isPort(to.port, 1) && to.host !== "", "the destination is invalid")
  ensure(
    fragmentSize === undefined || (Number.isInteger(fragmentSize) && fragmentSize >= 1 && fragmentSize <= 1445),
    "the fragment size is invalid"
  )
  ensure(
    wanted.length > 0 && wanted.filter(({ _tag }) => _tag === "Stdin").length <= 1,
    "there is nothing to send, or standard input more than once"
  )
  ensure(wanted.every((one) => one._tag !== "Stdin" || one.name !== ""), "standard input has no name")
}

const insides = /\[object|\bNaN\b|function|=>/
const negatedValues = new Set(
  flags.filter(({ placeholder }) => placeholder !== undefined).map(({ name }) => `--no-${name}`)
)

fuzz("a command line", {
  corpus: "commandLines",
  inputs: commandLines,
  runs: 4000,
  holds: (commandLine) => {
    Either.match(read(commandLine), {
      onLeft: (failure) => {
        ensure(
          failure._tag === "Failure" && failure.code === "Usage" && failure.exitCode === 2,
          "the error is no usage error"
        )
        ensure(
          failure.message !== "" && failure.hint !== "",
          "the error has no message or no hint"
        )
        const isWritten = insides.test(JSON.stringify(commandLine))
        ensure(isWritten || !insides.test(failure.hint ?? ""), "the hint contains internals of the program")
      },
      onRight: (options) => {
        if (typeof options === "string") return
        const ahead = commandLine.argv.slice(0, [...commandLine.argv, "--"].indexOf("--"))
        ensure(
          !ahead.some((word) => negatedValues.has(word.split("=", 1)[0] ?? "")),
          "a flag with a value is accepted with --no-"
        )
        if ("wanted" in options) checkSend(options)
        else checkServe(options)
      }
    })
  }
})

/** Values that @effect/cli by itself takes for something else: flags, the end of the flags, switches, blanks. */
const awkward = FastCheck.oneof(
  FastCheck.constantFrom("", " ", "-", "--", "-x", "-hV", "--to", "--text", "--no-json", "--help", "true", "off", "1"),
  FastCheck.constantFrom("send", "show", "a=b", "--to=h", " x ", "a, b", "-a\nb", "--\n", "=", "--name=--"),
  texts
)

fuzz("a value of a command line", {
  corpus: "values",
  inputs: FastCheck.record({
    name: awkward.filter((text) => text !== ""),
    texts: FastCheck.array(awkward, { maxLength: 3 }),
    paths: FastCheck.array(awkward.filter((text) => text !== "-"), { maxLength: 3 }),
    isSwitched: FastCheck.boolean()
  }),
  runs: 1000,
  holds: ({ isSwitched, name, paths, texts: wanted }) => {
    const switches = isSwitched ? ["--json", "--no-quiet"] : []
    const options = [`--name=${name}`, ...switches, "--to", "h", ...wanted.map((text) => `--text=${text}`)]
    const outcome = invoke(["send", ...options, "--", ...paths, "-"])
    ensure(Either.isRight(outcome), "a valid command line is refused")
    if (Either.isLeft(outcome)) return
    const { given, values } = outcome.right
    ensure(
      values.name === name && values.json === isSwitched && !values.quiet,
      "a value differs from the one that was given"
    )
    ensure(JSON.stringify(values.text) === JSON.stringify(wanted), "a text differs from the one that was given")
    const sent = Either.getOrUndefined(Send.options(values, given))?.wanted
    const items = [
      ...wanted.map((text) => ({ _tag: "Text", text })),
      ...paths.map((path) => ({ _tag: "Path", path })),
      { _tag: "Stdin", name }
    ]
    ensure(JSON.stringify(sent) === JSON.stringify(items), "the items to send differ from those that were given")
  }
})

const amounts = FastCheck.tuple(
  FastCheck.oneof(
    FastCheck.nat().map(String),
    FastCheck.double().map(String),
    FastCheck.constantFrom("1.5", "0.0", "00", "9".repeat(400))
  ),
  FastCheck.constantFrom("", " ", "\u00a0"),
  FastCheck.constantFrom("", "k", "KB", "mib", "g", "TiB", "t", "p", "\u212a", "b", "constructor", "?")
).map((parts) => parts.join(""))

fuzz("a size", {
  corpus: "texts",
  inputs: FastCheck.oneof(amounts, texts),
  runs: 1500,
  holds: (text) => {
    const bytes = parseSize(text)
    ensure(bytes === undefined || (Number.isSafeInteger(bytes) && bytes >= 0), "the size is invalid")
    ensure(
      bytes === undefined || /^\s*\d+(?:\.\d+)?\s*(?:[kmgt]?b?|[kmgt]ib)\s*$/i.test(text),
      "the size is accepted for text in another format"
    )
    ensure(!/^\d{1,6}[kmg]?$/.test(text) || bytes !== undefined, "a plain size is not accepted")
    const near = nearest(text, flags.map(({ name }) => name))
    ensure(near === undefined || text.length <= near.length * 2, "the suggestion is too different")
  }
})
