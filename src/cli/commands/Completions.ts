/** `holub completions` prints the script of a shell; `completions install` writes it to the shell's folder. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { Environment } from "../../node/Folders.ts"
import { baseFolder } from "../../node/Folders.ts"
import { code } from "../../node/storage/FileErrors.ts"
import type { Described } from "../CommandUsage.ts"
import { bash } from "../completions/Bash.ts"
import { fish } from "../completions/Fish.ts"
import type { Shell } from "../completions/Offers.ts"
import { offersOf, shells } from "../completions/Offers.ts"
import { zsh } from "../completions/Zsh.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { Failure, usage } from "../errors/Failure.ts"
import { harmless, listed, quoted } from "../text/Format.ts"
import type { Run } from "./CommandContext.ts"

interface Operands {
  readonly operands: Option.Option<Shell>
}

export const print: Run<Operands> = ({ operands: shell }, { commands, print: written }) =>
  Option.match(shell, {
    onNone: () => Effect.fail(usage(`completions needs a shell: ${listed(shells, "or")}`)),
    onSome: (one) => Effect.as(written(scriptOf(one, commands)), ExitCode.ok)
  })

export const install: Run<Operands> = ({ operands }, { commands, print: written, report, sources: { environment } }) =>
  Effect.gen(function*() {
    const shell = yield* shellOf(operands, environment)
    const path = pathOf(shell, environment)
    yield* put(path, scriptOf(shell, commands))
    yield* report.emit({ type: "installed", shell, path })
    yield* written(`${harmless(path)}\n`)
    yield* report.note(nextStep(shell, path))
    return ExitCode.ok
  })

/** The marker of every script; a file without it belongs to another program. */
export const marker = "# Created by `holub completions`, which overwrites this file: changes here are lost."

const scriptOf = (shell: Shell, commands: ReadonlyArray<Described>): string =>
  ({ bash, fish, zsh })[shell](marker, offersOf(commands))

/** The named shell, else the user's shell. Fails if it has no completions. */
export const shellOf = (named: Option.Option<Shell>, environment: Environment): Either.Either<Shell, Failure> => {
  if (Option.isSome(named)) return Either.right(named.value)
  const used = environment["SHELL"] ?? ""
  const shell = shells.find((candidate) => candidate === basename(used))
  if (shell !== undefined) return Either.right(shell)
  const which = used === "" ? "SHELL is not set" : `there are no completions for ${used}, the shell in SHELL`
  return Either.left(usage(which, `name a shell: ${listed(shells, "or")}`))
}

/** The path from which a shell loads the completions of the program. */
export const pathOf = (shell: Shell, environment: Environment): string => {
  const data = (): string => baseFolder("XDG_DATA_HOME", join(".local", "share"), environment)
  switch (shell) {
    case "bash":
      return join(data(), "bash-completion", "completions", "holub")
    case "zsh":
      return join(data(), "zsh", "site-functions", "_holub")
    case "fish":
      return join(baseFolder("XDG_CONFIG_HOME", ".config", environment), "fish", "completions", "holub.fish")
  }
}

const put = (path: string, text: string): Effect.Effect<void, Failure> =>
  Effect.try({
    try: () => {
      const before = contentOf(path)
      if (before !== undefined && !before.includes(marker)) throw foreign(path)
      mkdirSync(dirname(path), { recursive: true })
      // A file that appeared after the check belongs to another program.
      writeFileSync(path, text, { flag: before === undefined ? "wx" : "w" })
    },
    catch: (cause) => cause instanceof Failure ? cause : unwritten(path, cause)
  })

const contentOf = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8")
  } catch (cause) {
    if (code(cause) === "ENOENT") return undefined
    throw cause
  }
}

const foreign = (path: string): Failure =>
  new Failure({
    code: "TargetExists",
    exitCode: ExitCode.targetExists,
    message: `${path} exists and was not created by holub`,
    hint: "move it away, or write the output of `holub completions SHELL` to another file"
  })

const unwritten = (path: string, cause: unknown): Failure =>
  code(cause) === "EEXIST"
    ? foreign(path)
    : new Failure({
      code: "Io",
      exitCode: ExitCode.localIo,
      message: `the completions cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "`holub completions SHELL` prints them; write them to a file of your choice"
    })

const nextStep = (shell: Shell, path: string): string => {
  switch (shell) {
    case "bash":
      return `new shells load them if the package bash-completion is installed; otherwise add to ~/.bashrc: source ${
        quoted(path)
      }`
    case "zsh":
      return `add to ~/.zshrc, before compinit is called: fpath=(${quoted(dirname(path))} $fpath)`
    case "fish":
      return "new shells load them"
  }
}
