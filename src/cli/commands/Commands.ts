/** The table of commands: the settings and operands of each, the texts of its help, and the module that runs it. */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import * as Arr from "effect/Array"
import * as Effect from "effect/Effect"
import type { Shell } from "../completions/Offers.ts"
import { shells } from "../completions/Offers.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { required } from "../settings/Setting.ts"
import * as Settings from "../settings/Settings.ts"
import { accountCommands } from "./AccountCommands.ts"
import type { Definition } from "./Definition.ts"
import { define } from "./Definition.ts"
import { linkAdd, linkList, linkRemove } from "./LinkCommands.ts"
import { follow, say } from "./RoomCommands.ts"
import { appList, appShow, join, talk } from "./ServiceCommands.ts"

const { printed, shown } = Settings

const transferCodes = [
  "0 delivered",
  "2 usage",
  "3 unreachable",
  "4 not authenticated",
  "5 peer lost",
  "6 declined",
  "8 local file or disk",
  "9 target exists",
  "10 some of many failed"
]

/** `holub` alone. */
const communicate = define({
  name: "",
  summary: "send and receive interactively, on a terminal",
  usage: "holub [options]",
  settings: {
    ...Settings.listening,
    ...Settings.inbox,
    ...Settings.message,
    ...Settings.fragments,
    ...Settings.protocol,
    ...Settings.security,
    ...Settings.hosting,
    ...Settings.trusting,
    ...Settings.damaging,
    ...Settings.simulation,
    ...shown
  },
  examples: [
    ["holub", "be a server or a client, as the menus ask"],
    ["holub --wire classic", "the same over classic, with simulated errors, also with existing programs"]
  ],
  exitCodes: transferCodes,
  run: async () => (await import("../interactive/Interactive.ts")).start
})

const serve = define({
  name: "serve",
  summary: "receive texts and files from any sender",
  usage: "holub serve [options]",
  settings: {
    ...Settings.listening,
    ...Settings.serving,
    ...Settings.services,
    ...Settings.inbox,
    ...Settings.protocol,
    ...Settings.security,
    ...Settings.hosting,
    ...Settings.simulation,
    ...shown
  },
  examples: [
    ["holub serve --host 0.0.0.0", "receive files from other machines, into ./inbox"],
    ["holub serve --port 0 --once --json", "receive the messages of one peer, for a script"],
    [
      "holub serve --app echo --app words=players:2",
      "host small services too, also for plain programs over TCP and UDP"
    ]
  ],
  exitCodes: transferCodes,
  run: async () => (await import("./Serve.ts")).start
})

const send = define({
  name: "send",
  summary: "send files and texts to a server",
  usage: "holub send --to HOST[:PORT] [options] [PATH…]",
  operands: Args.repeated(Args.text({ name: "PATH" })),
  settings: {
    ...Settings.message,
    to: required(Settings.message.to),
    ...Settings.sending,
    ...Settings.fragments,
    ...Settings.protocol,
    ...Settings.security,
    ...Settings.trusting,
    ...Settings.damaging,
    ...Settings.simulation,
    ...shown
  },
  examples: [
    ["holub send --to 192.0.2.7 photo.jpg notes.txt", "send two files"],
    ["tar c src | holub send --to 192.0.2.7 --name src.tar -", "send standard input as a file"]
  ],
  exitCodes: transferCodes,
  run: async () => (await import("./Send.ts")).start
})

const clean = define({
  name: "clean",
  summary: "remove partial files from an inbox",
  usage: "holub clean [--dir DIR] [--older-than DURATION] [--dry-run] [options]",
  settings: { dir: Settings.inbox.dir, ...Settings.cleaning, ...printed },
  examples: [
    ["holub clean --dry-run", "list the partial files that a crash left in ./inbox"],
    ["holub clean --dir /srv/inbox --older-than 24h", "remove partial files that have not grown for a day"]
  ],
  exitCodes: ["0 clean", "2 usage, or DIR does not exist", "8 local file or disk"],
  run: async () => (await import("./Clean.ts")).start
})

const keyCodes = ["0 shown", "2 usage", "8 a file of keys cannot be used"]

const keyShow = define({
  name: "key show",
  summary: "show the keys of this user, and make those that do not exist",
  usage: "holub key show [options]",
  settings: { hostKey: Settings.hosting.hostKey, identity: Settings.trusting.identity, ...printed },
  examples: [["holub key show", "show the key and the words of this server, to compare them on the other machine"]],
  exitCodes: keyCodes,
  run: async () => (await import("./Keys.ts")).show
})

const keyRotate = define({
  name: "key rotate",
  summary: "make the next host key, which replaces the host key in 30 days",
  usage: "holub key rotate [options]",
  settings: { hostKey: Settings.hosting.hostKey, ...printed },
  examples: [["holub key rotate", "make it; clients that connect in the meantime learn it"]],
  exitCodes: ["0 made", "2 usage", "8 a file of keys cannot be used, or there is a next key"],
  run: async () => (await import("./Keys.ts")).rotate
})

