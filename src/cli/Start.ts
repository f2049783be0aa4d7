/** The first look at the arguments: what is words alone is said at once, the rest is handed to the program itself. */
import * as Either from "effect/Either"
import { isatty } from "node:tty"
import type { Parsed } from "./Argv.ts"
import { isAsked, parse } from "./Argv.ts"
import type { Failure } from "./errors/Failure.ts"
import { usage } from "./errors/Failure.ts"
import * as Help from "./Help.ts"
import type { Job, LoadServices } from "./Main.ts"
import { say } from "./Say.ts"
import * as Flags from "./settings/Flags.ts"
import { shells } from "./settings/Shells.ts"
import { listed } from "./text/Format.ts"
import { version } from "./text/version.ts"

export const start = async (argv: ReadonlyArray<string>, services: LoadServices): Promise<void> => {
  const wanted = Either.flatMap(parse(argv), wantedOf)
  if (Either.isRight(wanted)) {
    if ("words" in wanted.right) return say(await wanted.right.words())
    return run(argv, Either.right(wanted.right), services)
  }
  return run(argv, Either.left(wanted.left), services)
}

const run = async (...args: Parameters<typeof import("./Main.ts").main>): Promise<void> => {
  const { main } = await import("./Main.ts")
  main(...args)
}

interface Words {
  readonly words: () => string | Promise<string>
}

const wantedOf = ({ command, given }: Parsed): Either.Either<Words | Job, Failure> => {
  if (isAsked(given, Flags.version)) return Either.right({ words: () => `${version}\n` })
  const wantsHelp = isAsked(given, Flags.help) || (command === undefined && given.length === 0 && !isForPeople())
  if (wantsHelp) return Either.right({ words: () => command === undefined ? Help.general() : Help.ofCommand(command) })
  if (command?.name !== "completions") return Either.right({ task: command?.name ?? "", given })
  const shell = shells.find((candidate) => given.some(({ text }) => text === candidate))
  return shell === undefined
    ? Either.left(usage(`completions needs a shell: ${listed(shells, "or")}`))
    : Either.right({ words: async () => (await import("./settings/Completions.ts")).script(shell) })
}

/** Whether somebody is there who could answer. */
const isForPeople = (): boolean => isatty(0) && isatty(2)
