/** Leads the sockets of a server of `@effect/platform` to a room: each is a client, with a codec of its own. */
import type * as Socket from "@effect/platform/Socket"
import type * as SocketServer from "@effect/platform/SocketServer"
import * as Cause from "effect/Cause"
import type * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Runtime from "effect/Runtime"
import * as Scope from "effect/Scope"
import type { Address } from "../net/Address.ts"
import type { Framing } from "../protocol/framing/Framing.ts"
import { EventBus } from "../telemetry/EventBus.ts"
import * as Alarm from "../transport/Alarm.ts"
import { Deadlines } from "../transport/Deadlines.ts"
import { HalfClose } from "../transport/platform/HalfClose.ts"
import { Peer } from "../transport/platform/PlatformSocket.ts"
import * as Timing from "../transport/Timing.ts"
import type { Room } from "./Room.ts"
import * as RoomLimits from "./RoomLimits.ts"
import { SocketClient, type Surroundings } from "./SocketClient.ts"

export interface SocketListenerOptions {
  readonly framing: Framing
  readonly transport: "tcp" | "session"
  /** Bytes of the longest message of a client. Default: that of the framing. */
  readonly messageBytes?: number | undefined
  /** Default: `RoomLimits.firstMessageMillis`; Infinity for a room whose clients may be silent. */
  readonly firstMessageMillis?: number | undefined
}

/** Leads each socket of the server to the room, until it is interrupted: then their clients leave. */
export const serve = (
  server: Context.Tag.Service<SocketServer.SocketServer>,
  room: Room,
  options: SocketListenerOptions
): Effect.Effect<never, SocketServer.SocketServerError> =>
  Effect.gen(function*() {
    const { publish } = yield* EventBus
    const makeAlarm = yield* Alarm.make
    const runtime = yield* Effect.runtime<never>()
    const now = yield* Timing.monotonic
    const turns = new Turns(now, makeAlarm)
    const surroundings: Surroundings = {
      room,
      framing: options.framing,
      transport: options.transport,
      messageBytes: options.messageBytes,
      firstMessageMillis: options.firstMessageMillis ?? RoomLimits.firstMessageMillis,
      publish,
      now,
      schedule: (client) => turns.schedule(client),
      flushLater: (client) => turns.flushLater(client),
      fork: Runtime.runFork(runtime)
    }
    // One function for all sockets: to provide an effect to each would cost more than the client.
    const clients = new WeakMap<Socket.Socket, SocketClient>()
    return yield* server.run((socket) => handled(socket, surroundings, clients)).pipe(
      Effect.provideService(HalfClose, (socket) => clients.get(socket)?.halfClose ?? Effect.void),
      Effect.ensuring(Effect.sync(() => turns.end()))
    )
  })

/** A scope of the writer that the end of the run closes is less than `Effect.scoped` for each of thousands of clients. */
const handled = (
  socket: Socket.Socket,
  surroundings: Surroundings,
  clients: WeakMap<Socket.Socket, SocketClient>
): Effect.Effect<void> =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    const peer = yield* Peer
    const client = new SocketClient(surroundings, peer?.address ?? unknown, yield* Scope.extend(socket.writer, scope))
    clients.set(socket, client)
    return { scope, client, isForeign: peer === undefined }
  }).pipe(Effect.flatMap(({ client, isForeign, scope }) =>
    socket.run(client.handleBytes, { onOpen: Effect.sync(() => client.open()) }).pipe(
      Effect.onExit((exit) => {
        // A socket of another package does not know HalfClose: its end is that of the input.
        const isEnd = Exit.isSuccess(exit) && (client.hasEnded || isForeign)
        if (isEnd) client.endInput()
        const isStopping = Exit.isFailure(exit) && Cause.isInterruptedOnly(exit.cause)
        client.onClosed(isEnd ? "ended" : isStopping ? "stopping" : "reset")
        return Scope.close(scope, exit)
      }),
      Effect.ignore
    )
  ))

/** The address of a client whose socket does not tell it. */
const unknown: Address = { host: "0.0.0.0", port: 0 }

/** The deadlines of the clients of a listener with their one alarm, and the writes at the end of a turn. */
class Turns {
  readonly #now: () => number
  readonly #alarm: Alarm.Alarm
  readonly #deadlines = new Deadlines<SocketClient>()
  #alarmAt = Infinity
  #unflushed = new Set<SocketClient>()

  constructor(now: () => number, makeAlarm: Alarm.MakeAlarm) {
    this.#now = now
    this.#alarm = makeAlarm(now, () => this.#onAlarm())
  }

  schedule(client: SocketClient): void {
    this.#deadlines.set(client, client.deadline)
    this.#setAlarm()
  }

  flushLater(client: SocketClient): void {
    if (this.#unflushed.size === 0) queueMicrotask(() => this.#flush())
    this.#unflushed.add(client)
  }

  end(): void {
    this.#alarm.set(Infinity)
    this.#alarmAt = -Infinity
  }

  #flush(): void {
    const clients = this.#unflushed
    this.#unflushed = new Set()
    for (const client of clients) client.flush()
  }

  #onAlarm(): void {
    this.#alarmAt = Infinity
    const now = this.#now()
    for (let due = this.#deadlines.takeDue(now); due !== undefined; due = this.#deadlines.takeDue(now)) {
      due.onDeadline(now)
    }
    this.#setAlarm()
  }

  /** An alarm that has become too early is set again when it rings. */
  #setAlarm(): void {
    if (this.#deadlines.first >= this.#alarmAt) return
    this.#alarmAt = this.#deadlines.first
    this.#alarm.set(this.#alarmAt)
  }
}