const trustList = define({
  name: "trust list",
  summary: "list the servers whose keys are known",
  usage: "holub trust list [options]",
  settings: printed,
  examples: [["holub trust list --json", "list them for a script"]],
  exitCodes: ["0 listed", "2 usage", "8 the file cannot be used"],
  run: async () => (await import("./KnownServers.ts")).list
})

const trustRemove = define({
  name: "trust remove",
  summary: "forget the key of a server",
  usage: "holub trust remove HOST[:PORT] [options]",
  operands: Args.repeated(Args.text({ name: "HOST" })),
  settings: printed,
  examples: [["holub trust remove server.example", "be asked for its key at the next contact"]],
  exitCodes: ["0 removed", "2 usage, or the server is not known", "8 the file cannot be used"],
  run: async () => (await import("./KnownServers.ts")).remove
})

const trustReplace = define({
  name: "trust replace",
  summary: "trust another key of a server",
  usage: "holub trust replace HOST[:PORT] KEY [options]",
  operands: Args.repeated(Args.text({ name: "HOST" })),
  settings: printed,
  examples: [
    ["holub trust replace server.example KEY", "trust the key that its operator has given you"]
  ],
  exitCodes: ["0 replaced", "2 usage", "8 the file cannot be used"],
  run: async () => (await import("./KnownServers.ts")).replace
})

const configShow = define({
  name: "config show",
  summary: "list every setting and its source",
  usage: "holub config show [any option]",
  settings: Settings.settings,
  isLogged: false,
  examples: [
    ["holub config show", "show the values that flags, environment and file give"],
    ["holub config show --json --config other.toml", "the same for a script, with another file"]
  ],
  exitCodes: ["0 shown", "2 a setting is malformed"],
  run: async () => (await import("./ConfigShow.ts")).start
})

const shell = Args.optional(Args.choice(shells.map((one): [string, Shell] => [one, one]), { name: "SHELL" }))

const completions = define({
  name: "completions",
  summary: `print the completion script for ${shells.join(", ")}`,
  usage: "holub completions SHELL",
  operands: shell,
  settings: {},
  examples: [["holub completions bash", "print the script, for a file of your choice"]],
  exitCodes: ["0 printed", "2 usage"],
  run: async () => (await import("./Completions.ts")).print
})

const completionsInstall = define({
  name: "completions install",
  summary: "install the completion script where the shell looks for it",
  usage: "holub completions install [SHELL] [options]",
  operands: shell,
  settings: { ...Settings.output, ...Settings.configuration },
  isLogged: false,
  examples: [["holub completions install", "install them for the shell that SHELL names"]],
  exitCodes: ["0 installed", "2 usage", "8 local file or disk", "9 the file belongs to another program"],
  run: async () => (await import("./Completions.ts")).install
})

const help = define({
  name: "help",
  summary: "show the help of a command",
  usage: "holub help [COMMAND]",
  operands: Args.repeated(Args.text({ name: "COMMAND" })),
  settings: {},
  examples: [["holub help config show", "the same as holub config show --help"]],
  exitCodes: ["0 shown", "2 unknown command"],
  run: async () => (await import("./Help.ts")).start
})

const version = define({
  name: "version",
  summary: "show the version",
  usage: "holub version",
  settings: {},
  examples: [],
  exitCodes: ["0 shown", "2 usage"],
  run: async () => (_values, { print, version: text }) => Effect.as(print(`${text}\n`), ExitCode.ok)
})

/** All commands; `holub` alone is the first one. */
export const commands: readonly [Definition, ...Array<Definition>] = [
  communicate,
  serve,
  send,
  join,
  say,
  follow,
  talk,
  appList,
  appShow,
  ...accountCommands,
  linkAdd,
  linkList,
  linkRemove,
  clean,
  keyShow,
  keyRotate,
  trustList,
  trustRemove,
  trustReplace,
  configShow,
  completions,
  completionsInstall,
  help,
  version
]

/** The program as @effect/cli runs it. */
export const holub = Command.make("holub").pipe(Command.withSubcommands([
  communicate.command,
  serve.command,
  send.command,
  join.command,
  say.command,
  follow.command,
  talk.command,
  Command.withSubcommands(Command.make("app"), [appList.command, appShow.command]),
  Command.withSubcommands(Command.make("account"), Arr.map(accountCommands, ({ command }) => command)),
  Command.withSubcommands(Command.make("link"), [linkAdd.command, linkList.command, linkRemove.command]),
  clean.command,
  Command.withSubcommands(Command.make("key"), [keyShow.command, keyRotate.command]),
  Command.withSubcommands(Command.make("trust"), [trustList.command, trustRemove.command, trustReplace.command]),
  Command.withSubcommands(Command.make("config"), [configShow.command]),
  Command.withSubcommands(completions.command, [completionsInstall.command]),
  help.command,
  version.command
]))
