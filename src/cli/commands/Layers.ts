/** The layers of a command: the services of this machine, the wire, simulated faults, and the trace. */
import * as Effect from "effect/Effect"
import { ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import type { Values } from "../settings/Settings.ts"
import type { WireValues } from "../settings/WireOptions.ts"
import * as WireOptions from "../settings/WireOptions.ts"
import type { CommandContext, Run, Services } from "./CommandContext.ts"

export type NetworkValues = WireValues & Pick<Values, "faults">

/** Provides the wire that the settings choose, over sockets with the requested faults, and the requested trace. */
export const onNetwork = <R>(
  program: Effect.Effect<ExitCode, Failure, R>,
  values: NetworkValues,
  { onTraced, report }: CommandContext
) =>
  Effect.gen(function*() {
    const { wire, ...settings } = WireOptions.fromSettings(values)
    const [{ simulated }, Wires] = yield* Effect.promise(() =>
      Promise.all([import("./SimulatedNetwork.ts"), import("../../node/Wires.ts")])
    )
    const options = { faults: values.faults, onTraced, note: report.note, emit: report.emit }
    return yield* onThisMachine(simulated(Effect.provide(program, Wires.layer(wire, settings)), options))
  })

/** Provides the services of this machine. */
export const onThisMachine = <R>(
  program: Effect.Effect<ExitCode, Failure, R>
): Effect.Effect<ExitCode, Failure, Exclude<R, Services>> =>
  Effect.flatMap(
    Effect.promise(() => import("../../node/NodeServices.ts")),
    ({ layer }) => Effect.provide(program, layer)
  )

/** A command that SIGTERM ends at once. */
export const unlessStopped = <V>(run: Run<V>): Run<V> => (values, context) =>
  Effect.raceFirst(run(values, context), Effect.as(context.stopping, ExitCode.terminated))
