/** The commands: what each is for, its flags and its operands. */
import type { Flag } from "./Flag.ts"
import * as Flags from "./Flags.ts"

export interface Command {
  readonly name: "serve" | "send"
  readonly summary: string
  readonly usage: string
  readonly flags: ReadonlyArray<Flag<unknown>>
  /** What the operands are called; undefined when it takes none. */
  readonly operands: string | undefined
  readonly examples: ReadonlyArray<readonly [command: string, purpose: string]>
}

/** What is shown, and where. */
const shown = [
  Flags.trace,
  Flags.traceData,
  Flags.traceKeepalive,
  Flags.json,
  Flags.quiet,
  Flags.verbose,
  Flags.color,
  Flags.logFile,
  Flags.config,
  Flags.help
]

export const serve: Command = {
  name: "serve",
  summary: "take texts and files from anyone who sends them",
  usage: "holub serve [options]",
  operands: undefined,
  flags: [
    Flags.host,
    Flags.port,
    Flags.portSearch,
    Flags.dir,
    Flags.ifExists,
    Flags.quota,
    Flags.once,
    Flags.wire,
    Flags.timeout,
    Flags.faults,
    ...shown
  ],
  examples: [
    ["holub serve --host 0.0.0.0", "take files from other machines, into ./inbox"],
    ["holub serve --port 0 --once --json", "take what one peer sends, for a script"]
  ]
}

export const send: Command = {
  name: "send",
  summary: "send files and texts to a server",
  usage: "holub send --to HOST[:PORT] [options] [PATH…]",
  operands: "PATH",
  flags: [
    Flags.to,
    Flags.text,
    Flags.name,
    Flags.fragmentSize,
    Flags.dialect,
    Flags.wire,
    Flags.wait,
    Flags.timeout,
    Flags.damage,
    Flags.damageKind,
    Flags.faults,
    ...shown
  ],
  examples: [
    ["holub send --to 192.0.2.7 photo.jpg notes.txt", "send two files"],
    ["tar c src | holub send --to 192.0.2.7 --name src.tar -", "send standard input as a file"]
  ]
}

export const all: ReadonlyArray<Command> = [serve, send]
