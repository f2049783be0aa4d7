/** `holub` without a command: the communicator, where somebody is at the terminal. */
import * as Effect from "effect/Effect"
import { usage } from "./Failure.ts"
import { ExitCode } from "./Failure.ts"
import type { Runner, Services } from "./Runner.ts"

export const run: Runner<Services> = (surroundings) =>
  process.stdin.isTTY && process.stderr.isTTY
    ? Effect.flatMap(Effect.promise(() => import("./interactive/OnTerminal.ts")), ({ run }) =>
      Effect.raceFirst(run(surroundings), Effect.as(surroundings.stopping, ExitCode.terminated)))
    : Effect.fail(
      usage("flags alone do nothing where nobody is at a terminal", "name a command: `holub --help` lists them")
    )
