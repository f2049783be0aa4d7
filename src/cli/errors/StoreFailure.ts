/** The failure of a store, with the exit code of each reason. Its message says what happened, to which store, and what to do. */
import type { Reason, StoreError } from "../../conversation/store/Store.ts"
import { ExitCode } from "./ExitCodes.ts"
import { Failure } from "./Failure.ts"

export const of = ({ message, reason }: Pick<StoreError, "message" | "reason">): Failure =>
  new Failure({ code: reason, exitCode: exitCodes[reason], message })

/** A file is local; a server of a database may be elsewhere. */
const exitCodes: Readonly<Record<Reason, ExitCode>> = {
  Conflict: ExitCode.unclassified,
  Invalid: ExitCode.unclassified,
  NoSpace: ExitCode.localIo,
  Damaged: ExitCode.localIo,
  Newer: ExitCode.usage,
  InUse: ExitCode.localIo,
  Denied: ExitCode.localIo,
  Unreachable: ExitCode.unreachable,
  Unsupported: ExitCode.usage,
  Closed: ExitCode.localIo,
  Io: ExitCode.localIo
}
