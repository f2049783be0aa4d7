/** `holub completions install`: puts the script of a shell where that shell looks for it. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { code } from "../../node/storage/FileErrors.ts"
import type { Given } from "../Argv.ts"
import { baseFolder } from "../ConfigFile.ts"
import { ExitCode, Failure, usage } from "../errors/Failure.ts"
import type { Environment } from "../Settings.ts"
import { marker, script } from "../settings/Completions.ts"
import type { Shell } from "../settings/Shells.ts"
import { shells } from "../settings/Shells.ts"
import { harmless, listed, quoted } from "../text/Format.ts"
import type { Runner } from "./CommandContext.ts"

export const run: Runner = ({ print, report, sources }) =>
  Effect.gen(function*() {
    const shell = yield* shellOf(sources.given, sources.environment)
    const path = pathOf(shell, sources.environment)
    yield* put(path, script(shell))
    yield* report.emit({ type: "installed", shell, path })
    yield* print(`${harmless(path)}\n`)
    yield* report.note(nextStep(shell, path))
    return ExitCode.ok
  })

/** The one that is named, else the one that the person uses. */
export const shellOf = (given: ReadonlyArray<Given>, environment: Environment): Either.Either<Shell, Failure> => {
  const named = given.find(({ kind }) => kind === "operand")?.text
  const used = environment["SHELL"] ?? ""
  const shell = shells.find((candidate) => candidate === (named ?? basename(used)))
  if (shell !== undefined) return Either.right(shell)
  const which = used === "" ? "SHELL is not set" : `there are no completions for ${used}, which SHELL names`
  return Either.left(usage(which, `name a shell: ${listed(shells, "or")}`))
}

/** Where a shell looks for the completions of a program. */
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
      // What came to be there since the look is somebody else's.
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
    message: `${path} is there and was not made by holub`,
    hint: "move it away, or put what `holub completions SHELL` prints elsewhere"
  })

const unwritten = (path: string, cause: unknown): Failure =>
  code(cause) === "EEXIST"
    ? foreign(path)
    : new Failure({
      code: "Io",
      exitCode: ExitCode.localIo,
      message: `the completions cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "`holub completions SHELL` prints them, for a file of your choice"
    })

const nextStep = (shell: Shell, path: string): string => {
  switch (shell) {
    case "bash":
      return `new shells have them, where the package bash-completion is; elsewhere add to ~/.bashrc: source ${
        quoted(path)
      }`
    case "zsh":
      return `add to ~/.zshrc, before compinit is called: fpath=(${quoted(dirname(path))} $fpath)`
    case "fish":
      return "new shells have them"
  }
}
