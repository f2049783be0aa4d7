/** `holub` alone: the interactive mode on the terminal of this process. */
import * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import type { Run } from "../commands/CommandContext.ts"
import { type NetworkValues, onNetwork } from "../commands/Layers.ts"
import type { ReportValues } from "../commands/Reporting.ts"
import * as Reporting from "../commands/Reporting.ts"
import { usage } from "../errors/Failure.ts"
import { advising } from "./Advice.ts"
import * as Communicator from "./Communicator.ts"
import type { AnswerValues } from "./Defaults.ts"
import * as Defaults from "./Defaults.ts"
import { Dialog } from "./Dialog.ts"
import { ofProcess } from "./TerminalDevice.ts"
import * as TerminalDialog from "./TerminalDialog.ts"

type InteractiveValues = AnswerValues & ReportValues & NetworkValues

export const start: Run<InteractiveValues, Terminal.Terminal> = (values, context) =>
  Effect.gen(function*() {
    const terminal = yield* Terminal.Terminal
    if (yield* terminal.isTTY) return yield* communicate(values, context)
    return yield* Effect.fail(
      usage("holub without a command needs a terminal", "name a command: `holub --help` lists them")
    )
  })

/** Results go to standard output: above the prompt if that is a terminal, otherwise into the file or the pipe. */
const communicate: Run<InteractiveValues, Terminal.Terminal> = (values, context) => {
  const { outputs, sources, stopping, version } = context
  return Effect.gen(function*() {
    const dialog = yield* Dialog
    const stdout = outputs.stdout.isTerminal ? dialog.output : outputs.stdout
    const answers = Defaults.fromSettings(values, sources)
    const isServing = () => answers.role === "server"
    const options = { stdout, stderr: dialog.output, command: "", version, isServing, hasTerminal: true }
    const { report: plain, traces } = yield* Reporting.make(values, options)
    const report = advising(plain)
    const program = Effect.provideService(Communicator.run(answers, report, stopping), Dialog, dialog)
    return yield* onNetwork(program, values, { ...context, report, onTraced: traces })
  }).pipe(
    Effect.provide(TerminalDialog.layer(ofProcess(outputs.stderr)))
  )
}
