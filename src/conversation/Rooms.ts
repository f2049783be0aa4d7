/** Opens rooms in this process. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FiberSet from "effect/FiberSet"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Answer, AnyApp, Question, Remembered } from "../apps/App.ts"
import type { Language } from "../apps/Language.ts"
import type { Address } from "../net/Address.ts"
import { Crypto } from "../security/Crypto.ts"
import { EventBus } from "../telemetry/EventBus.ts"
import * as Alarm from "../transport/Alarm.ts"
import * as Timing from "../transport/Timing.ts"
import { runsOf } from "./AppRuns.ts"
import { HostedRoom, type Room } from "./Room.ts"
import type { Asking } from "./RoomQuestions.ts"

export interface RoomOptions {
  /** Default: the name of the app. */
  readonly name?: string | undefined
  /** The texts of `key:value,…`. */
  readonly config?: Readonly<Record<string, string>> | undefined
  readonly language?: Language | undefined
  /** What the app remembers of an earlier run. */
  readonly remembered?: Remembered | undefined
  /** Answers the questions of apps about accounts; without it they are answered with `Busy`. */
  readonly ask?: ((question: Question, from: Address) => Effect.Effect<Answer>) | undefined
  /** Called after each turn that has changed what the app remembers. */
  readonly onRemembered?: ((remembered: Remembered) => void) | undefined
}

/** The configuration of a room is wrong. `message` tells what, as a sentence without a full stop. */
export class RoomError extends Schema.TaggedError<RoomError>()("RoomError", {
  room: Schema.String,
  message: Schema.String
}) {}

/** Opens a room. The end of the scope ends the connections of its clients. Fails if the app does not accept the configuration. */
export const open = (
  app: AnyApp,
  { ask, config = {}, language = "en", name = app.name, onRemembered, remembered }: RoomOptions = {}
): Effect.Effect<Room, RoomError, Crypto | Scope.Scope> =>
  Effect.gen(function*() {
    const crypto = yield* Crypto
    const { publish } = yield* EventBus
    const clock = yield* Effect.clock
    const makeAlarm = yield* Alarm.make
    const monotonic = yield* Timing.monotonic
    // Unix time that never goes back: a clock that is set must not disturb deadlines.
    const offset = clock.unsafeCurrentTimeMillis() - monotonic()
    const now = () => Math.floor(monotonic() + offset)
    const start = { seed: () => crypto.random(seedBytes), crypto, language, now }
    const runs = runsOf(app, config, start, remembered)
    if (Either.isLeft(runs)) return yield* new RoomError({ room: name, message: runs.left })
    // A room without questions costs no fiber.
    const run = ask === undefined ? undefined : yield* FiberSet.makeRuntime<never>()
    const asking: Asking | undefined = ask === undefined || run === undefined
      ? undefined
      : (question, from, answered) =>
        run(Effect.map(
          Effect.catchAllCause(ask(question, from), (cause) =>
            Effect.sync((): Answer => {
              publish({ _tag: "ServiceDefect", app: name, cause: Cause.squash(cause) })
              return { _tag: "Busy" }
            })),
          answered
        ))
    const room = new HostedRoom({ name, app, runs: runs.right, publish, now, onRemembered, makeAlarm, asking })
    yield* Effect.addFinalizer(() => Effect.sync(() => room.end()))
    return room
  })

/** Bytes of the seed of an app. */
const seedBytes = 32
