/**
 * Reads a named pipe. A pipe is not read like a file, because a read that waits for the writer would block a thread of
 * Node's small thread pool and keep the process from exiting.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { close, open } from "node:fs"
import { Socket } from "node:net"
import type { StorageError } from "../../storage/Storage.ts"
import * as FileErrors from "./FileErrors.ts"
import { flags } from "./Files.ts"

/** The bytes of the pipe at `path` until its last writer closes it. Waits for the first writer. */
export const bytes = (path: string): Stream.Stream<Uint8Array, StorageError> =>
  Stream.unwrapScoped(
    Effect.map(
      Effect.acquireRelease(opened(path), (socket) => Effect.sync(() => socket.destroy())),
      (socket) => Stream.repeatEffectOption(next(socket, path))
    )
  )

const opened = (path: string): Effect.Effect<Socket, StorageError> =>
  Effect.async((resume) => {
    open(path, flags.read, (error, fd) => {
      try {
        if (error !== null) throw error
        resume(Effect.succeed(reader(fd)))
      } catch (cause) {
        resume(Effect.fail(FileErrors.fromSystem("read", path, cause)))
      }
    })
  })

const reader = (fd: number): Socket => {
  try {
    const socket = new Socket({ fd, readable: true, writable: false })
    // `next` reads `errored`; without a listener, the error event would end the process.
    socket.on("error", () => {})
    return socket
  } catch (cause) {
    close(fd)
    throw cause
  }
}

const next = (socket: Socket, path: string): Effect.Effect<Uint8Array, Option.Option<StorageError>> =>
  Effect.async((resume) => {
    const poll = () => {
      const block: Uint8Array | null = socket.read()
      if (block !== null) complete(Effect.succeed(block))
      else if (socket.errored) complete(Effect.fail(Option.some(FileErrors.fromSystem("read", path, socket.errored))))
      else if (socket.readableEnded || socket.destroyed) complete(Effect.fail(Option.none()))
    }
    const complete = (exit: Effect.Effect<Uint8Array, Option.Option<StorageError>>) => {
      stop()
      resume(exit)
    }
    const stop = () => {
      for (const event of events) socket.off(event, poll)
    }
    for (const event of events) socket.on(event, poll)
    poll()
    return Effect.sync(stop)
  })

const events = ["readable", "end", "error", "close"] as const
