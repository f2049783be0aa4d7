/** What a command needs around it before it can run: the services of this machine, and a network. */
import * as Effect from "effect/Effect"
import type { Transport } from "../transport/Transport.ts"
import type { Runner, Services } from "./commands/CommandContext.ts"
import * as Flags from "./settings/Flags.ts"
import * as WireOptions from "./settings/WireOptions.ts"

/** Gives it the services of this machine. */
export const needing = (runner: Runner<Services>): Runner => (surroundings) =>
  Effect.provide(runner(surroundings), surroundings.services)

/** The same over the wire that the settings name; the faults and the trace that are asked for stand between. */
export const networked = (runner: Runner<Services | Transport>): Runner =>
  needing((surroundings) =>
    Effect.gen(function*() {
      const { onTraced, read, report } = surroundings
      const faults = yield* read(Flags.faults)
      const { wire, ...settings } = yield* WireOptions.fromSettings(read)
      const [{ simulated }, Wires] = yield* Effect.promise(() =>
        Promise.all([import("./commands/SimulatedNetwork.ts"), import("../node/Wires.ts")])
      )
      const program = Effect.provide(runner(surroundings), Wires.layer(wire, settings))
      return yield* simulated(program, { faults, onTraced, note: report.note })
    })
  )
