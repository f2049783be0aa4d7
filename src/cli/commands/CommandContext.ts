/** The context of a running command, in addition to the values of its settings. */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Crc } from "../../net/Crc.ts"
import type { Socket } from "../../net/Socket.ts"
import type { Tcp } from "../../net/Tcp.ts"
import type { Aead } from "../../security/Aead.ts"
import type { Crypto } from "../../security/Crypto.ts"
import type { PartialFiles } from "../../storage/PartialFiles.ts"
import type { Storage } from "../../storage/Storage.ts"
import type { Described } from "../CommandUsage.ts"
import type { ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import type { Outputs } from "../report/Outputs.ts"
import type { Report } from "../report/Report.ts"
import type { Traced } from "../report/Trace.ts"
import type { Place } from "../settings/ConfigFile.ts"
import type { Sources } from "../settings/Sources.ts"

/** The services of this machine. */
export type Services = Socket | Tcp | Crc | Storage | PartialFiles | Crypto | Aead

export interface CommandContext {
  /** The table of commands. */
  readonly commands: ReadonlyArray<Described>
  /** The version of the program. */
  readonly version: string
  /** The command line in its order, the environment and the configuration file. */
  readonly sources: Sources
  /** The place of the configuration file, which may not exist. */
  readonly place: Place
  /** Standard output and error. */
  readonly outputs: Outputs
  readonly report: Report
  /** Receives each frame or packet; undefined without a trace. */
  readonly onTraced: ((traced: Traced) => void) | undefined
  /** Writes a result to standard output as text; has no effect with `--json`, where the report has the result. */
  readonly print: (text: string) => Effect.Effect<void>
  /** Completes when the program must stop. */
  readonly stopping: Effect.Effect<void>
}

/** Runs a command; fails before anything is opened if a value is wrong. */
export type Run<Values, Needed = never> = (
  values: Values,
  context: CommandContext
) => Effect.Effect<ExitCode, Failure, Needed | Scope.Scope>
