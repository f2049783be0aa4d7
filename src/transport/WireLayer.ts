/**
 * Makes the layer of a wire: the one of its options, checked, and the one that reads them from the configuration. Both take the
 * services of the wire and the EventBus of the place where the layer is built. An attempt to connect is a span, `holub.connect`.
 */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { format } from "../net/Address.ts"
import { EventBus } from "../telemetry/EventBus.ts"
import { notAnAddress } from "./OptionRange.ts"
import { SessionError } from "./SessionError.ts"
import {
  type ConnectOptions,
  type Listener,
  type ListenOptions,
  type Session,
  type Shape,
  Transport
} from "./Transport.ts"

/** A wire with its options. */
export interface Wire<R> extends Pick<Shape, "capabilities" | "plan"> {
  readonly connect: (where: ConnectOptions) => Effect.Effect<Session, SessionError, R | Scope.Scope>
  readonly listen: (where: ListenOptions) => Effect.Effect<Listener, SessionError, R | Scope.Scope>
}

/** `R` are the services of a wire. */
export interface WireLayers<Options, R> {
  /** The wire with these options. Options out of their range are a defect, a `RangeError`, when the layer is built. */
  readonly layer: (options?: Options) => Layer.Layer<Transport, never, R>
  /** The wire with options from the configuration. Options out of their range are a `ConfigError`. */
  readonly layerConfig: (
    options: Config.Config.Wrap<Options>
  ) => Layer.Layer<Transport, ConfigError.ConfigError, R>
}

/** `problemOf` tells which of the options is out of its range. */
export const make = <Options extends object, R>(
  wireOf: (options: Options) => Wire<R>,
  problemOf: (options: Options) => string | undefined
): WireLayers<Options, R> => {
  const built = (options: Options): Effect.Effect<Layer.Layer<Transport, never, R>, string> => {
    const problem = problemOf(options)
    return problem === undefined
      ? Effect.succeed(Layer.effect(Transport, provided(wireOf(options))))
      : Effect.fail(problem)
  }
  return {
    layer: (options = {} as Options) =>
      Layer.unwrapEffect(Effect.orDieWith(built(options), (problem) => new RangeError(problem))),
    layerConfig: (config) =>
      Layer.unwrapEffect(
        Effect.flatMap(Config.unwrap(config), (options) =>
          Effect.mapError(built(options), (problem) => ConfigError.InvalidData([], problem)))
      )
  }
}

const provided = <R>({ capabilities, connect, listen, plan }: Wire<R>): Effect.Effect<Shape, never, R> =>
  Effect.gen(function*() {
    const bus = yield* EventBus
    // Without a scope: the sessions live in the scope of each call.
    const context = Context.add(
      Context.omit(Scope.Scope)(yield* Effect.context<R>()) as Context.Context<R>,
      EventBus,
      bus
    )
    return {
      capabilities,
      plan,
      connect: (where) =>
        checked(where, notAnAddress(where, 1), Effect.provide(connect(where), context)).pipe(
          Effect.withSpan("holub.connect", {
            captureStackTrace: false,
            kind: "client",
            attributes: { "holub.wire": capabilities.wire, "holub.peer": format(where) }
          })
        ),
      listen: (where) => checked(where, notAnAddress(where, 0), Effect.provide(listen(where), context))
    }
  })

/** Fails before anything is opened or sent. */
const checked = <A, R>(
  { host, port }: ListenOptions,
  problem: string | undefined,
  effect: Effect.Effect<A, SessionError, R>
): Effect.Effect<A, SessionError, R> =>
  problem === undefined
    ? effect
    : new SessionError({ reason: "Unsupported", peer: `${host}:${port}`, detail: "Address", message: problem })
