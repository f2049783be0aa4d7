import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { MtuDiscovery } from "../../../../src/protocol/flock/path/MtuDiscovery.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"

const parameters = { seed: 20_250_801 }

/** Runs the search over a path that carries `pathBytes`, and returns the sizes of the probes. */
const search = (mtu: MtuDiscovery, pathBytes: number): ReadonlyArray<number> => {
  const sent: Array<number> = []
  for (let bytes = mtu.probeBytes; bytes !== undefined; bytes = mtu.probeBytes) {
    sent.push(bytes)
    mtu.onProbeSent(bytes)
    if (bytes <= pathBytes) mtu.onProbeAcked(bytes)
    else mtu.onProbeLost(bytes)
  }
  return sent
}

describe("the search", () => {
  it("begins at 1,200 and probes the largest size first", () => {
    const mtu = new MtuDiscovery(1472)
    expect([mtu.datagramBytes, mtu.probeBytes]).toEqual([1200, 1472])
    mtu.onProbeSent(1472)
    expect(mtu.onProbeAcked(1472)).toBe(true)
    expect([mtu.datagramBytes, mtu.probeBytes]).toEqual([1472, undefined])
  })

  it("is complete at once where the maximum is 1,200 or less", () => {
    for (const most of [1200, 576, 0]) {
      const mtu = new MtuDiscovery(most)
      expect([mtu.datagramBytes, mtu.probeBytes]).toEqual([1200, undefined])
    }
    expect(new MtuDiscovery(1201).probeBytes).toBe(1201)
  })

  it("allows one probe at a time", () => {
    const mtu = new MtuDiscovery(1472)
    mtu.onProbeSent(1472)
    expect(mtu.probeBytes).toBeUndefined()
    mtu.onProbeLost(1472)
    expect(mtu.probeBytes).toBe(1472)
  })

  it("probes a size three times, then common sizes", () => {
    const jumbo = new MtuDiscovery(65_507)
    const tried = [65_507, 8972, 8952].flatMap((bytes) => [bytes, bytes, bytes])
    expect(search(jumbo, 1472).slice(0, 10)).toEqual([...tried, 1472])
    expect(jumbo.datagramBytes).toBe(1472)
    const tunnelled = new MtuDiscovery(1472)
    expect(search(tunnelled, 1400).slice(0, 7)).toEqual([1472, 1472, 1472, 1452, 1452, 1452, 1392])
    expect(tunnelled.datagramBytes).toBe(1392)
  })

  it("restarts the count of losses when a probe is acknowledged", () => {
    const mtu = new MtuDiscovery(1452)
    for (const bytes of [1452, 1452]) {
      mtu.onProbeSent(bytes)
      mtu.onProbeLost(bytes)
    }
    mtu.onProbeSent(1452)
    expect(mtu.onProbeAcked(1452)).toBe(true)
    expect(mtu.datagramBytes).toBe(1452)
  })

  it("finds the size of any path to 20 bytes, never too large, in few probes", () => {
    const paths = FastCheck.tuple(
      FastCheck.integer({ min: 1200, max: 65_507 }),
      FastCheck.oneof(FastCheck.integer({ min: 1200, max: 9000 }), FastCheck.integer({ min: 1200, max: 65_507 }))
    )
    FastCheck.assert(
      FastCheck.property(paths, ([most, pathBytes]) => {
        const mtu = new MtuDiscovery(most)
        const sent = search(mtu, pathBytes)
        const best = Math.min(most, pathBytes)
        expect(mtu.datagramBytes).toBeLessThanOrEqual(best)
        expect(mtu.datagramBytes).toBeGreaterThan(best - Limits.mtuStepBytes)
        expect(sent.length).toBeLessThanOrEqual(60)
      }),
      parameters
    )
  })
})

describe("the operating system", () => {
  it("makes a size too large at once when it refuses it", () => {
    const mtu = new MtuDiscovery(65_507)
    mtu.onProbeSent(65_507)
    expect(mtu.onTooLarge(65_507)).toBe(false)
    expect([mtu.datagramBytes, mtu.probeBytes]).toEqual([1200, 8972])
  })

  it("makes datagrams small when it refuses their size", () => {
    const mtu = new MtuDiscovery(1472)
    search(mtu, 1472)
    expect(mtu.onTooLarge(1472)).toBe(true)
    expect([mtu.datagramBytes, mtu.probeBytes]).toEqual([1200, 1452])
  })

  it("may leave exactly a common size", () => {
    const mtu = new MtuDiscovery(1500)
    mtu.onTooLarge(1473)
    expect(mtu.probeBytes).toBe(1472)
  })

  it("cannot refuse 1,200", () => {
    const mtu = new MtuDiscovery(1472)
    expect(mtu.onTooLarge(1200)).toBe(false)
    expect([mtu.datagramBytes, mtu.probeBytes]).toEqual([1200, 1472])
  })
})

