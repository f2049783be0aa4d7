/**
 * The bytes of a named pipe. It knows why a pipe is not read like a file: a read that waits for the writer would hold
 * one of Node's few threads, and with it the end of the process.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { close, open } from "node:fs"
import { Socket } from "node:net"
import type { StorageError } from "../../storage/Storage.ts"
import * as FileErrors from "./FileErrors.ts"
import { flags } from "./Files.ts"

/** What comes out of the pipe at `path` until its last writer closes it; waits for the first writer. */
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
    // `next` asks for the error; without a listener it would end the process.
    socket.on("error", () => {})
    return socket
  } catch (cause) {
    close(fd)
    throw cause
  }
}

const next = (socket: Socket, path: string): Effect.Effect<Uint8Array, Option.Option<StorageError>> =>
  Effect.async((resume) => {
    const look = () => {
      const block: Uint8Array | null = socket.read()
      if (block !== null) settle(Effect.succeed(block))
      else if (socket.errored) settle(Effect.fail(Option.some(FileErrors.fromSystem("read", path, socket.errored))))
      else if (socket.readableEnded || socket.destroyed) settle(Effect.fail(Option.none()))
    }
    const settle = (exit: Effect.Effect<Uint8Array, Option.Option<StorageError>>) => {
      stop()
      resume(exit)
    }
    const stop = () => {
      for (const event of events) socket.off(event, look)
    }
    for (const event of events) socket.on(event, look)
    look()
    return Effect.sync(stop)
  })

const events = ["readable", "end", "error", "close"] as const
