import { describe, expect, it } from "vitest"
import { NewReno } from "../../../src/protocol/flock/congestion/NewReno.ts"
import { Outcomes } from "../../../src/protocol/flock/Outcomes.ts"
import { MtuDiscovery } from "../../../src/protocol/flock/path/MtuDiscovery.ts"
import { LossDetection } from "../../../src/protocol/flock/recovery/LossDetection.ts"
import { Streams } from "../../../src/protocol/flock/streams/Streams.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { parameters } from "./pair.ts"

const setUp = () => {
  const streams = new Streams("client", parameters, parameters)
  const mtuDiscovery = new MtuDiscovery(1472)
  const sizes: Array<number> = []
  const congestion = new NewReno({ maxDatagramBytes: 1200 })
  congestion.onDatagramBytes = (bytes) => void sizes.push(bytes)
  const outcomes: Outcomes = new Outcomes(streams, mtuDiscovery, () => recovery)
  const recovery = new LossDetection(congestion, 5, outcomes)
  return { streams, mtuDiscovery, sizes, outcomes }
}

describe("the outcome", () => {
  it("of a probe is the size of datagrams, of which the controller is informed when it changes", () => {
    const { mtuDiscovery, outcomes, sizes } = setUp()
    mtuDiscovery.onProbeSent(1472)
    outcomes.onMtuProbe(1472, false)
    expect([sizes, mtuDiscovery.probeBytes]).toEqual([[], 1472])
    mtuDiscovery.onProbeSent(1472)
    outcomes.onMtuProbe(1472, true)
    expect(sizes).toEqual([1472])
    for (let lost = 0; lost < Limits.mtuLosses; lost++) outcomes.onDatagramOutcome(1472, false, 1000 * lost)
    expect(sizes).toEqual([1472, 1200])
  })

  it("of a frame reaches its stream", () => {
    const { outcomes, streams } = setUp()
    const stream = streams.open()
    if (stream === undefined) throw new Error("no stream")
    streams.write(stream, Uint8Array.of(1, 2, 3))
    streams.finish(stream)
    const frame = streams.nextFrame(100)
    if (frame === undefined) throw new Error("no frame")
    outcomes.onFrameLost(frame)
    expect(streams.nextFrame(100)).toMatchObject({ _tag: "Stream", offset: 0 })
    outcomes.onFrameAcked(frame)
    expect(streams.pollEvents().map(({ _tag }) => _tag)).toContain("Settled")
  })
})
