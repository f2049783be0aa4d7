import { crc32 } from "node:zlib"
import { describe, expect, it } from "vitest"
import type { Bound } from "../../../src/net/Socket.ts"
import * as EventBus from "../../../src/telemetry/EventBus.ts"
import { PacketTrace } from "../../../src/telemetry/PacketTrace.ts"
import { ClassicRefusal } from "../../../src/transport/flock/ClassicRefusal.ts"
import { datagramOf } from "../../protocol/classic/frames.ts"

const from = { host: "192.0.2.1", port: 4040 }
const frameOf = (kind: 0 | 1) =>
  datagramOf({ kind, sequenceNumber: 0, fragmentCount: 1, fragmentSize: 14 }, Buffer.from("T"))

/** Which datagrams, arriving at the same time, count as classic, and the lengths of the answers. */
const answersTo = (...datagrams: ReadonlyArray<Uint8Array>) => {
  const refusal = new ClassicRefusal(crc32, new PacketTrace(EventBus.make(), crc32))
  const lengths: Array<number> = []
  const bound: Pick<Bound, "send"> = {
    send: (_to, _segmentBytes, fill) => {
      lengths.push(fill(new Uint8Array(1500)))
      return "Sent"
    }
  }
  const isClassic = datagrams.map((datagram) => refusal.answer(datagram, from, bound, 0))
  return { isClassic, lengths }
}

describe("a classic client at a port of flock", () => {
  it("gets a FIN for an intact INF, once, which is shorter than the INF", () => {
    expect(answersTo(frameOf(0), frameOf(0))).toEqual({ isClassic: [true, true], lengths: [13] })
  })

  it("gets nothing for another frame, a damaged one, or none", () => {
    const damaged = frameOf(0)
    damaged[13] = 0
    expect(answersTo(frameOf(1), damaged, new Uint8Array(0))).toEqual({ isClassic: [false, false, false], lengths: [] })
  })
})
