/** What a command needs around it before it can run: the services of this machine, and a network. */
import * as Effect from "effect/Effect"
import type { BatchSocket } from "../net/BatchSocket.ts"
import type { Runner, Services } from "./commands/CommandContext.ts"
import * as Flags from "./settings/Flags.ts"

/** Gives it the services of this machine. */
export const needing = (runner: Runner<Services>): Runner => (surroundings) =>
  Effect.provide(runner(surroundings), surroundings.services)

/** The same; what it sends and hears goes through the faults that are asked for, and is traced. */
export const networked = (runner: Runner<Services>): Runner =>
  needing((surroundings) =>
    Effect.gen(function*() {
      const { onTraced, read, report } = surroundings
      const faults = yield* read(Flags.faults)
      const { wired } = yield* Effect.promise(() => import("./wires/SimulatedNetwork.ts"))
      return yield* wired(runner(surroundings), { faults, onTraced, note: report.note })
    })
  )

/** The same over the modern wire: its sockets are the fastest that this machine has. */
export const flocking = (runner: Runner<Services | BatchSocket>): Runner =>
  needing((surroundings) =>
    Effect.gen(function*() {
      const { onTraced, read, report } = surroundings
      const faults = yield* read(Flags.faults)
      const [{ flocked }, sockets] = yield* Effect.promise(() =>
        Promise.all([import("./wires/SimulatedNetwork.ts"), import("../node/fastSockets.ts")])
      )
      return yield* Effect.provide(
        flocked(runner(surroundings), { faults, onTraced, note: report.note }),
        sockets.layer
      )
    })
  )
