import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import type { TcpConnection } from "../../../src/net/Tcp.ts"
import { closeCode } from "../../../src/protocol/flock/CloseCode.ts"
import { RecordConnection } from "../../../src/protocol/tcp/RecordConnection.ts"
import { RecordReader } from "../../../src/protocol/tcp/Records.ts"
import { make as makeAlarm } from "../../../src/transport/Alarm.ts"
import { TcpDriver } from "../../../src/transport/tcp/TcpDriver.ts"
import { parametersOf } from "../../../src/transport/tcp/TcpOptions.ts"
import * as Timing from "../../../src/transport/Timing.ts"

/** A driver on a connection that notes what is done with it. */
const lone = Effect.gen(function*() {
  const done: Array<string> = []
  let hasRoom = true
  const connection: TcpConnection = {
    local: { host: "127.0.0.1", port: 1 },
    peer: { host: "127.0.0.1", port: 2 },
    start: () => undefined,
    write: (bytes) => {
      done.push(`write ${bytes.length}`)
      return hasRoom
    },
    unsentBytes: () => 0,
    pause: () => undefined,
    resume: () => undefined,
    finish: () => void done.push("finish"),
    reset: () => void done.push("reset")
  }
  const core = new RecordConnection({
    role: "client",
    local: parametersOf({}),
    peer: parametersOf({}),
    protection: { tagBytes: 0, seal: (bytes) => bytes, open: (bytes) => bytes, free: () => void done.push("free") }
  }, 0)
  const clock = yield* Effect.clock
  const now = () => Timing.nanosToMillis(clock.unsafeCurrentTimeNanos())
  let failing: unknown
  const driver = new TcpDriver(connection, core, new RecordReader(), now, yield* makeAlarm, {
    onEvents: (events) => {
      if (failing !== undefined) throw failing
      for (const event of events) done.push(event._tag === "Closed" ? `closed by ${event.reason.by}` : event._tag)
    },
    onDefect: () => {
      failing = undefined
      done.push("defect")
    },
    onForgotten: () => void done.push("forgotten")
  })
  const write = (bytes: number) => {
    const stream = core.streams.open() ?? expect.fail("no stream")
    core.streams.write(stream, new Uint8Array(bytes))
    driver.touch()
  }
  return {
    core,
    driver,
    done,
    write,
    fill: (isFull: boolean) => {
      hasRoom = !isFull
    },
    fail: () => {
      failing = new Error("no sense")
    }
  }
})

const later = TestClock.adjust(0)

describe("the driver of a connection", () => {
  it.effect("writes no record while the connection has no room", () =>
    Effect.gen(function*() {
      const { done, driver, fill, write } = yield* lone
      fill(true)
      write(200_000)
      yield* later
      expect(done.length).toBe(1)
      fill(false)
      driver.onDrain()
      expect(done.filter((one) => one.startsWith("write")).length).toBe(4)
    }))

  it.effect("ends in order: CLOSE, its direction, and then the connection", () =>
    Effect.gen(function*() {
      const { done, driver } = yield* lone
      driver.leave()
      yield* later
      expect(done).toEqual(["write 5", "closed by us", "finish"])
      driver.onEnd()
      driver.onClose(undefined)
      yield* driver.over
      expect(done.slice(3).filter((one) => one !== "free")).toEqual(["forgotten"])
    }))

  it.effect("resets a connection whose peer does not end it", () =>
    Effect.gen(function*() {
      const { done, driver } = yield* lone
      driver.leave()
      yield* TestClock.adjust("3 seconds")
      expect(done.filter((one) => one !== "free").slice(3)).toEqual(["reset"])
    }))

  it.effect("breaks when the connection fails, and when its peer ends it without CLOSE", () =>
    Effect.gen(function*() {
      const [failed, ended] = [yield* lone, yield* lone]
      failed.driver.onClose(undefined)
      ended.driver.onEnd()
      expect(failed.done.filter((one) => one !== "free")).toEqual(["closed by Broken", "forgotten"])
      expect(ended.done.filter((one) => one !== "free")).toEqual(["closed by Broken", "reset"])
    }))

  it.effect("sends PING to a silent peer, and gives it up after the idle timeout", () =>
    Effect.gen(function*() {
      const { done, driver } = yield* lone
      driver.begin()
      yield* TestClock.adjust("10 seconds")
      expect(done).toEqual(["write 3"])
      yield* TestClock.adjust("20 seconds")
      expect(done.slice(-1)).toEqual(["reset"])
      expect(done).toContain("closed by Idle")
    }))

  it.effect("closes the session after a defect", () =>
    Effect.gen(function*() {
      const { core, done, driver, fail } = yield* lone
      fail()
      // PING: there is something to answer, and no event.
      core.close(closeCode.NoError, "", 0)
      driver.begin()
      yield* later
      expect(done).toContain("defect")
      expect(core.isOpen).toBe(false)
      driver.stop()
      expect(done.slice(-1)).toEqual(["forgotten"])
    }))
})
