import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import { crc32 } from "node:zlib"
import { SocketError } from "../../../src/net/Socket.ts"
import { crcProtection } from "../../../src/protocol/flock/handshake/Protection.ts"
import { dataHeaderBytes, form, writeHeader } from "../../../src/protocol/flock/wire/Packet.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import * as EventBus from "../../../src/telemetry/EventBus.ts"
import { PacketTrace } from "../../../src/telemetry/PacketTrace.ts"
import type { Driver, Link } from "../../../src/transport/flock/Driver.ts"
import { driven, handlerFor, makeDriver, traced } from "../../../src/transport/flock/SocketDriver.ts"

const peer = { host: "192.0.2.1", port: 4040 }

describe("a driver", () => {
  it.effect("reads the clock of the environment", () =>
    Effect.gen(function*() {
      const driver = yield* makeDriver(EventBus.make(), () => undefined, () => undefined)
      const before = driver.now()
      yield* TestClock.adjust("1500 millis")
      expect(driver.now() - before).toBe(1500)
    }))

  it.scoped("publishes a defect of a session, with its peer", () =>
    Effect.gen(function*() {
      const bus = EventBus.make()
      const published: Array<unknown> = []
      yield* bus.listen((event) => void published.push(event))
      const driver = yield* makeDriver(bus, () => undefined, () => undefined)
      const cause = new Error("a bug")
      let isBroken = true
      const connection = {
        localId: 7,
        path: peer,
        isOpen: false,
        isClosed: true,
        deadline: Infinity,
        nextTransmit: () => {
          if (isBroken) throw (isBroken = false, cause)
        },
        pollEvents: () => [],
        close: () => undefined,
        free: () => undefined
      }
      driver.add({ connection, onEvents: () => undefined } as unknown as Link)
      driver.flush()
      expect(published).toContainEqual({ _tag: "Defect", wire: "flock", peer: "192.0.2.1:4040", cause })
    }))
})

/** A driver that notes what is asked of it. */
const noting = (over: Effect.Effect<void> = Effect.void, count = 0) => {
  const log: Array<unknown> = []
  const driver = {
    count,
    over,
    leave: () => log.push("leave"),
    stop: () => log.push("stop"),
    handleRun: () => log.push("run"),
    onPause: () => log.push("pause"),
    onDrain: () => log.push("drain"),
    onTooLarge: (address: string, bytes: number) => log.push(["too large", address, bytes])
  }
  return { driver: driver as unknown as Driver, log }
}

describe("the end of a socket's scope", () => {
  const closing = ({ driver }: ReturnType<typeof noting>) =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      yield* Scope.extend(driven(driver), scope)
      return yield* Effect.fork(Scope.close(scope, Exit.void))
    })

  it.effect("closes all sessions, waits for the answers of their peers, and stops", () =>
    Effect.gen(function*() {
      const latch = yield* Effect.makeLatch(false)
      const noted = noting(latch.await)
      const fiber = yield* closing(noted)
      yield* TestClock.adjust("1 millis")
      expect(noted.log).toEqual(["leave"])
      yield* latch.open
      yield* Fiber.join(fiber)
      expect(noted.log).toEqual(["leave", "stop"])
    }))

  it.effect("waits no longer than a peer may take to answer", () =>
    Effect.gen(function*() {
      const noted = noting(Effect.never)
      const fiber = yield* closing(noted)
      yield* TestClock.adjust(Limits.leavingMillis + 1)
      yield* Fiber.join(fiber)
      expect(noted.log).toEqual(["leave", "stop"])
    }))
})

describe("the events of a socket", () => {
  const tooLarge = new SocketError({ reason: "TooLarge", address: "192.0.2.1:4040", message: "too large" })
  const refused = new SocketError({ reason: "Refused", address: "192.0.2.1:4040", message: "refused" })
  const run = { bytes: new Uint8Array(1), from: peer, segmentBytes: 1 }

  it("are passed to its driver", () => {
    const { driver, log } = noting()
    const handler = handlerFor(driver, () => log.push("error"))
    handler.onRun(run)
    handler.onPause?.()
    handler.onDrain?.()
    expect(log).toEqual(["run", "pause", "drain"])
  })

  it.each([
    ["concern the sessions of that datagram size", 1, tooLarge, 1400, ["too large", "192.0.2.1:4040", 1400]],
    ["concern the handshake while there is no session", 0, tooLarge, 1400, tooLarge],
    ["concern no session without a size", 1, tooLarge, undefined, tooLarge],
    ["concern no session if they are others", 1, refused, 1400, refused]
  ])("that are errors %s", (_, count, error, segmentBytes, expected) => {
    const { driver, log } = noting(Effect.void, count)
    handlerFor(driver, (other) => log.push(other)).onError(error, segmentBytes)
    expect(log).toEqual([expected])
  })
})

describe("a traced agreement", () => {
  it.scoped("publishes its packets in clear, from before seal and after open", () =>
    Effect.gen(function*() {
      const bus = EventBus.make()
      const seen: Array<unknown> = []
      yield* bus.trace((packet) =>
        void seen.push([packet.direction, packet.wire === "flock" ? packet.kind : undefined])
      )
      const agreement = { protection: crcProtection(crc32), localId: 7 }
      const { localId, protection } = traced(new PacketTrace(bus, crc32), agreement, () => peer)
      const packet = new Uint8Array(dataHeaderBytes + 1 + protection.tagBytes)
      const framesEnd = dataHeaderBytes + 1
      writeHeader(packet, 0, form.data, 8, packet.length)
      packet[dataHeaderBytes] = 1
      protection.seal(packet, 0, dataHeaderBytes, framesEnd, 0)
      expect(protection.open(packet, 0, dataHeaderBytes, framesEnd, 0, 0, 0)).toBe(true)
      expect([localId, seen]).toEqual([7, [["sent", "DATA"], ["received", "DATA"]]])
    }))
})
