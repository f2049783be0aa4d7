/**
 * The table of settings, in the groups that commands use (commands/Commands.ts): name, type, help, default and wire of
 * each. Options, help, environment variables, keys of the configuration file, completions and `config show` derive from
 * it.
 */
import * as Either from "effect/Either"
import { parse as parseAddress } from "../../net/Address.ts"
import { destinationError } from "../../net/Unicast.ts"
import type { Dialect } from "../../protocol/classic/ClassicFrame.ts"
import { ipv6FragmentSize, maxFragmentSize, minFragmentSize } from "../../protocol/classic/Fragments.ts"
import { names as congestionNames } from "../../protocol/flock/congestion/Congestion.ts"
import { defaultPorts, defaultWire, wireNames } from "../../protocol/WireName.ts"
import { withKey } from "./DestinationKey.ts"
import { parseDamage, parseFaults } from "./FaultOptions.ts"
import { hosting, security, trusting } from "./SecuritySettings.ts"
import { joining, linking, roomClients, services, talking } from "./ServiceSettings.ts"
import type { Parse, ValueOf } from "./Setting.ts"
import {
  anyText,
  bytes,
  choice,
  decided,
  duration,
  integer,
  nonEmpty,
  optional,
  path,
  repeatable,
  toggle,
  valued
} from "./Setting.ts"

/** The server to send to; the wire determines the port of one that is given without. */
export interface Destination {
  readonly host: string
  readonly port: number | undefined
}

export const destination: Parse<Destination> = (text) => {
  // The system would interpret a bare number as an IPv4 address.
  if (/^\d+$/.test(text)) return Either.left("must be a host and a port, like 127.0.0.1:4040")
  const address = parseAddress(text, undefined)
  if (address === undefined || address.port === 0) return Either.left("must be HOST, HOST:PORT, or [IPv6]:PORT")
  return destinationError({ ...address, port: address.port ?? defaultPorts.flock }) === undefined
    ? Either.right(address)
    : Either.left("must be the address of one machine")
}

/** Parses a host; the brackets of an IPv6 address, as in `[::1]`, are removed. */
const bareHost: Parse<string> = (text) => nonEmpty(text.replace(/^\[([^\]]*)\]$/, "$1"))

/** The address at which a server listens. */
export const listening = {
  host: valued("host", "ADDRESS", "the address to listen at; 0.0.0.0 for all", bareHost, "127.0.0.1"),
  port: valued(
    "port",
    "PORT",
    "the port to listen at; 0 for any free one",
    integer(0, 65_535),
    String(defaultPorts.flock),
    {
      fallbackOn: { classic: String(defaultPorts.classic) }
    }
  )
}

/** Settings of `serve` only. */
export const serving = {
  portSearch: valued("port-search", "N", "if the port is in use, try up to N of the next ports", integer(0, 1000), "0"),
  once: toggle(
    "once",
    "exit when the first peer with a message has disconnected; the exit code is its outcome; talk: after the first datagram"
  )
}

/** The inbox of a server. */
export const inbox = {
  dir: valued("dir", "DIR", "the directory for received files; it is created if needed", path, "./inbox"),
  ifExists: choice(
    "if-exists",
    "if the name is taken: rename the new file, fail, skip it, or overwrite",
    ["rename", "fail", "skip", "overwrite"],
    "rename"
  ),
  quota: optional("quota", "SIZE", "the maximum total size of all files in DIR", bytes)
}

/** The texts to send, and the server. */
export const message = {
  to: optional(
    "to",
    "HOST[:PORT]",
    `the server to send to; the default port is ${defaultPorts.flock}, on classic ${defaultPorts.classic}; KEY@HOST[:PORT] accepts only the server with that key`,
    withKey(destination)
  ),
  text: repeatable("text", "TEXT", "a text to send; may be given several times", anyText)
}

/** Settings of `send` only. */
export const sending = {
  name: valued("name", "NAME", "the name under which standard input is sent", nonEmpty, "stdin"),
  wait: valued("wait", "DURATION", "how long to keep trying to reach the server", duration(0, 86_400_000), "0s")
}

