/**
 * Defines a command: a `Command` of @effect/cli, the texts of its help, and its module, which is loaded when it runs.
 */
import * as Args from "@effect/cli/Args"
import * as Command from "@effect/cli/Command"
import type { Terminal } from "@effect/platform/Terminal"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { aloneWord } from "../CommandLine.ts"
import type { Described, ParsedValues } from "../CommandUsage.ts"
import type { Ended, ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import type { Setting, ValueOf } from "../settings/Setting.ts"
import type { Values } from "../settings/Settings.ts"
import type { CommandContext, Run } from "./CommandContext.ts"

/** A command with its values, ready to run. */
export interface Invocation {
  readonly definition: Definition
  readonly values: Partial<Values>
  readonly operands: unknown
  readonly run: (context: CommandContext) => Effect.Effect<ExitCode, Failure, Terminal | Scope.Scope>
}

/** The service that runs a command with its report and its context. */
export class Launcher extends Context.Tag("holub/Launcher")<
  Launcher,
  (invocation: Invocation) => Effect.Effect<void, Failure | Ended, Terminal>
>() {}

export interface Definition extends Described {
  /** Whether `--log-file` logs it. */
  readonly isLogged: boolean
  readonly command: Command.Command<string, Launcher | Terminal, Failure | Ended, ParsedValues>
}

type Rows = Readonly<Record<string, Setting<unknown>>>
type ValuesOf<Settings extends Rows, Operands> = { readonly [Name in keyof Settings]: ValueOf<Settings[Name]> } & {
  readonly operands: Operands
}

/** Defines a command. Its settings become its options, in the order of the help. */
export const define = <const Settings extends Rows, Operands = void>(
  { isLogged = true, operands, run, settings, ...words }:
    & Pick<Described, "name" | "summary" | "usage" | "examples" | "exitCodes">
    & {
      readonly settings: Settings
      readonly operands?: Args.Args<Operands>
      readonly isLogged?: boolean
      readonly run: () => Promise<Run<ValuesOf<Settings, Operands>, Terminal>>
    }
): Definition => {
  const { name } = words
  const options = Object.fromEntries(Object.entries(settings).map(([key, { option }]) => [key, option]))
  const command: Definition["command"] = Command.make(
    name.split(" ").at(-1) || aloneWord,
    { options, operands: (operands ?? Args.none) as Args.Args<unknown> },
    (parsed) =>
      Effect.flatMap(Launcher, (launch) => {
        // Command.make has parsed them with these options and operands.
        const values = { ...parsed.options, operands: parsed.operands } as ValuesOf<Settings, Operands>
        return launch({
          definition,
          values: parsed.options as Partial<Values>,
          operands: parsed.operands,
          run: (context) => Effect.flatMap(Effect.promise(run), (start) => start(values, context))
        })
      })
  ).pipe(Command.withDescription(words.summary))
  const hasSettings = Object.keys(settings).length > 0
  const definition: Definition = { ...words, hasSettings, isLogged, command }
  return definition
}
