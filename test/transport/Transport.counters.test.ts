/** The counters of listeners on both wires: each dropped datagram has a reason, with words, and each reason is a metric. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as TestClock from "effect/TestClock"
import { crc32 } from "node:zlib"
import { ofServer } from "../../src/cli/report/Dropped.ts"
import { Crc } from "../../src/net/Crc.ts"
import { copyOf, Socket } from "../../src/net/Socket.ts"
import { headerBytes, Kind } from "../../src/protocol/classic/ClassicFrame.ts"
import { hello, hello2, hello3, requestOf } from "../../src/protocol/flock/handshake/HandshakePacket.ts"
import * as Metrics from "../../src/telemetry/Metrics.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import { listen } from "../../src/transport/Transport.ts"
import { datagramOf } from "../protocol/classic/frames.ts"
import { dataPacket } from "../protocol/flock/frames.ts"
import { keyed } from "../security/keyed.ts"

const address = { host: "127.0.0.1", port: 4040 }
const wires = { classic: ClassicTransport.layer(), flock: FlockTransport.layer() } as const
type Wire = keyof typeof wires

const frame = (kind: Kind) =>
  datagramOf({ kind, sequenceNumber: kind === Kind.dat ? 1 : 0, fragmentCount: 1, fragmentSize: 14 }, Buffer.from("T"))
const garbage = new Uint8Array(40).fill(0xff)
/** With a wrong check: it is at the end of the header, and at the end of a packet. */
const damaged = (bytes: Uint8Array, checkAt: number) => bytes.map((byte, at) => at === checkAt ? byte ^ 1 : byte)
const helloPacket = hello(crc32, requestOf(7, "crc"), new Uint8Array(3))

/** A datagram that each wire drops, and the reason. */
const drops: ReadonlyArray<readonly [Wire, reason: string, datagram: Uint8Array]> = [
  ["classic", "malformed", garbage],
  ["classic", "strays", frame(Kind.dat)],
  ["classic", "strays", damaged(frame(Kind.inf), headerBytes - 1)],
  ["classic", "otherWire", helloPacket],
  ["flock", "malformed", garbage],
  ["flock", "malformed", frame(Kind.dat)],
  ["flock", "strays", dataPacket(99, 0, new Uint8Array(10))],
  ["flock", "otherWire", frame(Kind.inf)],
  ["flock", "damaged", damaged(helloPacket, helloPacket.length - 1)],
  ["flock", "unexpected", hello2(crc32, 7, 8, new Uint8Array(3))],
  ["flock", "unexpected", hello3(crc32, 99, new Uint8Array(3))]
]

/** The value of the metric of a listener's counter. */
const reading = (wire: Wire, reason: string): number =>
  Metric.unsafeSnapshot()
    .filter(({ metricKey: { name, tags } }) =>
      name === "holub_listener_total" && tags.some((tag) => tag.key === "wire" && tag.value === wire) &&
      tags.some((tag) => tag.key === "reason" && tag.value === reason)
    )
    .reduce((sum, { metricState }) => sum + ("count" in metricState ? Number(metricState.count) : 0), 0)

describe("a datagram that opens no session", () => {
  it.scoped.each(drops)(
    "is counted once by a listener of %s, as %s, which is a metric (T1)",
    ([wire, reason, datagram]) =>
      Effect.gen(function*() {
        const listener = yield* Effect.provide(listen(address), wires[wire])
        const socket = yield* Socket
        const stranger = yield* socket.connect(address, { onRun: () => undefined, onError: () => undefined })
        const before = reading(wire, reason)
        const send = () => stranger.send(address, undefined, copyOf(datagram))
        for (let sent = 0; sent < 5; sent++) send()
        yield* TestClock.adjust("2 seconds")
        const nothing = Object.fromEntries(Object.keys(listener.counters()).map((name) => [name, 0]))
        expect(listener.counters()).toEqual({ ...nothing, [reason]: 5 })
        expect(reading(wire, reason) - before).toBe(5)
      }).pipe(Effect.provide(Layer.mergeAll(SocketMemory.layer(), Crc.layer, keyed, Metrics.layer)))
  )

  it.scoped.each(["classic", "flock"] as const)("has words for each reason of %s", (wire) =>
    Effect.gen(function*() {
      const listener = yield* Effect.provide(listen(address), wires[wire])
      // A reason without words is shown by its name, which for these two is a word.
      const names = Object.keys(listener.counters()).filter((name) => name !== "malformed" && name !== "damaged")
      expect(names.length).toBeGreaterThan(3)
      for (const name of names) {
        const event = { type: "dropped", wire, durationMillis: 1, total: 1, reasons: { [name]: 1 } } as const
        expect(ofServer(event)).not.toMatch(new RegExp(`: 1 ${name}$`))
      }
    }).pipe(Effect.provide(Layer.mergeAll(SocketMemory.layer(), Crc.layer, keyed))))
})
