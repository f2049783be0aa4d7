import * as Socket from "@effect/platform/Socket"
import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import type * as Runtime from "effect/Runtime"
import * as TestClock from "effect/TestClock"
import { SocketError } from "../../../src/net/Socket.ts"
import { TcpSocketRun } from "../../../src/transport/platform/TcpSocketRun.ts"
import * as TransportLimits from "../../../src/transport/TransportLimits.ts"
import { notedConnection } from "../../suites/notedConnection.ts"

/** A connection that notes its calls, and a run on it. */
const running = (handle: (bytes: Uint8Array) => Effect.Effect<unknown, string> | void = () => undefined) =>
  Effect.map(Effect.runtime<never>(), (runtime: Runtime.Runtime<never>) => {
    const calls: Array<string> = []
    const { connection, fill } = notedConnection((call) => calls.push(call))
    const run = new TcpSocketRun(connection, handle, runtime, () => Effect.void)
    const end = Deferred.unsafeMake<void, string | Socket.SocketError>(FiberId.none)
    run.start((result) => Deferred.unsafeDone(end, result))
    return { run, ended: Deferred.await(end), calls, fill }
  })

describe("a run", () => {
  it.effect("pauses reading while much is in handlers that have not completed", () =>
    Effect.gen(function*() {
      const gate = Effect.unsafeMakeLatch(false)
      const { calls, run } = yield* running(() => gate.await)
      run.onBytes(new Uint8Array(TransportLimits.unhandledBytes))
      expect(calls).toEqual(["start"])
      run.onBytes(new Uint8Array(1))
      expect(calls).toEqual(["start", "pause"])
      run.onEnd()
      yield* gate.open
      yield* Effect.yieldNow()
      yield* Effect.yieldNow()
      expect(calls).toEqual(["start", "pause", "resume", "finish"])
    }))

  it.effect("ends with the failure of a handler, and with what a handler throws", () =>
    Effect.gen(function*() {
      const failing = yield* running(() => Effect.fail("wrong"))
      failing.run.onBytes(new Uint8Array(1))
      expect(yield* Effect.flip(failing.ended)).toBe("wrong")
      const throwing = yield* running(() => {
        throw new Error("on purpose")
      })
      throwing.run.onBytes(new Uint8Array(1))
      expect(Exit.isFailure(yield* Effect.exit(throwing.ended))).toBe(true)
    }))

  it.effect("waits with a write until there is room, and fails it when the connection has closed", () =>
    Effect.gen(function*() {
      const { calls, ended, fill, run } = yield* running()
      yield* run.write(new Uint8Array(5))
      fill()
      const waiting = yield* Effect.fork(run.write(new Uint8Array(6)))
      yield* Effect.yieldNow()
      expect([calls, yield* waiting.poll]).toMatchObject([["start", "write 5", "write 6"], { _tag: "None" }])
      run.onDrain()
      yield* waiting.await
      const lost = yield* Effect.fork(run.write(new Uint8Array(7)))
      yield* Effect.yieldNow()
      run.onClose(new SocketError({ reason: "Reset", address: "", message: "" }))
      expect(Exit.isFailure(yield* lost.await)).toBe(true)
      expect(yield* Effect.flip(run.write(new Uint8Array(8)))).toMatchObject({ reason: "Write" })
      expect(yield* Effect.flip(ended)).toMatchObject({ reason: "Read" })
    }))

  it.effect("discards input after its end for a while, and then resets the connection", () =>
    Effect.gen(function*() {
      const { calls, ended, run } = yield* running()
      run.close(new Socket.CloseEvent())
      expect(yield* Effect.flip(ended)).toMatchObject({ code: 1000 })
      yield* Effect.fork(run.linger)
      yield* TestClock.adjust(TransportLimits.lingerMillis - 1)
      run.onBytes(new Uint8Array(TransportLimits.lingerBytes))
      expect(calls).toEqual(["start", "finish", "finish", "resume"])
      yield* TestClock.adjust(1)
      expect(calls.at(-1)).toBe("reset")
    }))

  it.effect("discards only so many bytes after its end", () =>
    Effect.gen(function*() {
      const { calls, run } = yield* running()
      run.close(new Socket.CloseEvent())
      run.onBytes(new Uint8Array(TransportLimits.lingerBytes))
      expect(calls.at(-1)).toBe("finish")
      run.onBytes(new Uint8Array(1))
      expect(calls.at(-1)).toBe("reset")
    }))
})
