/**
 * The one table of flags: name, environment variable, key, type, default, help. The parser, the help, the configuration
 * file and the completions are made of it.
 */
import * as Either from "effect/Either"
import type { Address } from "../../net/Address.ts"
import { parse as parseAddress } from "../../net/Address.ts"
import type { Dialect } from "../../protocol/classic/ClassicFrame.ts"
import { ipv6FragmentSize, maxFragmentSize, minFragmentSize } from "../../protocol/classic/Fragments.ts"
import type { Flag } from "../Flag.ts"
import { anyText, bytes, choice, duration, integer, nonEmpty, path, toggle, valued } from "../Flag.ts"
import { parseDamage, parseFaults } from "./FaultOptions.ts"

export const defaultPort = 4040

/** A flag with its value as it may be written again. */
export const written = ({ flag, text }: { readonly flag: Flag<unknown>; readonly text: string }): string => {
  if (flag.placeholder !== undefined) return `--${flag.name}=${text}`
  return text === "true" ? `--${flag.name}` : `--no-${flag.name}`
}

const destination: Flag<Address>["parse"] = (text) => {
  // The system would take a number for an address in one piece.
  if (/^\d+$/.test(text)) return Either.left("is a host before its port, like 127.0.0.1:4040")
  const address = parseAddress(text, defaultPort)
  if (address?.host === "255.255.255.255") return Either.left("is the address of one machine")
  return address === undefined || address.port === 0
    ? Either.left("is HOST, HOST:PORT, or [IPv6]:PORT")
    : Either.right(address)
}

/** `[::1]` is how an IPv6 address looks beside a port. */
const bare: Flag<string>["parse"] = (text) => nonEmpty(text.replace(/^\[([^\]]*)\]$/, "$1"))

// Where to listen, and what is done with files.
export const host = valued("host", "ADDRESS", "the address to listen at; 0.0.0.0 for all", bare, {
  fallback: "127.0.0.1"
})
export const port = valued("port", "PORT", "the port to listen at; 0 for any free one", integer(0, 65_535), {
  fallback: String(defaultPort)
})
export const portSearch = valued(
  "port-search",
  "N",
  "if the port is in use, try as many of the next ones",
  integer(0, 1000),
  { fallback: "0" }
)
export const dir = valued("dir", "DIR", "where files go; it is made if need be", path, {
  fallback: "./inbox",
  choices: "directories"
})
export const ifExists = choice(
  "if-exists",
  "WHAT",
  "if the name is taken: rename the new file, fail, skip it, or overwrite",
  ["rename", "fail", "skip", "overwrite"],
  "rename"
)
export const quota = valued("quota", "SIZE", "the most that all files in DIR may have together", bytes)
export const once = toggle("once", "end with the first peer; the exit code is its outcome")

// What to send, where to, and how it is cut.
export const to = valued("to", "HOST[:PORT]", `where to; the port defaults to ${defaultPort}`, destination)
export const text = valued("text", "TEXT", "a text to send; may be given several times", anyText, {
  isRepeatable: true
})
export const name = valued("name", "NAME", "the name under which standard input is sent", nonEmpty, {
  fallback: "stdin"
})
export const fragmentSize = valued(
  "fragment-size",
  "BYTES",
  `payload of a frame, ${minFragmentSize} to ${maxFragmentSize} (default ${maxFragmentSize}; over IPv6 ${ipv6FragmentSize})`,
  integer(minFragmentSize, maxFragmentSize)
)
export const wait = valued("wait", "DURATION", "keep trying a server that is not there yet", duration(0, 86_400_000), {
  fallback: "0s"
})

// How the protocol behaves.
export const wire = choice("wire", "WIRE", "the protocol: both sides speak the same", ["classic", "flock"], "classic")
export const congestion = choice(
  "congestion",
  "NAME",
  "flock: how the sender finds its pace",
  ["bbr", "cubic", "newreno"],
  "bbr"
)
export const limit = valued("limit", "RATE", "flock: the most that is sent in a second, such as 10M (bytes)", bytes)
export const mtu = valued(
  "mtu",
  "BYTES",
  "flock: the largest datagram to try, 1200 to 65507 (default: what the path takes)",
  integer(1200, 65_507)
)
export const dialect = choice<Dialect>(
  "dialect",
  "DIALECT",
  "what the field fragment_size counts: frame or payload",
  ["frame", "payload"],
  "frame"
)
export const timeout = valued(
  "timeout",
  "DURATION",
  "the silence that ends a connection; of an unfinished message at least 45 s",
  duration(1000, 3_600_000),
  {
    fallback: "20s"
  }
)

// Simulated errors.
export const damage = valued(
  "damage",
  "WHICH",
  "send fragments damaged once: first, every:N, list:2,5,9 or rate:5%",
  parseDamage
)
export const damageKind = choice(
  "damage-kind",
  "KIND",
  "how: remove the first byte, flip a bit, or cut in half",
  ["remove", "flip", "cut"],
  "remove"
)
export const faults = valued(
  "faults",
  "LIST",
  "a bad network: loss=5%,duplicate=1%,reorder=2%,damage=1%,cut=1%,delay=20ms,seed=7",
  parseFaults
)

// What is shown.
export const trace = toggle("trace", "show each frame, or each packet of flock")
export const traceData = toggle("trace-data", "show each frame and what it carries")
export const traceKeepalive = toggle("trace-keepalive", "show each frame, keep-alives and FIN among them")
export const json = toggle("json", "print one JSON object a line")
export const quiet = toggle("quiet", "print results and errors only")
export const verbose = toggle("verbose", "tell more: beginnings, hashes, what was dropped and why")
export const color: Flag<boolean> = {
  ...toggle("color", "colours; by default on a terminal unless NO_COLOR is set"),
  fallback: undefined
}
export const logFile = valued("log-file", "FILE", "append one JSON object a line; SIGHUP opens it anew", path, {
  choices: "files"
})

// Of the program itself.
export const config = valued(
  "config",
  "FILE",
  "the configuration file (default ~/.config/holub/config.toml)",
  path,
  { choices: "files" }
)
export const olderThan = valued(
  "older-than",
  "DURATION",
  "only what has not grown for so long",
  duration(0, 365 * 86_400_000),
  { fallback: "1h" }
)
export const dryRun = toggle("dry-run", "say what would be removed, and remove nothing")
export const help = toggle("help", "show this help")
export const version = toggle("version", "show the version")
