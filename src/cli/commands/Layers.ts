/** The layers of a command: the services of this machine, the wire, simulated faults, and the trace. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import type { Values } from "../settings/Settings.ts"
import type { WireValues } from "../settings/WireOptions.ts"
import * as WireOptions from "../settings/WireOptions.ts"
import type { KeyValues } from "../trust/CommandKeys.ts"
import type { CommandContext, Run, Services } from "./CommandContext.ts"

export type NetworkValues = WireValues & KeyValues & Pick<Values, "faults">

/** Provides the wire and the keys that the settings choose, over sockets with the requested faults, and the requested trace. */
export const onNetwork = <R>(
  program: Effect.Effect<ExitCode, Failure, R>,
  values: NetworkValues,
  { onTraced, report, sources }: CommandContext
) =>
  Effect.gen(function*() {
    const { wire, ...settings } = WireOptions.fromSettings(values)
    const [{ simulated }, Wires, CommandKeys] = yield* Effect.promise(() =>
      Promise.all([import("./SimulatedNetwork.ts"), import("../../node/Wires.ts"), import("../trust/CommandKeys.ts")])
    )
    const keys = yield* CommandKeys.make(values, sources.environment, report)
    const services = Layer.provideMerge(Wires.layer(wire, { ...settings, ...keys.wire }), keys.keyring)
    const options = { faults: values.faults, onTraced, note: report.note, emit: report.emit }
    return yield* onThisMachine(simulated(Effect.provide(program, services), options))
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
export const unlessStopped = <V, Needed>(run: Run<V, Needed>): Run<V, Needed> => (values, context) =>
  Effect.raceFirst(run(values, context), Effect.as(context.stopping, ExitCode.terminated))
