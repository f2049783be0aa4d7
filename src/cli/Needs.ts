/** What a command needs around it before it can run: the services of this machine, and a network. */
import * as Effect from "effect/Effect"
import * as Flags from "./Flags.ts"
import type { Runner, Services } from "./Runner.ts"

/** Gives it the services of this machine. */
export const needing = (runner: Runner<Services>): Runner => (surroundings) =>
  Effect.provide(runner(surroundings), surroundings.services)

/** The same; what it sends and hears goes through the faults that are asked for, and is traced. */
export const networked = (runner: Runner<Services>): Runner =>
  needing((surroundings) =>
    Effect.gen(function*() {
      const { onDatagram, read, report } = surroundings
      const faults = yield* read(Flags.faults)
      const { wired } = yield* Effect.promise(() => import("./Wiring.ts"))
      return yield* wired(runner(surroundings), { faults, onDatagram, note: report.note })
    })
  )
