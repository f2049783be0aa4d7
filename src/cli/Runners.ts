/** The one table from a command to what runs it, each in a module that is loaded only then. */
import * as Effect from "effect/Effect"
import type { Name } from "./Commands.ts"
import type { Runner } from "./commands/CommandContext.ts"
import { ExitCode } from "./errors/Failure.ts"
import { flocking, needing, networked } from "./Needs.ts"
import { withDefault } from "./Settings.ts"
import * as Flags from "./settings/Flags.ts"
import { byWire } from "./wires/ByWire.ts"

/** What there is to run. Completions are words alone: they are printed before any of this is loaded. */
export type Task = Exclude<Name, "completions">

/** Loads what runs a command. */
export const load = (task: Task): Promise<Runner> => runners[task]()

const runners: Readonly<Record<Task, () => Promise<Runner>>> = {
  "": async () => (await import("./Alone.ts")).run,
  serve: async () => {
    const { options, run } = await import("./commands/Serve.ts")
    return byWire({
      classic: async () => {
        const { classic } = await import("./wires/Serving.ts")
        return networked(({ read, report, stopping }) =>
          Effect.gen(function*() {
            return yield* run(yield* options(read), classic(yield* withDefault(read, Flags.timeout)), report, stopping)
          })
        )
      },
      flock: async () => {
        const [{ server }, Transport] = await Promise.all([
          import("./wires/FlockServing.ts"),
          import("./wires/Transport.ts")
        ])
        return flocking(({ read, report, stopping }) =>
          Effect.gen(function*() {
            return yield* run(yield* options(read), server(yield* Transport.options(read)), report, stopping)
          })
        )
      }
    })
  },
  send: async () => {
    const [{ options, run }, { stdin }] = await Promise.all([
      import("./commands/Send.ts"),
      import("./commands/stdin.ts")
    ])
    return unlessStopped(byWire({
      classic: async () => {
        const { carrier, options: way } = await import("./wires/ClassicLine.ts")
        return networked(({ read, report, sources }) =>
          Effect.gen(function*() {
            const wanted = yield* way(read)
            return yield* run(yield* options(read, sources.given), carrier(wanted), report, stdin)
          })
        )
      },
      flock: async () => {
        const { carrier, options: way } = await import("./wires/FlockSending.ts")
        return flocking(({ read, report, sources }) =>
          Effect.gen(function*() {
            const wanted = yield* way(read)
            return yield* run(yield* options(read, sources.given), carrier(wanted), report, stdin)
          })
        )
      }
    }))
  },
  clean: async () => unlessStopped(needing((await import("./commands/Clean.ts")).run)),
  "config show": async () => (await import("./ConfigShow.ts")).run,
  "completions install": async () => (await import("./commands/CompletionsInstall.ts")).run
}

/** Being told to stop ends it at once. */
const unlessStopped = (runner: Runner): Runner => (surroundings) =>
  Effect.raceFirst(runner(surroundings), Effect.as(surroundings.stopping, ExitCode.terminated))
