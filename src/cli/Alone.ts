/** `holub` without a command: the communicator, where somebody is at the terminal. */
import * as Effect from "effect/Effect"
import type { Runner } from "./commands/CommandContext.ts"
import { usage } from "./errors/Failure.ts"

export const run: Runner = (surroundings) =>
  process.stdin.isTTY && process.stderr.isTTY
    ? Effect.flatMap(Effect.promise(() => import("./interactive/Interactive.ts")), (onTerminal) =>
      onTerminal.run(surroundings))
    : Effect.fail(
      usage("flags alone do nothing where nobody is at a terminal", "name a command: `holub --help` lists them")
    )