/** The fragmentation of messages. */
export const fragments = {
  fragmentSize: optional(
    "fragment-size",
    "BYTES",
    `payload of a frame, ${minFragmentSize} to ${maxFragmentSize} (default ${maxFragmentSize}; over IPv6 ${ipv6FragmentSize})`,
    integer(minFragmentSize, maxFragmentSize),
    { wires: ["classic"] }
  ),
  dialect: choice<Dialect>(
    "dialect",
    "what the field fragment_size counts: frame or payload",
    ["frame", "payload"],
    "frame",
    { wires: ["classic"] }
  )
}

/** The wire and its parameters. */
export const protocol = {
  wire: choice("wire", "the protocol; it must be the same on both sides", wireNames, defaultWire),
  congestion: choice("congestion", "the congestion controller of the sender", congestionNames, "bbr", {
    wires: ["flock"]
  }),
  limit: optional("limit", "RATE", "the maximum sending rate in bytes per second, such as 10M", bytes, {
    wires: ["flock"]
  }),
  mtu: optional(
    "mtu",
    "BYTES",
    "the largest datagram to try, 1200 to 65507 (default: discovered on the path)",
    integer(1200, 65_507),
    { wires: ["flock"] }
  ),
  timeout: valued(
    "timeout",
    "DURATION",
    "the silence after which a peer is lost; a server remembers it 2.25 times as long, a sender for 45 s at least",
    duration(1000, 3_600_000),
    "30s"
  )
}

/** Fragments that are damaged on purpose. */
export const damaging = {
  damage: optional(
    "damage",
    "WHICH",
    "the fragments to damage once: first, every:N, list:2,5,9 or rate:5%",
    parseDamage,
    { wires: ["classic"] }
  ),
  damageKind: choice(
    "damage-kind",
    "the damage: remove the first byte, flip a bit, or cut in half",
    ["remove", "flip", "cut"],
    "remove",
    { wires: ["classic"] }
  )
}

/** Simulated faults of the network. */
export const simulation = {
  faults: optional(
    "faults",
    "LIST",
    "simulate a bad network: loss=5%,duplicate=1%,reorder=2%,damage=1%,cut=1%,delay=20ms,seed=7",
    parseFaults,
    // They are faults of datagrams.
    { wires: ["flock", "classic"] }
  )
}

/** The trace. */
export const tracing = {
  trace: toggle("trace", "show each frame, or each packet of flock"),
  traceData: toggle("trace-data", "show each frame and its payload"),
  traceKeepalive: toggle("trace-keepalive", "show each frame, including keep-alives and FIN")
}

/** The output of the program. */
export const output = {
  json: toggle("json", "print one JSON object per line"),
  quiet: toggle("quiet", "print results and errors only"),
  verbose: toggle("verbose", "print more: starts, hashes, dropped datagrams with reasons"),
  color: decided("color", "colours; by default on a terminal unless NO_COLOR is set")
}

/** The log file. */
export const logging = {
  logFile: optional("log-file", "FILE", "append one JSON object per line; without a terminal SIGHUP reopens it", path)
}

/** The configuration file. */
export const configuration = {
  config: optional("config", "FILE", "the configuration file (default ~/.config/holub/config.toml)", path)
}

/** The selection of parts for `clean`. */
export const cleaning = {
  olderThan: valued(
    "older-than",
    "DURATION",
    "remove only files that have not grown for this long",
    duration(0, 365 * 86_400_000),
    "1h"
  ),
  dryRun: toggle("dry-run", "print what would be removed, and remove nothing")
}

export { hosting, joining, linking, roomClients, security, services, talking, trusting }

/** The settings of output, log and configuration file: those of every command with settings. */
export const printed = { ...output, ...logging, ...configuration }

/** The same for a command that sends or receives. */
export const shown = { ...tracing, ...printed }

/** All settings, in the order of `config show`. */
export const settings = {
  ...listening,
  ...serving,
  ...services,
  ...joining,
  ...roomClients,
  ...talking,
  ...linking,
  ...inbox,
  ...message,
  ...sending,
  ...fragments,
  ...protocol,
  ...security,
  ...hosting,
  ...trusting,
  ...damaging,
  ...simulation,
  ...tracing,
  ...output,
  ...logging,
  ...configuration,
  ...cleaning
}

/** The values of settings, by the names that commands use; a command has the values of its groups. */
export type Values = { readonly [Name in keyof typeof settings]: ValueOf<(typeof settings)[Name]> }
