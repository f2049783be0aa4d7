/** The one table from a command to what runs it, each in a module that is loaded only then. */
import * as Effect from "effect/Effect"
import type { Name } from "./Commands.ts"
import { ExitCode } from "./Failure.ts"
import { needing, networked } from "./Needs.ts"
import type { Runner } from "./Runner.ts"

/** What there is to run. Completions are words alone: they are printed before any of this is loaded. */
export type Task = Exclude<Name, "completions">

/** Loads what runs a command. */
export const load = (task: Task): Promise<Runner> => runners[task]()

const runners: Readonly<Record<Task, () => Promise<Runner>>> = {
  "": async () => (await import("./Alone.ts")).run,
  serve: async () => {
    const { options, run } = await import("./Serve.ts")
    return networked(({ read, report, stopping }) =>
      Effect.flatMap(options(read), (wanted) => run(wanted, report, stopping))
    )
  },
  send: async () => {
    const [{ options, run }, { stdin }] = await Promise.all([import("./Send.ts"), import("./stdin.ts")])
    return unlessStopped(
      networked(({ read, report, sources }) =>
        Effect.flatMap(options(read, sources.given), (wanted) => run(wanted, report, stdin))
      )
    )
  },
  clean: async () => unlessStopped(needing((await import("./Clean.ts")).run)),
  "config show": async () => (await import("./ConfigShow.ts")).run,
  "completions install": async () => (await import("./CompletionsInstall.ts")).run
}

/** Being told to stop ends it at once. */
const unlessStopped = (runner: Runner): Runner => (surroundings) =>
  Effect.raceFirst(runner(surroundings), Effect.as(surroundings.stopping, ExitCode.terminated))
