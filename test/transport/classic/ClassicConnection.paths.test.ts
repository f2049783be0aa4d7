/** What the network reports about the frames of a client, and what it drops without a report. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { Crc } from "../../../src/net/Crc.ts"
import { type Reason, Socket } from "../../../src/net/Socket.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import * as SocketMemory from "../../../src/testing/SocketMemory.ts"
import * as Outbox from "../../../src/transfer/Outbox.ts"
import * as Endpoint from "../../../src/transport/classic/ClassicEndpoint.ts"
import { ofConnection } from "../../../src/transport/classic/ClassicSession.ts"
import { type BrokenPath, brokenPath, onPath } from "../../suites/brokenPath.ts"
import { passing } from "../../suites/flockNetwork.ts"
import { recorder } from "../../suites/socket.ts"
import { address, serving } from "../../suites/virtualNetwork.ts"

const network = (path: BrokenPath) => Layer.merge(Layer.provide(onPath(path), SocketMemory.layer()), Crc.layer)

const text = "x".repeat(3000)
const sendText = (words = text) =>
  Effect.flatMap(Endpoint.connect(address), (connection) => Outbox.sendText(ofConnection(connection), words))

describe("a router with a smaller MTU", () => {
  it.scoped("that reports it costs retransmissions, not the message: the system fragments the next frame (W13)", () => {
    const path = brokenPath({ mtuBytes: 1372, fragmentsAfter: Limits.sizeRefusals - 1 })
    const texts: Array<string> = []
    return Effect.gen(function*() {
      yield* serving(texts)
      const { fragments } = yield* passing(sendText())
      expect(texts).toEqual([text])
      expect(fragments?.repeatedNumbers).toEqual([1, 1, 1, 1])
    }).pipe(Effect.provide(network(path)))
  })

  it.scoped("that no retransmission passes ends the message soon, with a fragment size that fits", () => {
    const path = brokenPath({ mtuBytes: 1372 })
    return Effect.gen(function*() {
      yield* serving()
      const error = yield* Effect.fork(Effect.flip(sendText()))
      yield* TestClock.adjust("2 seconds")
      expect(yield* Fiber.join(error)).toMatchObject({
        reason: "TooLarge",
        message: "the path to 127.0.0.1:4040 carries no datagrams of 1458 bytes",
        fragmentSize: 1239
      })
      expect(path.sent.filter((bytes) => bytes === 1458)).toHaveLength(Limits.sizeRefusals)
      const size = { fragmentSize: 1239 }
      const connection = yield* Endpoint.connect(address)
      yield* passing(Outbox.sendText(ofConnection(connection), text, size))
    }).pipe(Effect.provide(network(path)))
  })

  it.scoped("whose reports are filtered is named when the peer is lost, with a fragment size that fits (W13)", () => {
    const path = brokenPath({ mtuBytes: 1372, reports: false })
    return Effect.gen(function*() {
      yield* serving()
      const error = yield* passing(Effect.flip(sendText()))
      expect(error).toMatchObject({
        reason: "Lost",
        message: "127.0.0.1:4040 has answered small frames, but none of 1458 bytes: the path may not carry them",
        fragmentSize: 1239
      })
    }).pipe(Effect.provide(network(path)))
  })

  it.scoped("is not suspected where a fragment of the size was answered in this message", () => {
    const large = (bytes: number) => bytes === 1458
    const path: BrokenPath = {
      ...brokenPath({ reports: false }),
      get mtuBytes() {
        return this.sent.filter(large).length > 1 ? 1000 : Infinity
      }
    }
    return Effect.gen(function*() {
      yield* serving()
      expect(yield* passing(Effect.flip(sendText()))).toMatchObject({
        reason: "Lost",
        message: expect.stringMatching(/stopped answering \d+ s ago$/),
        fragmentSize: undefined
      })
    }).pipe(Effect.provide(network(path)))
  })

  it.scoped("is not suspected where fragments are so small that every path carries them", () =>
    Effect.gen(function*() {
      yield* serving()
      const error = yield* passing(Effect.flip(sendText("a small text")))
      expect(error).toMatchObject({ reason: "Lost", fragmentSize: undefined })
    }).pipe(Effect.provide(network(brokenPath({ mtuBytes: 20, reports: false })))))
})

describe("a forged report of the network", () => {
  it.scoped.each<Reason>(["Refused", "Unreachable", "TooLarge", "Denied", "Io"])(
    "for each datagram, %s, ends nothing: the peer answers (W13)",
    (forged) => {
      const texts: Array<string> = []
      return Effect.gen(function*() {
        yield* serving(texts)
        yield* passing(sendText())
        expect(texts).toEqual([text])
      }).pipe(Effect.provide(network(brokenPath({ forged }))))
    }
  )
})

describe("reports of the network before the first answer", () => {
  it.scoped.each<Reason>(["Refused", "Unreachable", "Denied", "Io"])(
    "end the connection when they are three in a row: %s, after half a second",
    (forged) => {
      const path = brokenPath({ forged })
      return Effect.gen(function*() {
        yield* Effect.flatMap(Socket, (socket) => socket.bind(address, recorder().handler))
        const fiber = yield* Effect.fork(Effect.flip(sendText()))
        yield* TestClock.adjust("499 millis")
        expect(yield* Fiber.poll(fiber)).toMatchObject({ _tag: "None" })
        yield* TestClock.adjust("1 millis")
        expect(yield* Fiber.join(fiber)).toMatchObject({ reason: "Unreachable" })
        expect(path.sent).toHaveLength(3)
      }).pipe(Effect.provide(network(path)))
    }
  )
})
