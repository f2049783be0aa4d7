/** Rows of the catalogue in docs/RELIABILITY.md for flock, each in its own world. */
import { describe, expect, it } from "vitest"
import { run } from "../Kinds.ts"
import { Random } from "../Random.ts"
import type { ClientScript, Fault, FlockScript, StreamScript } from "./Script.ts"

const stream = (bytes: number, more: Partial<StreamScript> = {}): StreamScript => ({
  by: "client",
  afterMillis: 0,
  bytes,
  ...more
})

const windows: ClientScript["windows"] = {
  idleTimeoutMillis: 30_000,
  maxData: 1_000_000,
  maxStreamData: 1_000_000,
  maxStreams: 16
}

/** A world with one client and an RTT of 20 ms. */
const world = (
  streams: ReadonlyArray<StreamScript>,
  faults: ReadonlyArray<Fault>,
  more: Partial<FlockScript> = {},
  client: Partial<ClientScript> = {}
): FlockScript => ({
  world: "flock-lossy",
  seed: 7,
  delivers: true,
  route: { delayMillis: 10, mtuBytes: 1500 },
  clients: [{ startMillis: 0, congestion: "cubic", streams, windows, readMillis: 0, restMillis: 0, ...client }],
  faults,
  ...more
})

/** The result of a world, and the number of sent datagrams in both directions. */
const outcome = (script: FlockScript) => {
  let sent = 0
  const result = run(script, (_at, _client, _direction, _bytes, status) => {
    if (status.startsWith("sent")) sent++
  })
  return { ...result, violated: result.violation?.message, sent }
}

const each = (count: number, fault: (link: "0up" | "0down", nth: number) => Fault | undefined): ReadonlyArray<Fault> =>
  Array.from({ length: count }, (_, nth) => [fault("0up", nth), fault("0down", nth)]).flat().filter((one) =>
    one !== undefined
  )

const holes = (count: number, everyMillis: number, millis: number): ReadonlyArray<Fault> =>
  Array.from(
    { length: count },
    (_, n): Fault => ({ outage: "both", from: everyMillis * n, until: everyMillis * n + millis })
  )

