/** Opens the rooms of a server and their plain listeners, and reports their events. */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Language } from "../../apps/Language.ts"
import * as AccountQuestions from "../../conversation/accounts/AccountQuestions.ts"
import { Accounts } from "../../conversation/accounts/Accounts.ts"
import * as DatagramListener from "../../conversation/DatagramListener.ts"
import * as Dialing from "../../conversation/Dialing.ts"
import * as Identities from "../../conversation/Identities.ts"
import * as Journal from "../../conversation/Journal.ts"
import * as LogJournal from "../../conversation/logs/LogJournal.ts"
import { Logs } from "../../conversation/logs/Logs.ts"
import type { Room } from "../../conversation/Room.ts"
import * as Rooms from "../../conversation/Rooms.ts"
import * as SessionListener from "../../conversation/SessionListener.ts"
import * as SocketListener from "../../conversation/SocketListener.ts"
import type { Store } from "../../conversation/store/Store.ts"
import { type Address, format, isLoopback } from "../../net/Address.ts"
import type { Socket } from "../../net/Socket.ts"
import { SocketError } from "../../net/Socket.ts"
import type { Tcp } from "../../net/Tcp.ts"
import type { Framing } from "../../protocol/framing/Framing.ts"
import * as FramingName from "../../protocol/framing/FramingName.ts"
import { hexOf } from "../../protocol/Hex.ts"
import { Crypto } from "../../security/Crypto.ts"
import type { Keyring } from "../../security/Keyring.ts"
import { EventBus } from "../../telemetry/EventBus.ts"
import type { Handler } from "../../transfer/Router.ts"
import * as TcpSockets from "../../transport/platform/TcpSockets.ts"
import type { Listener, Transport } from "../../transport/Transport.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { Failure, usage } from "../errors/Failure.ts"
import * as StoreFailure from "../errors/StoreFailure.ts"
import type { Report } from "../report/Report.ts"
import * as RoomEvents from "../report/RoomEvents.ts"
import type { PlannedListener, PlannedRoom } from "./HostingPlan.ts"
import * as RoomMemories from "./RoomMemories.ts"
import * as ServeLogs from "./ServeLogs.ts"
import * as ServeReaders from "./ServeReaders.ts"
import * as ServeWeb from "./ServeWeb.ts"
import type { WebPlan } from "./WebPlan.ts"

export interface HostingOptions {
  readonly rooms: ReadonlyArray<PlannedRoom>
  readonly web: WebPlan | undefined
  /** The name of the server, if `--server-name` gives one. */
  readonly name: string | undefined
  /** The local address of the plain listeners. */
  readonly host: string
  /** Ports to try after one that is in use. */
  readonly portSearch: number
  readonly language: Language
  readonly allowsUnproved: boolean
  /** Whether the report shows single messages. */
  readonly isDetailed: boolean
  /** The folder of what rooms remember; undefined if the store has it. */
  readonly stateFolder: string | undefined
}

export interface Hosting {
  readonly rooms: ReadonlyArray<Room>
  readonly history: RoomEvents.History
  /** The handlers of the rooms for the sessions of the listener. */
  readonly handlers: ReadonlyArray<Handler>
  /** Completes when the first client of a room has left. */
  readonly firstLeft: Effect.Effect<void>
}

