/**
 * The `Terminal` of @effect/platform on which the program talks with a person: standard input and standard error. Standard output
 * has the results, which may go elsewhere.
 */
import * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { isatty } from "node:tty"

/** Made of Node's, which it replaces. */
export const layer: Layer.Layer<Terminal.Terminal, never, Terminal.Terminal> = Layer.effect(
  Terminal.Terminal,
  Effect.map(Terminal.Terminal, (node) =>
    Terminal.Terminal.of({
      ...node,
      columns: Effect.sync(() => process.stderr.columns ?? 80),
      // Both: somebody reads the question and types the answer.
      isTTY: Effect.sync(() => isatty(0) && isatty(2)),
      display: (text) => Effect.async((resume) => void process.stderr.write(text, () => resume(Effect.void)))
    }))
)
