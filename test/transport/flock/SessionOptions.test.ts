import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { connectionIds } from "../../../src/protocol/flock/wire/Packet.ts"
import { connect } from "../../../src/transport/flock/FlockEndpoint.ts"
import { drawId, parametersOf, problemOf, secureRandom } from "../../../src/transport/flock/SessionOptions.ts"
import { address, content, firstStream, network, pair, passing } from "../../suites/flockNetwork.ts"

describe("the options of a session", () => {
  it.scoped("limit the sending rate", () =>
    Effect.gen(function*() {
      const { client } = yield* pair({ limitBytesPerSecond: 20_000, maxDatagramBytes: 1200 })
      const stream = yield* client.openStream
      yield* stream.write(content(400_000))
      yield* TestClock.adjust("1 seconds")
      const before = client.statistics().sentBytes
      yield* TestClock.adjust("5 seconds")
      const rate = (client.statistics().sentBytes - before) / 5
      expect(rate).toBeGreaterThan(18_000)
      expect(rate).toBeLessThan(22_000)
    }).pipe(Effect.provide(network())))

  it.scoped.each(["bbr", "cubic", "newreno"] as const)(
    "select the congestion controller: %s",
    (congestion) =>
      Effect.gen(function*() {
        const { client, server } = yield* pair({ congestion, maxDatagramBytes: 1500 })
        const stream = yield* client.openStream
        yield* stream.write(content(200_000))
        yield* TestClock.adjust("1 seconds")
        expect(client.statistics()).toMatchObject({ congestion: { controller: congestion, datagramBytes: 1500 } })
        expect((yield* firstStream(server)).readBytes()).toBe(0)
        expect(server.statistics().receivedBytes).toBeGreaterThan(200_000)
      }).pipe(Effect.provide(network()))
  )
})

it("sessions of one socket announce a share of its receive buffer, at least a minimum", () => {
  const bound = { receiveBufferBytes: 4 * 1024 * 1024 }
  const announced = [1, 2, 4, 1000].map((sharers) => parametersOf({}, bound, sharers).receiveBufferBytes / 1024)
  expect(announced).toEqual([4096, 2048, 1024, 256])
  const small = { receiveBufferBytes: 212_992 }
  expect(parametersOf({}, small, 1000).receiveBufferBytes).toBe(212_992)
})

describe("connection ids", () => {
  it("are never 0 and below 2⁵³", () => {
    expect(drawId(() => 0)).toBe(1)
    expect(drawId(() => 1 - 2 ** -53)).toBeLessThan(connectionIds)
  })

  it("are drawn from the whole range", () => {
    const random = secureRandom()
    const drawn = Array.from({ length: 2000 }, random)
    expect(new Set(drawn).size).toBe(2000)
    expect(drawn.every((one) => one >= 0 && one < 1)).toBe(true)
    const mean = drawn.reduce((sum, one) => sum + one, 0) / drawn.length
    // Fourteen times the standard error: it fails for a wrong scale only.
    expect(Math.abs(mean - 0.5)).toBeLessThan(0.1)
  })
})

describe("the limits of a server", () => {
  it.scoped("are its own: a client beyond its sessions is refused", () =>
    Effect.gen(function*() {
      const { listener } = yield* pair({ sessions: 1, receiveCreditBytes: 1024 * 1024 })
      const late = yield* connect(address)
      expect(yield* passing(late.closed)).toMatchObject({ reason: "ServerFull" })
      expect(listener.counters().turnedAway).toBe(1)
    }).pipe(Effect.provide(network())))

  it("have a least value", () => {
    const options = { sessions: 1, handshakesPerSecond: 1, receiveCreditBytes: 65_536 }
    expect(problemOf(options)).toBeUndefined()
    for (const [name, value] of Object.entries(options)) expect(problemOf({ [name]: value - 1 })).toContain(name)
  })
})
