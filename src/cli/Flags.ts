/**
 * The one table of flags: name, environment variable, type, default, help. The parser, the help and all that will come
 * (completions, the configuration file) are made of it.
 */
import * as Either from "effect/Either"
import type { Address } from "../Address.ts"
import { parse as parseAddress } from "../Address.ts"
import { ipv6FragmentSize, maxFragmentSize, minFragmentSize } from "../protocol/classic/Fragments.ts"
import type { Dialect } from "../protocol/classic/Frame.ts"
import type { IfExists } from "../Storage.ts"
import { parseSize } from "./Words.ts"

export const defaultPort = 4040

export interface Flag<A> {
  /** Without the dashes. */
  readonly name: string
  /** What stands for the value in the help; undefined for a switch. */
  readonly placeholder: string | undefined
  readonly help: string
  /** As it would be written; undefined when there is none. */
  readonly fallback: string | undefined
  readonly isRepeatable: boolean
  /** The value, or what it must be. */
  readonly parse: (text: string) => Either.Either<A, string>
}

const valued = <A>(
  name: string,
  placeholder: string,
  help: string,
  parse: Flag<A>["parse"],
  fallback?: string
): Flag<A> => ({ name, placeholder, help, parse, fallback, isRepeatable: false })

const toggle = (name: string, help: string): Flag<boolean> => ({
  name,
  placeholder: undefined,
  help,
  fallback: "false",
  isRepeatable: false,
  parse: (text) => {
    if (text === "true" || text === "1") return Either.right(true)
    return text === "false" || text === "0" ? Either.right(false) : Either.left("is true or false")
  }
})

const oneOf = <A extends string>(...choices: ReadonlyArray<A>): Flag<A>["parse"] => (text) => {
  const choice = choices.find((candidate) => candidate === text)
  return choice === undefined ? Either.left(`is ${choices.join(" or ")}`) : Either.right(choice)
}

const integer = (least: number, most: number): Flag<number>["parse"] => (text) => {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
  return value >= least && value <= most
    ? Either.right(value)
    : Either.left(`is a whole number from ${least} to ${most}`)
}

const nonEmpty: Flag<string>["parse"] = (text) => text === "" ? Either.left("is not empty") : Either.right(text)

const destination: Flag<Address>["parse"] = (text) => {
  const address = parseAddress(text, defaultPort)
  return address === undefined || address.port === 0
    ? Either.left("is HOST, HOST:PORT, or [IPv6]:PORT")
    : Either.right(address)
}

const bytes: Flag<number>["parse"] = (text) => {
  const value = parseSize(text)
  return value === undefined ? Either.left("is a size such as 500k, 10M or 1GiB") : Either.right(value)
}

/** `[::1]` is how an IPv6 address looks beside a port. */
const bare: Flag<string>["parse"] = (text) => nonEmpty(text.replace(/^\[([^\]]*)\]$/, "$1"))

export const host = valued("host", "ADDRESS", "the address to listen at; 0.0.0.0 for all", bare, "127.0.0.1")
export const port = valued(
  "port",
  "PORT",
  "the port to listen at; 0 for any free one",
  integer(0, 65_535),
  String(defaultPort)
)
export const dir = valued("dir", "DIR", "where files go; it is made if need be", nonEmpty, "./inbox")
export const ifExists = valued<IfExists>(
  "if-exists",
  "WHAT",
  "a file of that name is there: rename the new one, fail, or overwrite",
  oneOf("rename", "fail", "overwrite"),
  "rename"
)
export const quota = valued("quota", "SIZE", "the most that all files in DIR may have together", bytes)
export const once = toggle("once", "end with the first peer; the exit code is its outcome")
export const to = valued("to", "HOST[:PORT]", `where to; the port defaults to ${defaultPort}`, destination)
export const text: Flag<string> = {
  ...valued("text", "TEXT", "a text to send; may be given several times", (value: string) => Either.right(value)),
  isRepeatable: true
}
export const name = valued("name", "NAME", "the name under which standard input is sent", nonEmpty, "stdin")
export const wire = valued("wire", "WIRE", "the protocol", oneOf("classic"), "classic")
export const fragmentSize = valued(
  "fragment-size",
  "BYTES",
  `payload of a frame, ${minFragmentSize} to ${maxFragmentSize} (default ${maxFragmentSize}; over IPv6 ${ipv6FragmentSize})`,
  integer(minFragmentSize, maxFragmentSize)
)
export const dialect = valued<Dialect>(
  "dialect",
  "DIALECT",
  "what the field fragment_size counts: frame or payload",
  oneOf("frame", "payload"),
  "frame"
)
export const json = toggle("json", "print one JSON object a line")
export const quiet = toggle("quiet", "print results and errors only")
export const help = toggle("help", "show this help")
export const version = toggle("version", "show the version")

/** The environment variable of a flag: `--fragment-size` is HOLUB_FRAGMENT_SIZE. */
export const variableOf = (flag: Pick<Flag<unknown>, "name">): string =>
  `HOLUB_${flag.name.toUpperCase().replaceAll("-", "_")}`
