/** The one table from a command to what runs it, each in a module that is loaded only then. */
import * as Effect from "effect/Effect"
import type { Name } from "./Commands.ts"
import type { Runner } from "./commands/CommandContext.ts"
import { ExitCode } from "./errors/Failure.ts"
import { needing, networked } from "./Needs.ts"

/** What there is to run. Completions are words alone: they are printed before any of this is loaded. */
export type Task = Exclude<Name, "completions">

/** Loads what runs a command. */
export const load = (task: Task): Promise<Runner> => runners[task]()

const runners: Readonly<Record<Task, () => Promise<Runner>>> = {
  "": async () => (await import("./Alone.ts")).run,
  serve: async () => {
    const { options, run } = await import("./commands/Serve.ts")
    return networked(({ read, report, stopping }) =>
      Effect.flatMap(options(read), (wanted) => run(wanted, report, stopping))
    )
  },
  send: async () => {
    const [{ options, run }, { stdin }, { client }] = await Promise.all([
      import("./commands/Send.ts"),
      import("./commands/stdin.ts"),
      import("./settings/WireOptions.ts")
    ])
    return unlessStopped(networked(({ read, report, sources }) =>
      Effect.gen(function*() {
        const wanted = yield* client(read)
        return yield* run(yield* options(read, sources.given), wanted, report, stdin)
      })
    ))
  },
  clean: async () => unlessStopped(needing((await import("./commands/Clean.ts")).run)),
  "config show": async () => (await import("./ConfigShow.ts")).run,
  "completions install": async () => (await import("./commands/CompletionsInstall.ts")).run
}

/** Being told to stop ends it at once. */
const unlessStopped = (runner: Runner): Runner => (surroundings) =>
  Effect.raceFirst(runner(surroundings), Effect.as(surroundings.stopping, ExitCode.terminated))
