import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { type Core, make } from "../../../src/transport/classic/CoreDriver.ts"

/** A scripted core that records its calls, such as `timeout 100`. */
class FakeCore implements Core {
  deadline = Infinity
  isClosed = false
  /** Frames that are not sent yet, one byte each. */
  due: Array<number> = []
  /** The effect of a timeout, which also clears the deadline. */
  onTimeout = (): void => {}
  /** The effect of a datagram. */
  onDatagram = (): void => {}
  readonly diary: Array<string> = []

  handleDatagrams(batch: ReadonlyArray<Uint8Array>, now: number): void {
    this.diary.push(`datagrams ${batch.length} ${now}`)
    this.onDatagram()
  }

  handleTimeout(now: number): void {
    this.diary.push(`timeout ${now}`)
    this.deadline = Infinity
    this.onTimeout()
  }

  pollTransmit(target: Uint8Array, now: number): number {
    const byte = this.due.shift()
    if (byte === undefined) return 0
    this.diary.push(`transmit ${byte} ${now}`)
    target[0] = byte
    return 1
  }
}

const datagram = [new Uint8Array(1)]

const drive = (core: Core, transmit: Parameters<typeof make>[1], afterwards: () => void) =>
  make(core, transmit, afterwards, (cause) => expect.unreachable(String(cause)))

/** Runs a core in its loop. `turns` has the times of all turns, `diary` the calls of the core. */
const start = (core: FakeCore) =>
  Effect.gen(function*() {
    const clock = yield* Effect.clock
    const turns: Array<number> = []
    const buffer = new Uint8Array(8)
    const turn = yield* drive(core, (fill) => fill(buffer) > 0, () => turns.push(clock.unsafeCurrentTimeMillis()))
    const fiber = yield* Effect.fork(turn.loop)
    yield* TestClock.adjust(0)
    return {
      ...turn,
      turns,
      isRunning: () => fiber.unsafePoll() === null
    }
  })

describe("a turn", () => {
  it.effect("handles the input, then transmits, then emits events, all at one time", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      const turn = yield* drive(core, (fill) => fill(new Uint8Array(8)) > 0, () => core.diary.push("afterwards"))
      core.onDatagram = () => core.due.push(1, 2)
      yield* TestClock.setTime(70)
      turn.run(datagram)
      expect(core.diary).toEqual(["datagrams 1 70", "transmit 1 70", "transmit 2 70", "afterwards"])
    }))

  it.effect("without input handles a timeout that is due", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.deadline = 40
      const turn = yield* drive(core, () => false, () => {})
      yield* TestClock.setTime(39)
      turn.run()
      yield* TestClock.setTime(40)
      turn.run()
      expect(core.diary).toEqual(["timeout 40"])
    }))

  it.effect("handles a timeout after earlier input", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.deadline = 40
      const turn = yield* drive(core, () => false, () => {})
      yield* TestClock.setTime(90)
      turn.run(datagram)
      expect(core.diary).toEqual(["datagrams 1 90", "timeout 90"])
    }))

  it.effect("runs a command with the time, and then a turn", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      const turn = yield* drive(core, (fill) => fill(new Uint8Array(8)) > 0, () => core.diary.push("afterwards"))
      yield* TestClock.setTime(12)
      turn.command((now) => core.due.push(now))
      expect(core.diary).toEqual(["transmit 12 12", "afterwards"])
    }))

  it.effect("needs no loop", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.isClosed = true
      const turn = yield* drive(core, () => false, () => core.diary.push("afterwards"))
      turn.run()
      expect(core.diary).toEqual(["afterwards"])
    }))
})

