import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Crc } from "../../src/net/Crc.ts"
import { Socket } from "../../src/net/Socket.ts"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import * as Trace from "../../src/telemetry/Trace.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import { datagramOf } from "../protocol/classic/frames.ts"

const server = { host: "192.0.2.1", port: 4040 }
const whole = datagramOf(
  { sequenceNumber: 1, fragmentCount: 2, fragmentSize: 17, kind: Frame.Kind.dat },
  Buffer.from("data")
)
const spoilt = whole.slice(0, -1)
const noise = Uint8Array.of(1, 2, 3)

it.scoped("a trace tells of each datagram in the order in which it went or came, and changes none", () => {
  const told: Array<string> = []
  const trace = Trace.layer(({ bytes, direction, frame, isIntact, peer }) => {
    const kind = frame === undefined ? "-" : `${Frame.kindNames[frame.kind]} ${frame.sequenceNumber}`
    told.push(`${direction} ${peer.split(":")[1] === "4040" ? "server" : "client"} ${kind} ${isIntact} ${bytes.length}`)
  })
  return Effect.gen(function*() {
    const socket = yield* Socket
    const arrived: Array<Uint8Array> = []
    const bound = yield* socket.bind(server, {
      onError: () => undefined,
      onRun: ({ bytes, from }) => {
        arrived.push(bytes.slice())
        bound.send(from, undefined, (target) => {
          target.set(whole)
          return whole.length
        })
      }
    })
    const client = yield* socket.connect(server, { onRun: () => undefined, onError: () => undefined })
    for (const bytes of [whole, spoilt, noise]) {
      client.send(server, undefined, (target) => {
        target.set(bytes)
        return bytes.length
      })
      yield* Effect.yieldNow()
    }
    expect(client.send(server, undefined, () => 0)).toBe("Nothing")
    yield* Effect.sleep(0)
    expect(arrived.map((bytes) => Buffer.from(bytes))).toEqual(
      [whole, spoilt, noise].map((bytes) => Buffer.from(bytes))
    )
    const exchange = (sent: string): ReadonlyArray<string> => [
      `sent server ${sent}`,
      `received client ${sent}`,
      "sent client DAT 1 true 17",
      "received server DAT 1 true 17"
    ]
    expect(told.toSorted()).toEqual(
      [...exchange("DAT 1 true 17"), ...exchange("DAT 1 false 16"), ...exchange("- false 3")].toSorted()
    )
    // What answers a datagram is told after it.
    const firstAnswer = told.indexOf("sent client DAT 1 true 17")
    expect(told.slice(0, firstAnswer)).toContain("received client DAT 1 true 17")
  }).pipe(
    Effect.provide(trace.pipe(Layer.provide(Layer.merge(SocketMemory.layer(), Crc.layer)))),
    Effect.withClock(Effect.runSync(Effect.clock))
  )
})
