/** The console of the operator, on the terminal of a server with rooms: lines of events appear above the line that is typed. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { Dialog, print, wordsCompleted } from "../interactive/Dialog.ts"
import { harmless } from "../text/Format.ts"
import * as OperatorCommands from "./OperatorCommands.ts"

/** Reads and executes commands until `stop`. */
export const run = (operated: Omit<OperatorCommands.Operated, "now">): Effect.Effect<void, never, Dialog> =>
  Effect.gen(function*() {
    const dialog = yield* Dialog
    const request = { prompt: "> ", history: "operator", complete: wordsCompleted(OperatorCommands.words) }
    while (true) {
      const line = yield* Effect.option(dialog.line(request))
      if (line._tag === "None") {
        yield* print(["to stop the server, write stop, or press Ctrl-C"])
        continue
      }
      if (line.value.trim() === "") continue
      const command = OperatorCommands.parse(line.value)
      if (Either.isLeft(command)) {
        yield* print([harmless(command.left)])
        continue
      }
      if (command.right._tag === "Stop") return
      yield* print(OperatorCommands.execute(command.right, { ...operated, now: yield* Clock.currentTimeMillis }))
    }
  })
