import * as Socket from "@effect/platform/Socket"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { SocketConnection } from "../../src/conversation/SocketConnection.ts"

/** A connection on a socket that notes what it writes; a write waits for `room`. */
const opened = (room: Effect.Effect<void, Socket.SocketError>) => {
  const notes: Array<string> = []
  const connection = new SocketConnection(
    (chunk) =>
      Effect.zipRight(
        Effect.sync(() => notes.push(Socket.isCloseEvent(chunk) ? "close" : `write ${chunk.length}`)),
        room
      ),
    (effect) => Effect.runFork(effect)
  )
  connection.start({ onBytes: ({ length }) => notes.push(`read ${length}`), onDrain: () => notes.push("drain") })
  return { connection, notes }
}

const bytes = new Uint8Array(4)

describe("a connection on a socket", () => {
  it("writes at once where there is room, or where the socket takes nothing more", () => {
    const { connection, notes } = opened(Effect.void)
    const failed = opened(Effect.fail(new Socket.SocketGenericError({ reason: "Write", cause: "closed" })))
    expect([connection.write(bytes), failed.connection.write(bytes)]).toEqual([true, true])
    connection.end()
    expect(notes).toEqual(["write 4", "close"])
  })

  it.effect("drains when a write that waited has completed", () =>
    Effect.gen(function*() {
      const room = Effect.unsafeMakeLatch(false)
      const { connection, notes } = opened(room.await)
      expect([connection.write(bytes), notes]).toEqual([false, ["write 4"]])
      yield* room.open
      while (notes.length < 2) yield* Effect.yieldNow()
      expect(notes).toEqual(["write 4", "drain"])
    }))

  it.effect("lets its socket wait while it is paused", () =>
    Effect.gen(function*() {
      const { connection, notes } = opened(Effect.void)
      expect(connection.handleBytes(bytes)).toBeUndefined()
      connection.pause()
      const waiting = connection.handleBytes(bytes)
      const fiber = Effect.runFork(waiting ?? Effect.void)
      yield* Effect.yieldNow()
      expect([notes, fiber.unsafePoll()]).toEqual([["read 4", "read 4"], null])
      connection.resume()
      expect(yield* fiber.await).toEqual(Exit.void)
      // Its effect that is run after the pause does not wait.
      yield* waiting ?? Effect.void
    }))
})