/** Opens everything until the scope closes; `listener` is that of the sessions. */
export const open = (
  options: HostingOptions,
  report: Report,
  listener: Pick<Listener, "capabilities" | "local" | "publicKey">
): Effect.Effect<Hosting, Failure, Tcp | Socket | Crypto | Keyring | Transport | Store | Accounts | Scope.Scope> =>
  Effect.gen(function*() {
    // Finalizers run in reverse order: listeners, then rooms, whose last events are reported before the `stopped` lines.
    const sums = yield* summed(options.rooms, report)
    yield* RoomEvents.reported(report, options.isDetailed)
    const history = yield* RoomEvents.history
    const { capabilities: { streams }, local, publicKey } = listener
    const served = yield* ServeLogs.open(options.name, report, { publicKey, streams })
    const identities = Identities.guests(served.logs.server, newDevice(yield* Crypto))
    const rooms: Array<Room> = []
    for (const planned of options.rooms) {
      const room = yield* Effect.provideService(opened(planned, options, identities, report), Logs, served.logs)
      rooms.push(room)
      yield* report.emit({ type: "started", app: room.name })
    }
    const taken = new Set(options.rooms.flatMap(({ listeners }) => listeners.map(({ port }) => port)))
    for (const [index, { listeners }] of options.rooms.entries()) {
      const room = rooms[index]
      if (room === undefined) continue
      for (const planned of listeners) {
        const place = yield* listen(planned, room, options, taken)
        yield* report.emit({ type: "listening", app: room.name, transport: planned.dialect.transport, ...place })
      }
    }
    for (const [index, { listeners }] of options.rooms.entries()) {
      const room = rooms[index]
      if (room !== undefined) yield* dial(room, listeners)
    }
    const { handler: clients, readers } = yield* ServeReaders.open(served, identities)
    if (options.web !== undefined) yield* ServeWeb.open(options.web, readers, report)
    const handlers = streams ? [...yield* SessionListener.handlers(rooms, local), clients, ...served.handlers] : []
    const [first] = rooms
    if (streams && first !== undefined) {
      const host = isLoopback(local.host) ? local.host : "HOST"
      yield* report.note(`over sessions: holub join ${format({ host, port: local.port })}/${first.name}`)
    }
    sums.open()
    return { rooms, history, handlers, firstLeft: sums.firstLeft }
  })

const opened = (
  { app, config, name }: PlannedRoom,
  { language, stateFolder }: HostingOptions,
  identities: Identities.Identities,
  report: Report
): Effect.Effect<Room, Failure, Crypto | Logs | Store | Accounts | Scope.Scope> =>
  Effect.gen(function*() {
    // A store that fails ends the server, which reports it.
    const ask = AccountQuestions.answers(yield* Accounts, () => Effect.void)
    const memory = yield* RoomMemories.of({ app, config, name }, stateFolder, report)
    const journal = app.hasLog ? yield* Effect.mapError(journalOf(name), StoreFailure.of) : undefined
    return yield* Effect.mapError(
      Rooms.open(app, { name, config, language, ask, journal, identities, ...memory }),
      ({ message }) => usage(`the configuration of ${name} is wrong: ${message}`)
    )
  })

/** The log of a room, which is public if it is made now. */
const journalOf = (name: string) =>
  Effect.gen(function*() {
    const room = Journal.roomNameOf(name)
    yield* Effect.flatMap(Logs, ({ make }) => make(room, { access: "public", servers: [] }))
    return yield* LogJournal.open(room)
  })

/** Makes the ids of the connections of guests. */
const newDevice = ({ random }: Pick<Crypto["Type"], "random">) => () => hexOf(random(deviceBytes))
const deviceBytes = 8

/** Listens at the port, or at the first free one of the following ports that no room was given. */
const listen = (
  { dialect, port }: PlannedListener,
  room: Room,
  options: HostingOptions,
  taken: ReadonlySet<number>
): Effect.Effect<Address, Failure, Tcp | Socket | Scope.Scope> => {
  const { allowsUnproved, host, portSearch } = options
  const listenAt = (
    at: number
  ): Effect.Effect<Address, SocketError | DatagramListener.UnprovedError, Tcp | Socket | Scope.Scope> => {
    switch (dialect.transport) {
      case "tcp":
        return listenTcp({ host, port: at }, dialect.framing, room)
      case "udp":
        return Effect.map(DatagramListener.listen({ host, port: at }, room, { allowsUnproved }), ({ local }) => local)
      case "multicast": {
        const place = {
          host: dialect.group ?? "",
          port: at,
          multicast: { interface: isLoopback(host) ? host : undefined }
        }
        return Effect.map(DatagramListener.listen(place, room, { allowsUnproved }), ({ local }) => local)
      }
    }
  }
  const search = (
    next: number,
    more: number
  ): Effect.Effect<Address, SocketError | DatagramListener.UnprovedError, Tcp | Socket | Scope.Scope> =>
    Effect.catchIf(
      listenAt(next),
      (error) =>
        error._tag === "SocketError" && error.reason === "AddressInUse" && more > 0 && port > 0 && next < 65_535,
      () => {
        let other = next + 1
        while (taken.has(other)) other++
        return other > 65_535 ? listenAt(next) : search(other, more - 1)
      }
    )
  return Effect.mapError(search(port, portSearch), (error) => listeningFailure(error, room.name))
}

