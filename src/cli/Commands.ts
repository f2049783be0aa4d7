/** The commands: what each is for, its flags and its operands. */
import type { Flag } from "./Flag.ts"
import * as Flags from "./settings/Flags.ts"
import { shells } from "./settings/Shells.ts"

export type Name = "" | "serve" | "send" | "clean" | "config show" | "completions" | "completions install"

export interface Operands {
  /** What stands for one in the help. */
  readonly placeholder: string
  readonly isRepeatable: boolean
  /** The only words that it may be, or what completion offers. */
  readonly choices: ReadonlyArray<string> | "files"
}

export interface Command {
  /** The word, or the two words, behind `holub`. */
  readonly name: Name
  readonly summary: string
  readonly usage: string
  readonly flags: ReadonlyArray<Flag<unknown>>
  /** Undefined when it takes none. */
  readonly operands: Operands | undefined
  readonly examples: ReadonlyArray<readonly [command: string, purpose: string]>
  /** What its own exit codes mean; those of every command are left out. */
  readonly exitCodes: ReadonlyArray<string>
}

/** Which words are said, and where. */
const said = [
  Flags.json,
  Flags.quiet,
  Flags.verbose,
  Flags.color,
  Flags.logFile,
  Flags.config,
  Flags.help
]

/** What is shown of messages and frames, and where. */
const shown = [Flags.trace, Flags.traceData, Flags.traceKeepalive, ...said]

const transferCodes = [
  "0 delivered",
  "2 usage",
  "3 unreachable",
  "5 peer lost",
  "6 declined",
  "8 local file or disk",
  "9 target exists",
  "10 some of many failed"
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
    Flags.congestion,
    Flags.limit,
    Flags.mtu,
    Flags.timeout,
    Flags.faults,
    ...shown
  ],
  examples: [
    ["holub serve --host 0.0.0.0", "take files from other machines, into ./inbox"],
    ["holub serve --port 0 --once --json", "take what one peer sends, for a script"]
  ],
  exitCodes: transferCodes
}

export const send: Command = {
  name: "send",
  summary: "send files and texts to a server",
  usage: "holub send --to HOST[:PORT] [options] [PATH…]",
  operands: { placeholder: "PATH", isRepeatable: true, choices: "files" },
  flags: [
    Flags.to,
    Flags.text,
    Flags.name,
    Flags.fragmentSize,
    Flags.dialect,
    Flags.wire,
    Flags.congestion,
    Flags.limit,
    Flags.mtu,
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
  ],
  exitCodes: transferCodes
}

export const clean: Command = {
  name: "clean",
  summary: "remove what unfinished files left in an inbox",
  usage: "holub clean [--dir DIR] [--older-than DURATION] [--dry-run] [options]",
  operands: undefined,
  flags: [Flags.dir, Flags.olderThan, Flags.dryRun, ...said],
  examples: [
    ["holub clean --dry-run", "see what a crash left in ./inbox"],
    ["holub clean --dir /srv/inbox --older-than 24h", "remove what has not grown for a day"]
  ],
  exitCodes: ["0 clean", "2 usage, or DIR is not there", "8 local file or disk"]
}

/** `holub` alone: the communicator, for a person at a terminal. */
export const alone: Command = {
  name: "",
  summary: "talk to another machine, on a terminal",
  usage: "holub [options]",
  operands: undefined,
  flags: [
    Flags.host,
    Flags.port,
    Flags.dir,
    Flags.ifExists,
    Flags.quota,
    Flags.to,
    Flags.text,
    Flags.fragmentSize,
    Flags.dialect,
    Flags.wire,
    Flags.congestion,
    Flags.limit,
    Flags.mtu,
    Flags.timeout,
    Flags.damage,
    Flags.damageKind,
    Flags.faults,
    ...shown
  ],
  examples: [],
  exitCodes: transferCodes
}

export const configShow: Command = {
  name: "config show",
  summary: "tell every setting and where it comes from",
  usage: "holub config show [any option]",
  operands: undefined,
  flags: [...new Set([serve, send, clean, alone].flatMap(({ flags }) => flags))],
  examples: [
    ["holub config show", "see what flags, environment and file say together"],
    ["holub config show --json --config other.toml", "the same for a script, of another file"]
  ],
  exitCodes: ["0 shown", "2 a setting is malformed"]
}

export const completions: Command = {
  name: "completions",
  summary: `print what completes the words of holub in ${shells.join(", ")}`,
  usage: "holub completions SHELL",
  operands: { placeholder: "SHELL", isRepeatable: false, choices: shells },
  flags: [Flags.help],
  examples: [["holub completions bash", "print the script, for a file of your choice"]],
  exitCodes: ["0 printed", "2 usage"]
}

export const completionsInstall: Command = {
  name: "completions install",
  summary: "put that where the shell looks for it",
  usage: "holub completions install [SHELL] [options]",
  operands: { placeholder: "SHELL", isRepeatable: false, choices: shells },
  flags: said.filter((flag) => flag !== Flags.logFile),
  examples: [["holub completions install", "install them for the shell that SHELL names"]],
  exitCodes: ["0 installed", "2 usage", "8 local file or disk", "9 a file of somebody else's is there"]
}

/** Those that have a word. */
export const all: ReadonlyArray<Command> = [serve, send, clean, configShow, completions, completionsInstall]

/** The flags that the environment and the configuration file may give too. */
export const settings: ReadonlyArray<Flag<unknown>> = configShow.flags.filter((flag) => flag !== Flags.help)
