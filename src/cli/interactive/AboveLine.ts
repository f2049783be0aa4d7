/** A dialog on the terminal of this process beside a command: what the command writes appears above the line that is typed. */
import type * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Outputs } from "../report/Outputs.ts"
import { Dialog } from "./Dialog.ts"
import { ofProcess } from "./TerminalDevice.ts"
import * as TerminalDialog from "./TerminalDialog.ts"

/** Runs a program with the dialog. */
export const withDialog = <A, E, R>(
  outputs: Pick<Outputs, "redirect" | "terminal">,
  program: Effect.Effect<A, E, R>
): Effect.Effect<A, E, Exclude<Exclude<R, Scope.Scope>, Dialog> | Terminal.Terminal> =>
  Effect.gen(function*() {
    const dialog = yield* Dialog
    yield* Effect.acquireRelease(
      Effect.sync(() => outputs.redirect(dialog.output)),
      () => Effect.sync(() => outputs.redirect(undefined))
    )
    return yield* program
  }).pipe(Effect.scoped, Effect.provide(TerminalDialog.layer(ofProcess(outputs.terminal))))
