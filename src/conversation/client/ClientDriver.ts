/**
 * Runs a client of rooms on connections, one after the other: when one is lost, the servers that it knows are tried, the last one first. Each
 * input is a synchronous turn of the client; after it the listeners have its events, and the connection sends what there is.
 */
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import type { Login } from "../../protocol/conversation/client/ClientMessage.ts"
import type { ClientEvent } from "../../protocol/conversation/client/ClientView.ts"
import type { RoomsClient } from "../../protocol/conversation/client/RoomsClient.ts"
import * as Alarm from "../../transport/Alarm.ts"
import * as Limits from "./ClientDriverLimits.ts"
import * as ClientStream from "./ClientStream.ts"
import { DialedServers, type ServerPlace } from "./DialedServers.ts"

/** A server has refused the person for good, or has answered in no way that a client understands. */
export class LoginRefused extends Data.TaggedError("LoginRefused")<{
  /** A sentence without a full stop. */
  readonly message: string
}> {}

/** What happens: an event of the client, or a server that is not reached. */
export type DriverEvent = ClientEvent | {
  readonly _tag: "Unreached" | "Lost"
  readonly place: ServerPlace
  /** A sentence without a full stop. */
  readonly reason: string
}

export interface ClientDriverOptions<E, R> {
  readonly servers: ReadonlyArray<ServerPlace>
  /** Opens a stream of the kind `rooms` with a server, for the time of the scope. */
  readonly open: (place: ServerPlace) => Effect.Effect<ClientStream.ClientBytes, E, R | Scope.Scope>
  /** How the person logs in at this server. */
  readonly login: (place: ServerPlace) => Effect.Effect<Login, E, R>
  /** Called in the turn in which something has happened, also when nothing but the view has changed. It may call `act`. */
  readonly onTurn: (events: ReadonlyArray<DriverEvent>, place: ServerPlace) => void
}

export interface ClientDriver<E> {
  readonly client: RoomsClient
  /** Does something with the client, in a turn. `now` is Unix time in milliseconds. */
  readonly act: <A>(command: (client: RoomsClient, now: number) => A) => A
  /** The person is welcome at a first server. Fails with the first error if each server was tried once, or if one refuses the person. */
  readonly opened: Effect.Effect<void, E | LoginRefused>
  /** A server has refused the person later. */
  readonly ended: Effect.Effect<never, LoginRefused>
}

/** Soon at first, then seldom, and never at the same time as other clients. Its input is whether a connection has held meanwhile. */
const retries = Schedule.exponential(Limits.firstRetryMillis).pipe(
  Schedule.union(Schedule.spaced(Limits.mostRetryMillis)),
  Schedule.jittered,
  Schedule.intersect(Schedule.identity<boolean>()),
  Schedule.resetWhen(([, hasHeld]) => hasHeld)
)

/** Runs the client until the scope closes. */
export const make = <E extends { readonly message: string }, R>(
  client: RoomsClient,
  { login, onTurn, open, servers }: ClientDriverOptions<E, R>
): Effect.Effect<ClientDriver<E>, never, R | Scope.Scope> =>
  Effect.gen(function*() {
    const clock = yield* Effect.clock
    const now = () => Math.floor(clock.unsafeCurrentTimeMillis())
    const makeAlarm = yield* Alarm.make
    const news = Effect.unsafeMakeLatch(false)
    const opened = yield* Deferred.make<void, E | LoginRefused>()
    const ended = yield* Deferred.make<never, LoginRefused>()
    const places = new DialedServers(servers)
    let place: ServerPlace = servers[0] ?? { name: "", address: { host: "", port: 0 }, key: undefined }
    let isBusy = false
    let isWelcome = false
    let hasOpened = false

    const onEvents = (events: ReadonlyArray<DriverEvent>): void => {
      for (const event of events) {
        if (event._tag !== "Welcomed") continue
        isWelcome = true
        hasOpened = true
        places.onWelcome(place, event.servers)
        Deferred.unsafeDone(opened, Effect.void)
      }
      onTurn(events, place)
    }
    const turn = <A>(input: () => A, happened: ReadonlyArray<DriverEvent> = []): A => {
      const result = input()
      if (isBusy) return result
      isBusy = true
      onEvents([...happened, ...client.pollEvents()])
      for (let more = client.pollEvents(); more.length > 0; more = client.pollEvents()) onEvents(more)
      isBusy = false
      news.unsafeOpen()
      return result
    }
    const alarm = makeAlarm(now, () => news.unsafeOpen())
    yield* Effect.addFinalizer(() => Effect.sync(() => alarm.set(Infinity)))

    const refused = (): LoginRefused | undefined => {
      const { connection } = client.view
      return connection._tag === "Ended" ? new LoginRefused({ message: connection.reason }) : undefined
    }
    const lost = (_tag: "Unreached" | "Lost", reason: string): void =>
      turn(() => client.lost(reason, now()), [{ _tag, place, reason }])

    const connection = (stream: ClientStream.ClientBytes): Effect.Effect<string> => {
      const running = ClientStream.run(stream, {
        news,
        receive: (message) => turn(() => client.receive(message, now())),
        next: () => {
          const message = client.pollTransmit(now())
          if (message === undefined) alarm.set(client.deadline)
          return message
        },
        isOver: () => client.view.connection._tag === "Lost" || client.view.connection._tag === "Ended"
      })
      const silent = Effect.zipRight(
        Effect.sleep(Limits.welcomeMillis),
        Effect.suspend(() => isWelcome ? Effect.never : Effect.succeed("the server has not answered"))
      )
      return Effect.raceFirst(running, silent)
    }

    /** One connection with a server. Returns why it is over; fails if there was none. */
    const attempt = (one: ServerPlace): Effect.Effect<string, E, R> =>
      Effect.scoped(Effect.gen(function*() {
        place = one
        isWelcome = false
        turn(() => client.connecting(one.name))
        const stream = yield* open(one)
        const who = yield* login(one)
        turn(() => client.connected(who))
        const reason = yield* connection(stream)
        lost("Lost", reason)
        return reason
      }))

    /** Tries the servers until the person was welcome at one, whose connection is over then. Returns the first error if there was none. */
    const round: Effect.Effect<E | LoginRefused | undefined, LoginRefused, R> = Effect.gen(function*() {
      let first: E | LoginRefused | undefined
      for (const one of places.inOrder) {
        const error = yield* Effect.match(attempt(one), {
          onFailure: (failure) => {
            lost("Unreached", failure.message)
            return failure
          },
          onSuccess: (reason) => new LoginRefused({ message: reason })
        })
        const refusal = refused()
        if (refusal !== undefined) return yield* Effect.fail(refusal)
        if (isWelcome) return undefined
        first ??= error
      }
      return first
    })
    const rounds = Effect.gen(function*() {
      const before = now()
      const error = yield* round
      if (error !== undefined && !hasOpened) yield* Deferred.fail(opened, error)
      return error === undefined && now() - before >= Limits.mostRetryMillis
    }).pipe(
      Effect.repeat({ schedule: retries, while: () => hasOpened }),
      Effect.catchAll((refusal) => Effect.zipRight(Deferred.fail(opened, refusal), Deferred.fail(ended, refusal)))
    )
    yield* Effect.forkScoped(rounds)
    return {
      client,
      act: (command) => turn(() => command(client, now())),
      opened: Deferred.await(opened),
      ended: Deferred.await(ended)
    }
  })