const listenTcp = (
  local: Address,
  framingName: string,
  room: Room
): Effect.Effect<Address, SocketError, Tcp | Scope.Scope> =>
  Effect.gen(function*() {
    const framing = framingOf(framingName, room)
    const server = yield* TcpSockets.server(local)
    yield* Effect.forkScoped(Effect.interruptible(
      Effect.ignore(SocketListener.serve(server, room, { framing, transport: "tcp" }))
    ))
    return server.address._tag === "TcpAddress"
      ? { host: server.address.hostname, port: server.address.port }
      : local
  })

/** Connects the room to the servers that its app dials, whose messages are isolated as those of its own listener. */
const dial = (
  room: Room,
  listeners: ReadonlyArray<PlannedListener>
): Effect.Effect<void, never, Tcp | Scope.Scope> =>
  Effect.forEach(room.dials, (server) => {
    const dialect = listeners.find((one) => one.dialect.transport === "tcp")?.dialect ?? room.app.dialects[0]
    return Effect.forkScoped(Effect.interruptible(Dialing.keep(room, server, framingOf(dialect.framing, room))))
  }, { discard: true })

/** The framing of a dialect, whose text was checked. */
const framingOf = (name: string, room: Room): Framing => {
  const framing = FramingName.parse(name)
  if (typeof framing === "string") throw new Error(`${room.name}: ${framing}`)
  return framing
}

const listeningFailure = (error: SocketError | DatagramListener.UnprovedError, name: string): Failure =>
  error._tag === "UnprovedError"
    ? usage(error.message)
    : new Failure({
      code: error.reason,
      exitCode: ExitCode.usage,
      message: `${name}: ${error.message}`,
      hint: hints[error.reason]?.replaceAll("NAME", name)
    })

const hints: Partial<Record<SocketError["reason"], string>> = {
  AddressInUse:
    "another program uses it; take another port with --app NAME@PORT, any free one with NAME@0, or the next free one with --port-search N",
  AddressNotAvailable: "--host takes an address of this machine; --host 0.0.0.0 takes all of them",
  HostNotFound: "--host takes an address of this machine; --host 0.0.0.0 takes all of them",
  NotUnicast: "--host takes an address of this machine; --host 0.0.0.0 takes all of them",
  Denied: "ports below 1024 need privileges; take a higher one with --app NAME@PORT"
}

interface Sums {
  /** From now on the end is reported. */
  readonly open: () => void
  readonly firstLeft: Effect.Effect<void>
}

/** Counts what the rooms have done, for their `stopped` events. */
const summed = (
  rooms: ReadonlyArray<PlannedRoom>,
  report: Report
): Effect.Effect<Sums, never, Scope.Scope> =>
  Effect.gen(function*() {
    const bus = yield* EventBus
    const left = yield* Deferred.make<void>()
    const sums = new Map(rooms.map(({ name }) => [name, { connections: 0, receivedBytes: 0, sentBytes: 0 }]))
    let isOpen = false
    yield* Effect.addFinalizer(() =>
      isOpen
        ? Effect.forEach(sums, ([app, sum]) => report.emit({ type: "stopped", app, ...sum }), { discard: true })
        : Effect.void
    )
    yield* bus.listen((event) => {
      if (event._tag !== "ServiceConnected" && event._tag !== "ServiceDisconnected") return
      const sum = sums.get(event.app)
      if (sum === undefined) return
      if (event._tag === "ServiceConnected") sum.connections++
      else if (event.reason !== "refused") {
        sum.receivedBytes += event.receivedBytes
        sum.sentBytes += event.sentBytes
        Deferred.unsafeDone(left, Effect.void)
      }
    })
    return {
      open: () => {
        isOpen = true
      },
      firstLeft: Deferred.await(left)
    }
  })
