/** What a command needs around it before it can run: the services of this machine, and a network. */
import * as Effect from "effect/Effect"
import type { Runner, Services } from "./commands/CommandContext.ts"
import * as Flags from "./settings/Flags.ts"

/** Gives it the services of this machine. */
export const needing = (runner: Runner<Services>): Runner => (surroundings) =>
  Effect.provide(runner(surroundings), surroundings.services)

/** The same over the classic wire; the faults and the trace that are asked for stand between it and the network. */
export const networked = (runner: Runner<Services>): Runner =>
  needing((surroundings) =>
    Effect.gen(function*() {
      const { onTraced, read, report } = surroundings
      const faults = yield* read(Flags.faults)
      const { wired } = yield* Effect.promise(() => import("./wires/SimulatedNetwork.ts"))
      return yield* wired(runner(surroundings), { faults, onTraced, note: report.note })
    })
  )

/** The same over flock. */
export const flocking = (runner: Runner<Services>): Runner =>
  needing((surroundings) =>
    Effect.gen(function*() {
      const { onTraced, read, report } = surroundings
      const faults = yield* read(Flags.faults)
      const { flocked } = yield* Effect.promise(() => import("./wires/SimulatedNetwork.ts"))
      return yield* flocked(runner(surroundings), { faults, onTraced, note: report.note })
    })
  )
