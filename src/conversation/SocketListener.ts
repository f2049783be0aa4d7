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
import { HalfClose } from "../transport/platform/HalfClose.ts"
import { Peer } from "../transport/platform/PlatformSocket.ts"
import * as TcpSockets from "../transport/platform/TcpSockets.ts"
import * as Timing from "../transport/Timing.ts"
import { ListenerTurns } from "./ListenerTurns.ts"
import type { Room } from "./Room.ts"
import * as RoomLimits from "./RoomLimits.ts"
import { SocketClient, type Surroundings } from "./SocketClient.ts"
import { type Fork, SocketConnection } from "./SocketConnection.ts"

export interface SocketListenerOptions {
  readonly framing: Framing
  readonly transport: "tcp" | "session"
  /** Bytes of the longest message of a client. Default: that of the framing. */
  readonly messageBytes?: number | undefined
  /** Default: `RoomLimits.firstMessageMillis`; Infinity for a room whose clients may be silent. */
  readonly firstMessageMillis?: number | undefined
}

/**
 * Leads each socket of the server to the room, until it is interrupted: then their clients leave. The connections of a server of
 * `TcpSockets` are handled without sockets, which costs a third.
 */
export const serve = (
  server: Context.Tag.Service<SocketServer.SocketServer>,
  room: Room,
  options: SocketListenerOptions
): Effect.Effect<never, SocketServer.SocketServerError> =>
  Effect.gen(function*() {
    const { publish } = yield* EventBus
    const makeAlarm = yield* Alarm.make
    const now = yield* Timing.monotonic
    const turns = new ListenerTurns(now, makeAlarm)
    const clients = new Set<SocketClient>()
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
      onClosed: (client) => clients.delete(client)
    }
    const serving = TcpSockets.isDirect(server)
      ? direct(server, surroundings, clients)
      : bySockets(server, surroundings)
    return yield* Effect.ensuring(serving, Effect.sync(() => turns.end()))
  })

const direct = (server: TcpSockets.DirectServer, surroundings: Surroundings, clients: Set<SocketClient>) =>
  server.runDirect((connection) => {
    const client = new SocketClient(surroundings, connection.peer, connection)
    clients.add(client)
    connection.start(client)
    client.open()
  }).pipe(Effect.ensuring(Effect.sync(() => clients.forEach((client) => client.stop()))))

const bySockets = (
  server: Context.Tag.Service<SocketServer.SocketServer>,
  surroundings: Surroundings
): Effect.Effect<never, SocketServer.SocketServerError> =>
  Effect.flatMap(Effect.runtime<never>(), (runtime) => {
    const fork = Runtime.runFork(runtime)
    // One function for all sockets: to provide an effect to each would cost more than the client.
    const clients = new WeakMap<Socket.Socket, SocketClient>()
    // What the client then has to be sent is followed by the end of the socket.
    const halfClose = (socket: Socket.Socket) =>
      Effect.zipRight(Effect.sync(() => clients.get(socket)?.onEnd()), Effect.never)
    return Effect.provideService(
      server.run((socket) => handled(socket, surroundings, fork, clients)),
      HalfClose,
      halfClose
    )
  })

/** A scope of the writer that the end of the run closes is less than `Effect.scoped` for each of thousands of clients. */
const handled = (
  socket: Socket.Socket,
  surroundings: Surroundings,
  fork: Fork,
  clients: WeakMap<Socket.Socket, SocketClient>
): Effect.Effect<void> =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    const peer = yield* Peer
    const connection = new SocketConnection(yield* Scope.extend(socket.writer, scope), fork)
    const client = new SocketClient(surroundings, peer?.address ?? unknown, connection)
    connection.start(client)
    clients.set(socket, client)
    return { scope, client, connection, isForeign: peer === undefined }
  }).pipe(Effect.flatMap(({ client, connection, isForeign, scope }) =>
    socket.run(connection.handleBytes, { onOpen: Effect.sync(() => client.open()) }).pipe(
      Effect.onExit((exit) => {
        // A socket of another package does not know HalfClose: its end is that of the input.
        if (Exit.isSuccess(exit) && isForeign) client.onEnd()
        if (Exit.isFailure(exit) && Cause.isInterruptedOnly(exit.cause)) client.stop()
        else client.onClose()
        return Scope.close(scope, exit)
      }),
      Effect.ignore
    )
  ))

/** The address of a client whose socket does not tell it. */
const unknown: Address = { host: "0.0.0.0", port: 0 }
