import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Crc } from "../../../src/net/Crc.ts"
import { Socket } from "../../../src/net/Socket.ts"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import * as SocketMemory from "../../../src/testing/SocketMemory.ts"
import * as ClassicEndpoint from "../../../src/transport/classic/ClassicEndpoint.ts"
import { datagramOf, none } from "../../protocol/classic/frames.ts"

const keepAlive = datagramOf({ sequenceNumber: 0, fragmentCount: 0, fragmentSize: 0, kind: Frame.Kind.kpa }, none)

it.scoped("a listener at a wildcard has a connection for each local address that a peer uses, also from one port", () =>
  Effect.gen(function*() {
    const port = 4040
    const listener = yield* ClassicEndpoint.listen({ host: "0.0.0.0", port })
    const opened = yield* Effect.fork(Stream.runCount(Stream.take(listener.peers, 2)))
    const socket = yield* Socket
    const answers: Array<unknown> = []
    const client = yield* socket.bind({ host: "127.0.0.1", port: 5050 }, {
      onRun: ({ bytes, from }) => {
        const frame = Frame.decode(bytes)
        answers.push([typeof frame === "string" ? frame : Frame.kindNames[frame.kind], from.host])
      },
      onError: () => undefined
    })
    for (const host of ["127.0.0.2", "127.0.0.3"]) {
      client.send({ host, port }, undefined, (target) => {
        target.set(keepAlive)
        return keepAlive.length
      })
    }
    yield* TestClock.adjust("1 millis")
    expect(answers).toEqual([["ACK", "127.0.0.2"], ["ACK", "127.0.0.3"]])
    expect(yield* Fiber.join(opened)).toBe(2)
  }).pipe(Effect.provide(Layer.merge(SocketMemory.layer(), Crc.layer))))
