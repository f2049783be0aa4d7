/** Passes the command line and the sources of the settings to @effect/cli, which calls the command with its values. */
import * as CliConfig from "@effect/cli/CliConfig"
import * as Command from "@effect/cli/Command"
import * as ValidationError from "@effect/cli/ValidationError"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import type { CommandLine } from "./CommandLine.ts"
import { holub } from "./commands/Commands.ts"
import { explained } from "./errors/NoDestination.ts"
import { ofValidation } from "./errors/Validation.ts"
import type { Sources } from "./settings/Sources.ts"
import { provider } from "./settings/Sources.ts"

/** Calls the `Launcher` with the command and its values; fails before that if a value is malformed or missing. */
export const dispatch = ({ argv }: Pick<CommandLine<never>, "argv">, sources: Sources) =>
  quietly(run([process.execPath, name, ...argv])).pipe(
    Effect.provideService(CliConfig.CliConfig, strict),
    Effect.withConfigProvider(provider(sources)),
    Effect.mapError((error) =>
      ValidationError.isValidationError(error) ? explained(ofValidation(error), sources.given) : error
    )
  )

const name = "holub"
const run = Command.run(holub, { name, version: "" })

/** Names match exactly and are not corrected: CommandLine has made suggestions before. */
const strict = CliConfig.make({ isCaseSensitive: true, autoCorrectLimit: 0 })

/** The program reports errors, not @effect/cli. */
const quietly = <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Console.consoleWith((console) => Console.withConsole(effect, { ...console, error: () => Effect.void }))
