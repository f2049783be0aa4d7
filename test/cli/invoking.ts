/** Command lines as the program reads them, up to the command and its values. */
import * as FileSystem from "@effect/platform/FileSystem"
import * as Path from "@effect/platform/Path"
import * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import { commands } from "../../src/cli/commands/Commands.ts"
import type { Invocation } from "../../src/cli/commands/Definition.ts"
import { Launcher } from "../../src/cli/commands/Definition.ts"
import * as Correction from "../../src/cli/Correction.ts"
import { dispatch } from "../../src/cli/Dispatch.ts"
import type { Failure } from "../../src/cli/errors/Failure.ts"
import type { Values } from "../../src/cli/settings/Settings.ts"
import type { Configuration, Given } from "../../src/cli/settings/Sources.ts"
import { check } from "../../src/cli/settings/Sources.ts"
import type { Address } from "../../src/net/Address.ts"
import type { Environment } from "../../src/node/Folders.ts"

/** What @effect/cli could use and does not. */
const services = Layer.mergeAll(
  FileSystem.layerNoop({}),
  Path.layer,
  Layer.succeed(
    Terminal.Terminal,
    Terminal.Terminal.of({
      columns: Effect.succeed(80),
      rows: Effect.succeed(24),
      isTTY: Effect.succeed(false),
      readInput: Effect.die("nothing is read"),
      readLine: Effect.die("nothing is read"),
      display: () => Effect.die("nothing is displayed")
    })
  )
)

export interface Invoked {
  readonly name: string
  readonly given: ReadonlyArray<Given>
  /** Those of the command; `to` is there for `send`. */
  readonly values: Values & { readonly to: Address; readonly operands: never }
}

/** The command and its values, or the failure. */
export const invoke = (
  argv: ReadonlyArray<string>,
  environment: Environment = {},
  configuration?: Configuration
): Either.Either<Invoked, Failure> =>
  Either.gen(function*() {
    const line = yield* Correction.read(commands)(argv)
    const sources = { given: line.given, environment, configuration }
    if (line.command.hasSettings) yield* check(sources)
    let invocation: Invocation | undefined
    const captured = dispatch(line, sources).pipe(
      Effect.provideService(Launcher, (one) =>
        Effect.sync(() => {
          invocation = one
        })),
      Effect.provide(services),
      Effect.either
    )
    yield* Either.mapLeft(Effect.runSync(captured), (error) => {
      if (error._tag === "Failure") return error
      throw new Error("a command that did not run has ended")
    })
    if (invocation === undefined) throw new Error("no command was run")
    const { definition: { name }, operands, values } = invocation
    return { name, given: line.given, values: { ...values, operands } as Invoked["values"] }
  })

/** The values of a command line that is right. */
export const valuesOf = (
  argv: ReadonlyArray<string>,
  environment?: Environment,
  configuration?: Configuration
): Invoked["values"] =>
  Either.getOrThrowWith(
    invoke(argv, environment, configuration),
    ({ message }) => new Error(message)
  ).values
