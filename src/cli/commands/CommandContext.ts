/** What a command is given to run with. */
import type * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { Crc } from "../../net/Crc.ts"
import type { Socket } from "../../net/Socket.ts"
import type { PartialFiles } from "../../storage/PartialFiles.ts"
import type { Storage } from "../../storage/Storage.ts"
import type { Place } from "../ConfigFile.ts"
import type { ExitCode, Failure } from "../errors/Failure.ts"
import type { Outputs } from "../report/Outputs.ts"
import type { Report } from "../report/Report.ts"
import type { Traced } from "../report/Trace.ts"
import type { Read, Sources } from "../Settings.ts"

export type Services = Socket | Crc | Storage | PartialFiles

export interface Surroundings {
  /** Loaded when it is built: not every command needs it. */
  readonly services: Layer.Layer<Services>
  readonly read: Read
  readonly sources: Sources
  /** Where the configuration file is, or would be. */
  readonly place: Place
  /** Standard output and error. */
  readonly outputs: Outputs
  readonly report: Report
  /** Is told of each frame, or packet, if somebody wants to see them. */
  readonly onTraced: ((traced: Traced) => void) | undefined
  /** Writes a result for people on standard output; under `--json` the report has it. */
  readonly print: (text: string) => Effect.Effect<void>
  /** Completes when the program is told to stop. */
  readonly stopping: Effect.Effect<void>
}

/** Fails before anything is opened if an option is wrong. */
export type Runner<Needed = never> = (
  surroundings: Surroundings
) => Effect.Effect<ExitCode, Failure, Needed | Scope.Scope>
