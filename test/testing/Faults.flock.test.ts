import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { type Run, Socket } from "../../src/net/Socket.ts"
import * as Faults from "../../src/testing/Faults.ts"
import type { Fault, Options } from "../../src/testing/FaultyLink.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"

/** Sends ten datagrams of two bytes as one run, and returns the received ones. */
const passed = (options: Omit<Options, "seed">, millis = 0) =>
  Effect.scoped(Effect.gen(function*() {
    const socket = yield* Socket
    const runs: Array<Run> = []
    let pauses = 0
    const silent = {
      onRun: () => undefined,
      onPause: () => undefined,
      onError: () => undefined,
      onDrain: () => undefined
    }
    const server = yield* socket.bind({ host: "127.0.0.1", port: 0 }, {
      ...silent,
      onRun: (run) => runs.push({ ...run, bytes: run.bytes.slice() }),
      onPause: () => pauses++
    })
    const client = yield* socket.connect(server.local, silent)
    client.send(server.local, 2, (target) => {
      for (let at = 0; at < 20; at++) target[at] = at
      return 20
    })
    yield* Effect.yieldNow()
    yield* TestClock.adjust(millis)
    yield* Effect.promise(() => Promise.resolve())
    yield* Effect.yieldNow()
    return { firsts: runs.map(({ bytes }) => bytes[0]), lengths: runs.map(({ bytes }) => bytes.length), pauses }
  })).pipe(Effect.provide(Layer.provide(Faults.layer({ seed: 7, ...options }), SocketMemory.layer())))

describe("faults of runs", () => {
  it.effect("leave a run alone where there are none", () =>
    Effect.gen(function*() {
      const { firsts, pauses } = yield* passed({})
      expect(firsts).toEqual([0, 2, 4, 6, 8, 10, 12, 14, 16, 18])
      expect(pauses).toBe(1)
    }))

  it.effect("meet each datagram of a run on its own, and are told", () =>
    Effect.gen(function*() {
      const faults: Array<Fault["fate"]> = []
      const rules = [
        { fate: "drop", direction: "sent", nth: 2 },
        { fate: "duplicate", direction: "sent", nth: 3 },
        { fate: "cut", direction: "sent", nth: 5 }
      ] as const
      const { firsts } = yield* passed({ script: rules, onFault: ({ fate }) => faults.push(fate) })
      expect(firsts.slice(0, 5)).toEqual([0, 4, 4, 6, 8])
      expect(faults).toEqual(["drop", "duplicate", "cut"])
    }))

  it.effect("hold every datagram back for the delay", () =>
    Effect.gen(function*() {
      expect((yield* passed({ delayMillis: 10 }, 9)).firsts).toEqual([])
      expect((yield* passed({ delayMillis: 10 }, 20)).firsts).toHaveLength(10)
    }))
})
