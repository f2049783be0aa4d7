/** Packets of an attacker that knows the connection id of a session. `npm run bench:attack -- --only forged` measures what they cost. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Socket } from "../../../src/net/Socket.ts"
import { form, writeHeader, writeNumber } from "../../../src/protocol/flock/wire/Packet.ts"
import { address, content, firstStream, network, pair, passing } from "../../suites/flockNetwork.ts"

describe("a session", () => {
  it.scoped("goes on during a flood of forged packets with its connection id (C10)", () =>
    Effect.gen(function*() {
      const ids: Array<number> = []
      const both = yield* pair({ onSecrets: ({ serverId }) => void ids.push(serverId) })
      const [serverId = 0] = ids
      const socket = yield* Socket
      const attacker = yield* socket.connect(address, {
        onRun: () => undefined,
        onPause: () => undefined,
        onError: () => undefined,
        onDrain: () => undefined
      })
      const stream = yield* both.client.openStream
      const writing = yield* Effect.fork(Effect.zipRight(stream.write(content(400_000)), stream.finish))
      const theirs = yield* firstStream(both.server)
      const reading = yield* Effect.fork(Stream.runFold(theirs.bytes, 0, (sum, { length }) => sum + length))
      for (let forged = 0; forged < 2000; forged++) {
        attacker.send(address, 1200, (target) => {
          target.fill(forged, 0, 1200)
          writeHeader(target, 0, form.data, serverId, 1200)
          // Of numbers that are received soon, and of such that have another key.
          writeNumber(target, 0, forged % 2 === 0 ? 10 + forged : forged * 2 ** 20)
          return 1200
        })
        if (forged % 20 === 19) yield* TestClock.adjust("1 millis")
      }
      yield* passing(Fiber.join(writing))
      expect(yield* passing(Fiber.join(reading))).toBe(400_000)
      expect(both.server.statistics().dropped["damaged"]).toBeGreaterThan(1000)
      expect(both.server.peer()).toEqual(expect.objectContaining({ host: address.host }))
      expect(both.listener.counters()).toMatchObject({ defects: 0, strays: 0 })
    }).pipe(Effect.provide(network())))
})
