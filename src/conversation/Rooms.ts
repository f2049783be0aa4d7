/** Opens rooms in this process. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FiberSet from "effect/FiberSet"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { AccountQuestion, Answer, AnyApp, Remembered } from "../apps/App.ts"
import type { Language } from "../apps/Language.ts"
import type { Address } from "../net/Address.ts"
import { hexOf } from "../protocol/Hex.ts"
import { Crypto } from "../security/Crypto.ts"
import { EventBus } from "../telemetry/EventBus.ts"
import * as Alarm from "../transport/Alarm.ts"
import * as Timing from "../transport/Timing.ts"
import { runsOf } from "./AppRuns.ts"
import * as Identities from "./Identities.ts"
import * as Journal from "./Journal.ts"
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
  readonly ask?: ((question: AccountQuestion, from: Address) => Effect.Effect<Answer>) | undefined
  /** Called after each turn that has changed what the app remembers. */
  readonly onRemembered?: ((remembered: Remembered) => void) | undefined
  /** The log of an app over one. Default: a log in memory, which ends with the room. */
  readonly journal?: Journal.Journal | undefined
  /** Who the clients of an app over a log are. Default: guests, whose nicks are unique in this room. */
  readonly identities?: Identities.Identities | undefined
}

/** The configuration of a room is wrong. `message` tells what, as a sentence without a full stop. */
export class RoomError extends Schema.TaggedError<RoomError>()("RoomError", {
  room: Schema.String,
  message: Schema.String
}) {}

/** Opens a room. The end of the scope ends the connections of its clients. Fails if the app does not accept the configuration. */
export const open = (
  app: AnyApp,
  {
    ask,
    config = {},
    identities,
    journal,
    language = "en",
    name = app.name,
    onRemembered,
    remembered
  }: RoomOptions = {}
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
    const idOf = (bytes: number) => hexOf(crypto.random(bytes))
    const log = journal ?? Journal.inMemory(Journal.roomNameOf(name), ownServer, idOf(logIdBytes))
    const { room: logged, server } = log
    const start = { seed: () => crypto.random(seedBytes), crypto, language, now, room: logged, server }
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
    const room = new HostedRoom({
      name,
      app,
      runs: runs.right,
      publish,
      now,
      onRemembered,
      makeAlarm,
      asking,
      journal: log,
      identities: identities ?? Identities.guests(server, () => idOf(deviceIdBytes))
    })
    yield* Effect.addFinalizer(() => Effect.sync(() => room.end()))
    return room
  })

/** Bytes of the seed of an app. */
const seedBytes = 32

/** Bytes of the id of a log, and of a connection in it. */
const logIdBytes = 24
const deviceIdBytes = 8

/** The name of a server whose log no other server sees. */
const ownServer = "local"