describe("paths under flock", () => {
  it("R1 with 30 % loss in each direction: everything arrives", () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = new Random(seed)
      const faults = each(300, (link, nth) => random.chance(0.3) ? { link, nth, lose: true } : undefined)
      expect(outcome(world([stream(20_000), stream(9000, { by: "server" })], faults)).violated).toBeUndefined()
    }
  })

  it("R2 that duplicate every datagram: everything arrives once, with at most 10 % more datagrams", () => {
    const plain = outcome(world([stream(100_000)], []))
    const doubled = outcome(world([stream(100_000)], each(400, (link, nth) => ({ link, nth, double: 1 }))))
    expect(doubled.violated).toBeUndefined()
    expect(doubled.sent).toBeLessThanOrEqual(1.1 * plain.sent)
  })

  it("R4 that reorder within a window: at most 5 % more datagrams are sent", () => {
    const plain = outcome(world([stream(400_000)], []))
    const random = new Random(1)
    const late = each(800, (link, nth) => random.chance(0.1) ? { link, nth, delay: random.integer(1, 8) } : undefined)
    const reordered = outcome(world([stream(400_000)], late))
    expect(reordered.violated).toBeUndefined()
    expect(reordered.sent).toBeLessThanOrEqual(1.05 * plain.sent)
  })

  it("R5 without any acknowledgement for 5 s: the transfer continues", () => {
    expect(outcome(world([stream(60_000)], [{ outage: "down", from: 60, until: 5060 }])).violated).toBeUndefined()
  })

  it("R12 that lose window updates: everything arrives within a minute", () => {
    const small = { windows: { ...windows, maxData: 4000, maxStreamData: 2000 } }
    for (let seed = 0; seed < 20; seed++) {
      const random = new Random(seed)
      const faults = each(
        200,
        (link, nth) => link === "0down" && random.chance(0.4) ? { link, nth, lose: true } : undefined
      )
      const { violated, virtualMillis } = outcome(world([stream(20_000)], faults, {}, small))
      expect(violated).toBeUndefined()
      expect(virtualMillis).toBeLessThan(60_000)
    }
  })

  it("R13 whose RTT increases from 20 to 620 ms: everything arrives", () => {
    expect(outcome(world([stream(60_000)], [{ slower: 300, at: 70 }])).violated).toBeUndefined()
  })

  it("R14 with a black hole of 2 s every 5 s: everything arrives", () => {
    const slow = { route: { delayMillis: 10, mtuBytes: 1500, bytesPerMilli: 10, queueBytes: 30_000 } }
    const { violated, virtualMillis } = outcome(world([stream(90_000)], holes(20, 5000, 2000), slow))
    expect(violated).toBeUndefined()
    expect(virtualMillis).toBeGreaterThan(10_000)
  })

  it("R14 with a black hole of 30 s: both ends give up at their time limits, with a reason", () => {
    const { violated, messages, virtualMillis } = outcome(
      world([stream(60_000)], [{ outage: "both", from: 60, until: 40_000 }], { delivers: false })
    )
    expect([violated, messages]).toEqual([undefined, [expect.stringContaining("not finished")]])
    expect(virtualMillis).toBeLessThan(32_000)
  })

  it("R15 that are open in one direction only: both ends give up at their time limits", () => {
    for (const outage of ["up", "down"] as const) {
      const script = world([stream(60_000)], [{ outage, from: 60, until: 200_000 }], { delivers: false })
      const { violated, virtualMillis } = outcome(script)
      expect(violated).toBeUndefined()
      expect(virtualMillis).toBeGreaterThan(29_000)
      expect(virtualMillis).toBeLessThan(62_000)
    }
  })

  it("W10 that begin to drop large datagrams: everything arrives", () => {
    for (let at = 40; at < 200; at += 20) {
      expect(outcome(world([stream(300_000)], [{ mtu: 1200, at }])).violated).toBeUndefined()
    }
  })
})

describe("programs under flock", () => {
  it("S9 whose port changes every second: everything arrives", () => {
    const changes = Array.from({ length: 8 }, (_, n): Fault => ({ rebind: 0, at: 1000 * n + 500 }))
    const slow = { route: { delayMillis: 10, mtuBytes: 1500, bytesPerMilli: 20, queueBytes: 30_000 } }
    const { violated, faults } = outcome(world([stream(60_000), stream(60_000, { by: "server" })], changes, slow))
    expect(violated).toBeUndefined()
    expect(faults.get("address changed")).toBe(8)
  })

  it("S10 S11 whose packets are copied and relayed by others: everything arrives, and no data is sent elsewhere", () => {
    for (let nth = 0; nth < 30; nth++) {
      const faults: ReadonlyArray<Fault> = [
        { link: "0up", nth, relay: 1 },
        ...[30, 80, 150, 400].map((at): Fault => ({ stranger: 2, at, overheard: { link: "0up", nth } }))
      ]
      expect(outcome(world([stream(20_000)], faults)).violated).toBeUndefined()
    }
  })

  it("S17 that pause for 2 s lose no peer", () => {
    for (const pause of ["server", 0] as const) {
      expect(outcome(world([stream(60_000)], [{ pause, at: 60.4, millis: 2000 }])).violated).toBeUndefined()
    }
  })

  it("K2 that are suspended for an hour end with a reason and lose no data", () => {
    for (const pause of ["server", 0] as const) {
      const suspended = world([stream(60_000)], [{ pause, at: 60.4, millis: 3_600_000 }], { delivers: false })
      expect(outcome(suspended).violated).toBeUndefined()
    }
  })

  it("C1 with a flip of any single bit of any single datagram: everything arrives", () => {
    for (let nth = 0; nth < 6; nth++) {
      for (let flip = 0; flip < 8 * 40; flip += 3) {
        const faults: ReadonlyArray<Fault> = [{ link: "0up", nth, flip }, { link: "0down", nth, flip }]
        expect(outcome(world([stream(3000)], faults)).violated).toBeUndefined()
      }
    }
  })
})
