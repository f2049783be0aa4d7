import { describe, expect, it } from "vitest"
import { Model } from "../../../../../src/protocol/flock/congestion/bbr/Model.ts"
import { ackOf, totalsOf } from "../../controllerInputs.ts"

const maxDatagramBytes = 1000
const make = () => new Model({ maxDatagramBytes, random: () => 0 }, 0)
const sample = (model: Model, rateBytesPerMilli: number) => model.updateBandwidth(ackOf({ rateBytesPerMilli }))

describe("the bandwidth-delay product", () => {
  it("is the initial window before the first round trip, then bandwidth times round trip", () => {
    const model = make()
    expect(model.bdpAt(500)).toBe(32_000)
    model.minRoundTrip.update(40, 0)
    expect(model.bdpAt(500)).toBe(20_000)
  })

  it("covers at least a millisecond", () => {
    const model = make()
    model.minRoundTrip.update(0.1, 0)
    expect(model.bdpAt(500)).toBe(500)
  })
})

it("keeps at least three quanta and four packets in flight, two more in Up", () => {
  const model = make()
  expect(model.quantizationBudget(0)).toBe(6000)
  model.setQuantum(20_000)
  expect(model.quantizationBudget(0)).toBe(60_000)
  expect(model.quantizationBudget(70_000)).toBe(70_000)
  model.phase = "Up"
  expect(model.quantizationBudget(70_000)).toBe(72_000)
})

it("leaves a share of the long-term bound to others, at least a packet", () => {
  const model = make()
  expect(model.inflightWithHeadroomBytes).toBe(Infinity)
  const [large, small, least] = [100_000, 5500, 2000].map((bytes) => {
    model.inflightLongBytes = bytes
    return model.inflightWithHeadroomBytes
  })
  expect([large, small, least]).toEqual([85_000, 4500, 4000])
})

it("uses a sample of a limited sender only when it exceeds the estimate", () => {
  const model = make()
  sample(model, 300)
  model.maxBandwidth.advance()
  model.isSampleLimited = true
  sample(model, 200)
  model.maxBandwidth.advance()
  expect(model.maxBandwidth.value).toBe(0)
  sample(model, 400)
  expect(model.maxBandwidth.value).toBe(400)
})

it("uses the minimum of the measured bandwidth and the short-term bound", () => {
  const model = make()
  sample(model, 300)
  model.bandwidthShort = 210
  model.inflightShortBytes = 8000
  model.boundBandwidth()
  expect(model.bandwidth).toBe(210)
  model.resetShortBounds()
  model.boundBandwidth()
  expect([model.bandwidth, model.inflightShortBytes]).toEqual([300, Infinity])
})

it("is limited by its window from the time it is full until the bytes in flight are delivered", () => {
  const model = make()
  const isLimited = (deliveredBytes: number) => model.isWindowLimited(ackOf({ deliveredBytes }))
  model.onPacketSent(totalsOf({ bytesInFlight: 31_000, deliveredBytes: 50_000 }))
  expect(isLimited(50_000)).toBe(false)
  model.onPacketSent(totalsOf({ bytesInFlight: 32_000, deliveredBytes: 50_000 }))
  expect([isLimited(82_000), isLimited(82_001)]).toEqual([true, false])
})
