/**
 * The `Terminal` of @effect/platform for the interactive mode: standard input and standard error. Standard output has
 * the results, which may be redirected.
 */
import * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { isatty } from "node:tty"

/** The layer, derived from Node's `Terminal`, which it replaces. */
export const layer: Layer.Layer<Terminal.Terminal, never, Terminal.Terminal> = Layer.effect(
  Terminal.Terminal,
  Effect.map(Terminal.Terminal, (node) =>
    Terminal.Terminal.of({
      ...node,
      columns: Effect.sync(() => process.stderr.columns || 80),
      // Both must be a terminal: one shows the question, the other reads the answer.
      isTTY: Effect.sync(() => isatty(0) && isatty(2)),
      display: (text) => Effect.async((resume) => void process.stderr.write(text, () => resume(Effect.void)))
    }))
)