describe("a path that drops large datagrams (W10)", () => {
  const discovered = (): MtuDiscovery => {
    const mtu = new MtuDiscovery(1472)
    search(mtu, 1472)
    return mtu
  }

  /** The outcome of a datagram that was sent at `sentAt`, on a path with a round trip of 10 ms. */
  const lose = (mtu: MtuDiscovery, bytes: number, sentAt: number) => mtu.onDatagramOutcome(bytes, false, sentAt, 10)
  const acknowledge = (mtu: MtuDiscovery, bytes: number, sentAt: number) =>
    mtu.onDatagramOutcome(bytes, true, sentAt, 10)

  it("is detected by 32 consecutive losses, and probed again", () => {
    const mtu = discovered()
    const outcomes = Array.from({ length: Limits.mtuLosses }, (_, sentAt) => lose(mtu, 1472, sentAt))
    expect(outcomes).toEqual(outcomes.map((_, index) => index === Limits.mtuLosses - 1))
    expect([mtu.datagramBytes, mtu.probeBytes]).toEqual([1200, 1472])
  })

  it("is not inferred from many losses within a round trip, which a full queue causes too", () => {
    const mtu = discovered()
    for (let n = 0; n < 10 * Limits.mtuLosses; n++) expect(lose(mtu, 1472, 5 + n / 100)).toBe(false)
    expect([lose(mtu, 1472, 15), lose(mtu, 1472, 15.1)]).toEqual([false, true])
  })

  it("is not inferred where a large datagram was acknowledged, regardless of small ones", () => {
    const mtu = discovered()
    for (let round = 0; round < 5; round++) {
      for (let n = 1; n < Limits.mtuLosses; n++) expect(lose(mtu, 1472, n)).toBe(false)
      acknowledge(mtu, 1472, Limits.mtuLosses)
    }
    for (let n = 0; n < 100; n++) expect(lose(mtu, 1200, n)).toBe(false)
    expect(mtu.datagramBytes).toBe(1472)
  })

  it("is detected even if small datagrams are acknowledged", () => {
    const mtu = discovered()
    for (let n = 1; n < Limits.mtuLosses; n++) {
      lose(mtu, 1472, n)
      acknowledge(mtu, 1200, n)
    }
    expect(lose(mtu, 1472, Limits.mtuLosses)).toBe(true)
  })

  it("may be the reason why nothing is acknowledged at all", () => {
    const mtu = discovered()
    expect([mtu.fallBack(), mtu.fallBack()]).toEqual([true, false])
    expect([mtu.datagramBytes, mtu.probeBytes]).toEqual([1200, 1472])
  })

  it("is suspected after two probe timeouts without an acknowledged large datagram between them", () => {
    const mtu = discovered()
    expect(mtu.onTimeout()).toBe(false)
    acknowledge(mtu, 1472, 0)
    expect(mtu.onTimeout()).toBe(false)
    acknowledge(mtu, 1200, 1)
    expect([mtu.onTimeout(), mtu.datagramBytes, mtu.onTimeout()]).toEqual([true, 1200, false])
  })

  it("keeps the size that was found too large when datagrams are small already", () => {
    const mtu = new MtuDiscovery(65_507)
    mtu.onTooLarge(65_507)
    mtu.fallBack()
    expect(mtu.probeBytes).toBe(8972)
  })

  it("waits for a probe in flight before the new search", () => {
    const mtu = discovered()
    mtu.onProbeSent(1472)
    mtu.fallBack()
    expect(mtu.probeBytes).toBeUndefined()
    expect(mtu.onProbeAcked(1472)).toBe(true)
    expect(mtu.datagramBytes).toBe(1472)
  })
})

describe("a system that refuses the least size", () => {
  it("shows that the path is too small when it has refused three datagrams over three seconds (W14)", () => {
    const mtu = new MtuDiscovery(1472)
    expect([0, 1, 2, 2999].map((now) => mtu.isPathTooSmall(1200, now))).toEqual([false, false, false, false])
    expect(mtu.isPathTooSmall(1200, 3000)).toBe(true)
  })

  it("shows nothing by two refusals, and by those of larger datagrams", () => {
    const mtu = new MtuDiscovery(1472)
    expect([mtu.isPathTooSmall(1200, 0), mtu.isPathTooSmall(900, 5000)]).toEqual([false, false])
    const large = new MtuDiscovery(1472)
    expect([0, 2000, 4000].map((now) => large.isPathTooSmall(1201, now))).toEqual([false, false, false])
  })

  it("is forgotten when a datagram as large is acknowledged, not by a smaller one, and not by a loss", () => {
    const mtu = new MtuDiscovery(1472)
    const refuse = (now: number) => mtu.isPathTooSmall(1100, now)
    refuse(0)
    refuse(1000)
    mtu.onDatagramOutcome(1099, true, 0, 1)
    mtu.onDatagramOutcome(1100, false, 0, 1)
    expect(refuse(3000)).toBe(true)
    mtu.onDatagramOutcome(1100, true, 0, 1)
    expect([3001, 4000, 5000, 6001].map(refuse)).toEqual([false, false, false, true])
  })
})

describe("another path", () => {
  it("begins the search again, and a probe that is in flight says nothing of it", () => {
    const mtu = new MtuDiscovery(9000)
    mtu.onProbeSent(9000)
    mtu.onProbeAcked(9000)
    mtu.onTooLarge(1472)
    mtu.onProbeSent(1400)
    mtu.restart()
    expect([mtu.datagramBytes, mtu.probeBytes]).toEqual([1200, 9000])
  })
})
