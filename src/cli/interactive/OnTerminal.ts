/** The communicator on the terminal of this process: where its words go. */
import * as Effect from "effect/Effect"
import type { Crc } from "../../Crc.ts"
import type { Socket } from "../../Socket.ts"
import type { Storage } from "../../Storage.ts"
import type { ExitCode, Failure } from "../Failure.ts"
import { human } from "../HumanReport.ts"
import type { Surroundings } from "../Runner.ts"
import * as Communicator from "./Communicator.ts"
import { Dialog } from "./Dialog.ts"
import * as TerminalDialog from "./TerminalDialog.ts"

/** Results stay where they were sent to: on a terminal above the prompt, else in the file or the pipe. */
export const run = (
  { outputs, read }: Pick<Surroundings, "outputs" | "read">
): Effect.Effect<ExitCode, Failure, Socket | Crc | Storage> =>
  Effect.flatMap(Dialog, ({ output }) =>
    Communicator.run(
      read,
      human({ isQuiet: false, stdout: outputs.stdout.isTerminal ? output : outputs.stdout, stderr: output })
    )).pipe(Effect.provide(TerminalDialog.layer(TerminalDialog.ofProcess(outputs.stderr))))
