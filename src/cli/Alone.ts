/** `holub` without a command: the communicator, where somebody is at the terminal. */
import * as Effect from "effect/Effect"
import { usage } from "./Failure.ts"
import type { Runner } from "./Runner.ts"

export const run: Runner = (surroundings) =>
  process.stdin.isTTY && process.stderr.isTTY
    ? Effect.flatMap(Effect.promise(() => import("./interactive/OnTerminal.ts")), (onTerminal) =>
      onTerminal.run(surroundings))
    : Effect.fail(
      usage("flags alone do nothing where nobody is at a terminal", "name a command: `holub --help` lists them")
    )
