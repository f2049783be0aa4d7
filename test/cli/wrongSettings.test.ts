/** Wrong command lines of the commands without a transfer, each with its error message and hint. */
import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { shellOf } from "../../src/cli/commands/Completions.ts"
import type { Failure } from "../../src/cli/errors/Failure.ts"
import type { Environment } from "../../src/node/Folders.ts"
import { invoke } from "./invoking.ts"

const read = (argv: ReadonlyArray<string>, environment: Environment): Either.Either<unknown, Failure> =>
  Either.gen(function*() {
    const { name, values } = yield* invoke(argv, environment)
    return name === "completions install" ? yield* shellOf(values.operands, environment) : name
  })

type Row = readonly [
  argv: ReadonlyArray<string>,
  message: string,
  hint?: string | undefined,
  environment?: Environment
]

const table: ReadonlyArray<Row> = [
  // Words
  [["conifg", "show"], "unknown command \"conifg\"", "did you mean config?"],
  [["completion", "bash"], "unknown command \"completion\"", "write: holub completions bash"],
  [
    ["show"],
    "unknown command \"show\"",
    "the commands are serve, send, join, say, follow, talk, app, account, link, clean, key, trust, config, completions, help and version"
  ],
  [["config"], "config is incomplete", "write: holub config show"],
  [["config", "--json"], "config is incomplete", "write: holub config show --json"],
  [["config", "shwo"], "unknown command \"config shwo\"", "write: holub config show"],
  [["config", "list"], "unknown command \"config list\"", "write: holub config show"],
  [["config", "list", "--help"], "unknown command \"config list\"", "write: holub config show --help"],
  [["config", "show", "port"], "config show takes no operand, but got \"port\""],
  [
    ["completions", "instal"],
    "completions takes bash, zsh or fish, not \"instal\"",
    "did you mean completions install?"
  ],
  [["completions", "bsh"], "completions takes bash, zsh or fish, not \"bsh\"", undefined],
  [["completions", "tcsh", "install"], "completions takes bash, zsh or fish, not \"tcsh\""],
  [["completions", "bash", "zsh"], "completions takes one SHELL, but got \"zsh\" too", "give it once"],
  [["completions", "install", "powershell"], "completions install takes bash, zsh or fish, not \"powershell\""],
  [["completions", "install"], "SHELL is not set", "name a shell: bash, zsh or fish", {}],
  [["completions", "install"], "there are no completions for /bin/dash, the shell in SHELL", undefined, {
    SHELL: "/bin/dash"
  }],

  // Flags
  [["completions", "bash", "--json"], "completions has no flag --json"],
  [["config", "show", "--prot", "5"], "config show has no flag --prot", "did you mean --port?"],
  [["config", "show", "--port"], "--port needs a value: PORT"],
  [["clean", "--older", "5m"], "clean has no flag --older"],
  [["clean", "--dryrun"], "clean has no flag --dryrun", "did you mean --dry-run?"],
  [["clean", "--port", "5"], "clean has no flag --port"],
  [["clean", "inbox"], "clean takes no operand, but got \"inbox\""],
  [["--trcae"], "holub has no flag --trcae", "did you mean --trace?"],
  [["--once"], "holub has no flag --once", "holub --help lists the flags"],

  // Values
  [["clean", "--dir="], "--dir must be a non-empty text, not \"\""],
  [
    ["clean", "--older-than", "5"],
    "--older-than must be a duration such as 90s or 5m, from 0 to 31536000 seconds, not \"5\""
  ],
  [
    ["clean"],
    "HOLUB_OLDER_THAN must be a duration such as 90s or 5m, from 0 to 31536000 seconds, not \"\"",
    undefined,
    { HOLUB_OLDER_THAN: "" }
  ],
  [["clean"], "HOLUB_DRY_RUN must be true or false, not \"yes\"", undefined, { HOLUB_DRY_RUN: "yes" }]
]

describe("a wrong command line", () => {
  it.each(table.map((row) => [row[0].join(" "), JSON.stringify(row[3] ?? {}), ...row] as const))(
    "holub %s in %s",
    (_, __, argv, message, hint, environment = {}) => {
      const failure = Either.match(read(argv, environment), {
        onLeft: (left) => left,
        onRight: (taken) => expect.fail(`it was taken, as ${JSON.stringify(taken)}`)
      })
      expect([failure.code, failure.exitCode, failure.message]).toEqual(["Usage", 2, message])
      if (hint !== undefined) expect(failure.hint).toBe(hint)
    }
  )
})
