/** The communicator on the terminal of this process: where its words go. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Runner } from "../commands/CommandContext.ts"
import * as Reporting from "../commands/Reporting.ts"
import { networked } from "../Needs.ts"
import * as Flags from "../settings/Flags.ts"
import * as Communicator from "./Communicator.ts"
import * as Defaults from "./Defaults.ts"
import { Dialog } from "./Dialog.ts"
import * as TerminalDialog from "./TerminalDialog.ts"

/** Results stay where they were sent to: on a terminal above the prompt, else in the file or the pipe. */
export const run: Runner = (surroundings) => {
  const { outputs, read, sources, stopping } = surroundings
  return Effect.gen(function*() {
    const dialog = yield* Dialog
    const stdout = outputs.stdout.isTerminal ? dialog.output : outputs.stdout
    const answers = yield* Defaults.fromSettings(read, sources)
    const isServing = () => answers.role === "server"
    const { report, traces } = yield* Reporting.make(read, { stdout, stderr: dialog.output, command: "", isServing })
    const communicate = networked(() =>
      Effect.provideService(Communicator.run(answers, report, stopping), Dialog, dialog)
    )
    return yield* communicate({ ...surroundings, report, onTraced: traces })
  }).pipe(Effect.provide(Layer.unwrapEffect(Effect.map(
    read(Flags.logFile),
    (log) => TerminalDialog.layer(TerminalDialog.ofProcess(outputs.stderr, log !== undefined))
  ))))
}
