/**
 * Connects a room to a server of plain programs, as one of its clients, and again when the connection ends. To the app of the room
 * the server is a member (`Joined.dialed`).
 */
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"
import { type Address, format } from "../net/Address.ts"
import { SocketError } from "../net/Socket.ts"
import type { Tcp } from "../net/Tcp.ts"
import type { Framing } from "../protocol/framing/Framing.ts"
import { EventBus } from "../telemetry/EventBus.ts"
import * as Alarm from "../transport/Alarm.ts"
import * as TcpSockets from "../transport/platform/TcpSockets.ts"
import * as Timing from "../transport/Timing.ts"
import { ListenerTurns } from "./ListenerTurns.ts"
import type { Room } from "./Room.ts"
import * as RoomLimits from "./RoomLimits.ts"
import { SocketClient, type Surroundings } from "./SocketClient.ts"

/** The waits between attempts. */
const retries = Schedule.exponential(RoomLimits.firstDialMillis).pipe(
  Schedule.union(Schedule.spaced(RoomLimits.mostDialMillis)),
  Schedule.jittered
)

/**
 * Keeps the connection of a room to a server until it is interrupted. `framing` is that of the listeners of the app: the server's too. The operator
 * sees each connection, and the first of the attempts in a row that fail.
 */
export const keep = (room: Room, server: Address, framing: Framing): Effect.Effect<never, never, Tcp> =>
  Effect.gen(function*() {
    const { publish } = yield* EventBus
    const now = yield* Timing.monotonic
    const turns = new ListenerTurns(now, yield* Alarm.make)
    let isReported = false
    const failed = ({ message }: SocketError) =>
      Effect.sync(() => {
        if (isReported) return
        isReported = true
        const again = `it is tried again, at least every ${RoomLimits.mostDialMillis / 1000} s`
        publish({
          _tag: "ServiceLogged",
          app: room.name,
          text: `${format(server)} is not linked: ${message}; ${again}`
        })
      })
    const surroundings = (onClosed: () => void): Surroundings => ({
      room,
      framing: framing.client ?? framing,
      dialed: server,
      transport: "tcp",
      messageBytes: undefined,
      // A server may be silent.
      firstMessageMillis: Infinity,
      publish,
      now,
      schedule: (client) => turns.schedule(client),
      flushLater: (client) => turns.flushLater(client),
      onClosed
    })
    const once = Effect.gen(function*() {
      const connection = yield* Effect.timeoutFail(TcpSockets.connectDirect(server), {
        duration: RoomLimits.dialingMillis,
        onTimeout: () => silent(server)
      })
      isReported = false
      yield* Effect.async<void>((resume) => {
        const client = new SocketClient(surroundings(() => resume(Effect.void)), connection.peer, connection)
        connection.start(client)
        client.open()
        return Effect.sync(() => client.stop())
      })
    }).pipe(Effect.scoped, Effect.tapError(failed))
    // After the end of a connection the waits begin anew.
    const kept = Effect.zipLeft(Effect.retry(once, retries), Effect.sleep(RoomLimits.firstDialMillis))
    return yield* Effect.ensuring(Effect.orDie(Effect.forever(kept)), Effect.sync(() => turns.end()))
  })

const silent = (server: Address): SocketError => {
  const address = format(server)
  return new SocketError({ reason: "Io", address, message: `${address} does not answer` })
}
