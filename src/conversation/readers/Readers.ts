/**
 * Serves clients of rooms (docs/PROTOCOL.md, conversations §11) on ports of text messages: streams of sessions, WebSockets. All of them share the
 * rooms that they have open.
 */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import type { EncodedMessage } from "../../protocol/conversation/client/EncodedMessage.ts"
import type { WelcomeMessage } from "../../protocol/conversation/client/ServerMessage.ts"
import { peopleOfDirect } from "../../protocol/conversation/DirectRoom.ts"
import { defaultRates, Rates, type RateSettings } from "../../protocol/conversation/Rates.ts"
import { isOwnMachine } from "../../protocol/Source.ts"
import { TokenBucket } from "../../protocol/TokenBucket.ts"
import { Crypto } from "../../security/Crypto.ts"
import * as Alarm from "../../transport/Alarm.ts"
import * as Timing from "../../transport/Timing.ts"
import type { Shape as Accounts } from "../accounts/Accounts.ts"
import type { Identities } from "../Identities.ts"
import { ListenerTurns } from "../ListenerTurns.ts"
import { type LinkState, Logs } from "../logs/Logs.ts"
import * as RoomLimits from "../RoomLimits.ts"
import { Store } from "../store/Store.ts"
import { OnlineReaders } from "./OnlineReaders.ts"
import { ReaderConnection, type ReaderPeer } from "./ReaderConnection.ts"
import * as ReaderLogins from "./ReaderLogins.ts"
import type { ReaderSite } from "./ReaderSite.ts"
import * as Limits from "./ReadersLimits.ts"
import * as RoomHubs from "./RoomHubs.ts"
import * as RoomMaking from "./RoomMaking.ts"

/** What a client has sent. */
export interface Received {
  readonly texts: ReadonlyArray<string>
  /** Why nothing more can be read of it, as the rest of a sentence: `cannot be read: …`. */
  readonly failure?: string | undefined
}

/** A connection that carries text messages both ways. */
export interface TextPort extends ReaderPeer {
  /** The next messages of the client; undefined at the end. Fails when the connection is over. */
  readonly receive: Effect.Effect<Received | undefined, unknown>
  /** Sends messages in their order, and waits until there is room for further ones. Fails when the connection is over. */
  readonly send: (messages: ReadonlyArray<EncodedMessage>) => Effect.Effect<void, unknown>
}

export interface ReadersOptions {
  /** The nicks of guests, shared with the other rooms of the server. */
  readonly identities: Identities
  /** Undefined for a server without accounts. */
  readonly accounts?: Accounts | undefined
  /** Whether people without an account are admitted. Default: true. */
  readonly guests?: boolean | undefined
  readonly rates?: RateSettings | undefined
  /** Other servers that have the same rooms: a client may take one of them when this one is gone. */
  readonly servers?: (() => WelcomeMessage["servers"]) | undefined
  /** The linked servers. */
  readonly links?: (() => ReadonlyArray<LinkState>) | undefined
}

export interface Readers {
  /** Serves a client until its connection ends. An interruption ends it. */
  readonly serve: (port: TextPort) => Effect.Effect<void>
  /** Tells all clients of linked servers that have changed. */
  readonly onLinks: (links: ReadonlyArray<LinkState>) => void
  /** Ends all clients, and waits for a while until they have their last message. */
  readonly stop: Effect.Effect<void>
}

