/** Listens for datagrams, for a room. Its clients are remote addresses (`DatagramClients`), which nothing has proved. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { AnyApp } from "../apps/App.ts"
import type { Address } from "../net/Address.ts"
import { format, isLoopback } from "../net/Address.ts"
import type { Multicast, SocketError } from "../net/Socket.ts"
import { Socket } from "../net/Socket.ts"
import { EventBus } from "../telemetry/EventBus.ts"
import * as Alarm from "../transport/Alarm.ts"
import * as Timing from "../transport/Timing.ts"
import type { DatagramCounters, DatagramOptions } from "./DatagramClients.ts"
import { DatagramClients } from "./DatagramClients.ts"
import type { Room } from "./Room.ts"

/** A local address, or with `multicast` the address of a group. */
export interface Place extends Address {
  readonly multicast?: Multicast | undefined
}

export interface Listening {
  /** The address as it was bound: a wildcard stays one. */
  readonly local: Address
  readonly counters: () => DatagramCounters
}

/** The app of a room would send a lot to addresses that nothing has proved, for anyone who forges the address of another host. */
export class UnprovedError extends Schema.TaggedError<UnprovedError>()("UnprovedError", {
  room: Schema.String,
  address: Schema.String,
  /** What happened, and the remedy, as a sentence without a full stop. */
  message: Schema.String
}) {}

/** Leads the datagrams at an address to a room, until the scope ends. */
export const listen = (
  { host, multicast, port }: Place,
  room: Room,
  options: DatagramOptions = {}
): Effect.Effect<Listening, SocketError | UnprovedError, Socket | Scope.Scope> =>
  Effect.gen(function*() {
    const transport = multicast === undefined ? "udp" : "multicast"
    const isLocal = isLoopback(multicast === undefined ? host : multicast.interface ?? host)
    if (!isLocal && options.allowsUnproved !== true && answersUnproved(room.app, transport)) {
      return yield* unproved(room.name, { host, port })
    }
    const { bind } = yield* Socket
    const { publish } = yield* EventBus
    const makeAlarm = yield* Alarm.make
    const now = yield* Timing.monotonic
    const clients = new DatagramClients({ room, transport, options, publish, now, makeAlarm })
    const bound = yield* bind({ host, port }, clients.handler, { fragmentation: "allowed", multicast })
    clients.start(bound)
    yield* Effect.addFinalizer(() => Effect.sync(() => clients.end()))
    return { local: bound.local, counters: () => clients.counters() }
  })

const answersUnproved = ({ dialects }: AnyApp, transport: "udp" | "multicast"): boolean =>
  dialects.some((dialect) => dialect.transport === transport && dialect.answersUnproved === true)

const unproved = (room: string, at: Address): UnprovedError => {
  const address = format(at)
  const message =
    `"${room}" at ${address} would send to any address that a datagram names as its own, forged ones too: serve it ` +
    "at 127.0.0.1, or allow it with --allow-unproved"
  return new UnprovedError({ room, address, message })
}