describe("the loop", () => {
  it.effect("handles a timeout exactly when it is due", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.deadline = 100
      yield* start(core)
      yield* TestClock.adjust(99)
      expect(core.diary).toEqual([])
      yield* TestClock.adjust(1)
      expect(core.diary).toEqual(["timeout 100"])
    }))

  it.effect("sleeps from deadline to deadline", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      const deadlines = [250, 1000]
      core.deadline = 100
      core.onTimeout = () => core.deadline = deadlines.shift() ?? Infinity
      const { turns } = yield* start(core)
      yield* TestClock.adjust(10_000)
      expect([core.diary, turns]).toEqual([["timeout 100", "timeout 250", "timeout 1000"], [0, 100, 250, 1000]])
    }))

  it.effect("handles a timeout once at a deadline that no clock can hit exactly", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.deadline = 100 / 3
      const { isRunning } = yield* start(core)
      yield* TestClock.adjust(1000)
      expect([core.diary.length, isRunning()]).toEqual([1, true])
    }))

  it.effect("sleeps for ever without a deadline", () =>
    Effect.gen(function*() {
      const { isRunning, turns } = yield* start(new FakeCore())
      yield* TestClock.adjust("3650 days")
      expect([turns, isRunning()]).toEqual([[0], true])
    }))

  it.effect("wakes from an endless sleep when a datagram sets a deadline", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      const { run } = yield* start(core)
      yield* TestClock.adjust(30)
      core.onDatagram = () => core.deadline = 80
      run(datagram)
      yield* TestClock.adjust(1000)
      expect(core.diary).toEqual(["datagrams 1 30", "timeout 80"])
    }))

  it.effect("ends its sleep when a datagram sets an earlier deadline", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.deadline = 500
      const { run } = yield* start(core)
      yield* TestClock.adjust(30)
      core.onDatagram = () => core.deadline = 31
      run(datagram)
      yield* TestClock.adjust(1)
      expect(core.diary).toEqual(["datagrams 1 30", "timeout 31"])
    }))

  it.effect("ends its sleep when a command sets an earlier deadline", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.deadline = 500
      const { command } = yield* start(core)
      command((now) => core.deadline = now + 7)
      yield* TestClock.adjust(1000)
      expect(core.diary).toEqual(["timeout 7"])
    }))

  it.effect("uses the earliest of several deadlines that were set during one sleep", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.deadline = 500
      const { command } = yield* start(core)
      for (const deadline of [300, 100, 200]) command(() => core.deadline = deadline)
      yield* TestClock.adjust(1000)
      expect(core.diary).toEqual(["timeout 200"])
    }))

  it.effect("does not wake for a later deadline: it reads it at the end of its sleep", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.deadline = 100
      const { run, turns } = yield* start(core)
      core.onDatagram = () => core.deadline += 50
      for (let n = 0; n < 10; n++) {
        yield* TestClock.adjust(9)
        run(datagram)
      }
      yield* TestClock.adjust(1000)
      const inputs = Array.from({ length: 10 }, (_, n) => 9 * (n + 1))
      expect(turns).toEqual([0, ...inputs, 100, 600])
      expect(core.diary.filter((line) => line.startsWith("timeout"))).toEqual(["timeout 600"])
    }))

  it.effect("does not wake for the same deadline", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.deadline = 100
      const { run, turns } = yield* start(core)
      yield* TestClock.adjust(50)
      run(datagram)
      yield* TestClock.adjust(1000)
      expect(turns).toEqual([0, 50, 100])
    }))

  it.effect("handles a timeout once when a datagram arrives at the same time", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.deadline = 100
      const { run } = yield* start(core)
      yield* TestClock.adjust(60)
      core.onDatagram = () => core.deadline = 60
      run(datagram)
      yield* TestClock.adjust(1000)
      expect(core.diary).toEqual(["datagrams 1 60", "timeout 60"])
    }))

  it.effect("handles a deadline that was set before it started", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      const turn = yield* drive(core, () => false, () => {})
      turn.command(() => core.deadline = 25)
      yield* Effect.fork(turn.loop)
      yield* TestClock.adjust(1000)
      expect(core.diary).toEqual(["timeout 25"])
    }))

  it.effect("continues after it was woken", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.deadline = 1000
      const { command } = yield* start(core)
      for (const deadline of [900, 800, 700]) {
        command(() => core.deadline = deadline)
        yield* TestClock.adjust(10)
      }
      yield* TestClock.adjust(2000)
      expect(core.diary).toEqual(["timeout 700"])
    }))
})

describe("the end of a core", () => {
  it.effect("by a timeout ends the loop", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.deadline = 100
      core.onTimeout = () => core.isClosed = true
      const { isRunning, turns } = yield* start(core)
      yield* TestClock.adjust(1000)
      expect([isRunning(), turns]).toEqual([false, [0, 100]])
    }))

  it.effect("by a datagram ends the loop at once", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.deadline = 100
      const { isRunning, run } = yield* start(core)
      core.onDatagram = () => {
        core.isClosed = true
        core.deadline = Infinity
      }
      run(datagram)
      yield* TestClock.adjust(0)
      expect(isRunning()).toBe(false)
    }))

  it.effect("by a command ends the loop at once, also in an endless sleep", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      const { command, isRunning } = yield* start(core)
      command(() => core.isClosed = true)
      yield* TestClock.adjust(0)
      expect(isRunning()).toBe(false)
    }))

  it.effect("before the loop starts ends it after one turn", () =>
    Effect.gen(function*() {
      const core = new FakeCore()
      core.isClosed = true
      const { isRunning, turns } = yield* start(core)
      expect([isRunning(), turns]).toEqual([false, [0]])
    }))
})