/** The end of the scope ends all clients. */
export const make = (
  { accounts, guests = true, identities, links = () => [], rates = defaultRates, servers = () => [] }: ReadersOptions
): Effect.Effect<Readers, never, Logs | Store | Crypto | Scope.Scope> =>
  Effect.gen(function*() {
    const logs = yield* Logs
    const store = yield* Store
    const crypto = yield* Crypto
    const clock = yield* Effect.clock
    const now = yield* Timing.monotonic
    const turns = new ListenerTurns(now, yield* Alarm.make)
    const fork = yield* FiberSet.makeRuntime<never>()
    const reads = yield* Effect.makeSemaphore(Limits.reads)
    const random = () => new DataView(crypto.random(4).buffer).getUint32(0) / 2 ** 32
    // A virtual clock may stand between two milliseconds; the time of an event is a whole number.
    const time = () => Math.floor(clock.unsafeCurrentTimeMillis())
    const online = new OnlineReaders()
    const rate = new Rates(rates, random)
    const schedule: ReaderSite["schedule"] = (client) => turns.schedule(client)
    const flushLater: ReaderSite["flushLater"] = (client) => turns.flushLater(client)
    const hubs = yield* RoomHubs.make({
      now,
      time,
      schedule,
      flushLater,
      invite: (...invitation) => online.invite(...invitation)
    })
    const site: ReaderSite = {
      server: logs.server,
      logs,
      store,
      hubs,
      logIn: yield* ReaderLogins.make({ server: logs.server, identities, accounts, guests, rates: rate }),
      makeRoom: yield* RoomMaking.make(hubs, { now, time, random }),
      rates: rate,
      servers,
      links,
      online,
      now,
      time,
      reading: reads.withPermits(1),
      fork: (effect) => void fork(effect),
      schedule,
      flushLater
    }
    // The two people of a new direct room learn of it when they are here.
    yield* logs.onRoom((room) => {
      const people = peopleOfDirect(room)
      if (people === undefined) return
      const [one, other] = people
      online.invite(one, room, "direct", other)
      online.invite(other, room, "direct", one)
    })
    const connections = new Set<ReaderConnection>()
    const serving = yield* FiberSet.make<void>()
    const stop = Effect.suspend(() => {
      for (const connection of connections) connection.end("the server is stopping")
      return Effect.asVoid(Effect.timeoutOption(FiberSet.awaitEmpty(serving), Limits.farewellMillis))
    })
    yield* Effect.addFinalizer(() => Effect.sync(() => turns.end()))

    return {
      serve: (port) =>
        Effect.suspend(() => {
          const news = Effect.unsafeMakeLatch(false)
          const connection = new ReaderConnection(site, port, () => news.unsafeOpen())
          connections.add(connection)
          const end = Effect.sync(() => {
            connections.delete(connection)
            connection.close()
          })
          return Effect.flatMap(
            FiberSet.run(serving, Effect.ensuring(served(port, connection, news, now), end)),
            (fiber) => Effect.onInterrupt(Fiber.join(fiber), () => Fiber.interrupt(fiber))
          )
        }),
      onLinks: (changed) => {
        for (const connection of connections) connection.tellLinks(changed)
      },
      stop
    }
  })

/** Carries messages both ways until the connection ends. */
const served = (
  port: TextPort,
  connection: ReaderConnection,
  news: Effect.Latch,
  now: () => number
): Effect.Effect<void> => {
  const bucket = isOwnMachine(port.address.host)
    ? undefined
    : new TokenBucket(RoomLimits.readBurstBytes, RoomLimits.readBytesPerSecond)
  const room = Effect.unsafeMakeLatch(false)
  /** Waits as the rate of reading demands it. */
  const paced = ({ texts }: Received): Effect.Effect<void> => {
    const size = Math.min(texts.reduce((sum, text) => sum + text.length, 0), RoomLimits.readBurstBytes)
    if (bucket === undefined || bucket.take(now(), size)) return Effect.void
    return Effect.zipRight(
      Effect.sleep(Timing.waitOf(bucket.readyAt(now(), size) - now())),
      Effect.sync(() => void bucket.take(now(), size))
    )
  }
  const reading: Effect.Effect<void, unknown> = Effect.suspend(() => {
    // A client that does not take its messages waits with its own.
    if (connection.isFull) {
      room.unsafeClose()
      return Effect.zipRight(room.await, reading)
    }
    return Effect.flatMap(port.receive, (received) => {
      if (received === undefined) return Effect.void
      for (const text of received.texts) connection.receive(text)
      if (received.failure !== undefined) connection.end(`what was sent ${received.failure}`)
      return connection.isEnded ? Effect.void : Effect.zipRight(paced(received), reading)
    })
  })
  const writing: Effect.Effect<void, unknown> = Effect.suspend(() => {
    const messages = connection.take(Limits.writeBytes)
    if (messages.length > 0) {
      const sent = Effect.timeoutFail(port.send(messages), { duration: Limits.slowMillis, onTimeout: () => "slow" })
      return Effect.zipRight(Effect.tap(sent, () => room.open), writing)
    }
    if (connection.isEnded) return Effect.void
    news.unsafeClose()
    return Effect.zipRight(news.await, writing)
  })
  return Effect.raceFirst(
    Effect.flatMap(reading, () => connection.isEnded ? Effect.never : Effect.void),
    writing
  ).pipe(Effect.ignore)
}
