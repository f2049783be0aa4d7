/**
 * Enforces the contract of a run: its bytes are valid only until the handler returns. A handler that keeps a view finds
 * other bytes there afterwards, so its test fails. Every socket of the tests is decorated with it.
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Handler } from "../net/Socket.ts"
import { Socket } from "../net/Socket.ts"

/** The byte that overwrites a run: it is neither the form of a packet nor the type of a frame. */
const overwrittenByte = 0xaa

/** A handler whose runs are overwritten when `handler` returns. */
export const overwriting = (handler: Handler): Handler => ({
  ...handler,
  onRun: (run) => {
    handler.onRun(run)
    run.bytes.fill(overwrittenByte)
  }
})

/** A Socket whose received runs are overwritten when their handler returns. */
export const layer: Layer.Layer<Socket, never, Socket> = Layer.effect(
  Socket,
  Effect.map(Socket, (inner) => ({
    resolve: inner.resolve,
    bind: (local, handler, options) => inner.bind(local, overwriting(handler), options),
    connect: (peer, handler, options) => inner.connect(peer, overwriting(handler), options)
  }))
)
