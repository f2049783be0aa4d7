/** Rows of the catalogue in docs/RELIABILITY.md under flock, each as a world of its own. */
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
  idleMillis: 30_000,
  maxData: 1_000_000,
  maxStreamData: 1_000_000,
  maxStreams: 16
}

/** A world of one client, whose round trip is 20 ms. */
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

/** How a world ends, and how many datagrams were sent either way. */
const outcome = (script: FlockScript) => {
  let sent = 0
  const result = run(script, (_at, _client, _direction, _bytes, fate) => {
    if (fate.startsWith("sent")) sent++
  })
  return { ...result, broken: result.violation?.message, sent }
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
  it("R1 of 30 % loss each way: everything arrives", () => {
    for (let seed = 0; seed < 30; seed++) {
      const random = new Random(seed)
      const faults = each(300, (link, nth) => random.chance(0.3) ? { link, nth, lose: true } : undefined)
      expect(outcome(world([stream(20_000), stream(9000, { by: "server" })], faults)).broken).toBeUndefined()
    }
  })

  it("R2 that double every datagram: everything arrives once, and nothing is sent twice for it", () => {
    const plain = outcome(world([stream(100_000)], []))
    const doubled = outcome(world([stream(100_000)], each(400, (link, nth) => ({ link, nth, double: 1 }))))
    expect(doubled.broken).toBeUndefined()
    expect(doubled.sent).toBeLessThanOrEqual(1.1 * plain.sent)
  })

  it("R4 that reorder within a window: at most 5 % goes twice", () => {
    const plain = outcome(world([stream(400_000)], []))
    const random = new Random(1)
    const late = each(800, (link, nth) => random.chance(0.1) ? { link, nth, delay: random.integer(1, 8) } : undefined)
    const reordered = outcome(world([stream(400_000)], late))
    expect(reordered.broken).toBeUndefined()
    expect(reordered.sent).toBeLessThanOrEqual(1.05 * plain.sent)
  })

  it("R5 without any acknowledgement for 5 s: it goes on", () => {
    expect(outcome(world([stream(60_000)], [{ outage: "down", from: 60, until: 5060 }])).broken).toBeUndefined()
  })

  it("R12 that lose window updates: everything arrives, soon", () => {
    const small = { windows: { ...windows, maxData: 4000, maxStreamData: 2000 } }
    for (let seed = 0; seed < 20; seed++) {
      const random = new Random(seed)
      const faults = each(
        200,
        (link, nth) => link === "0down" && random.chance(0.4) ? { link, nth, lose: true } : undefined
      )
      const { broken, virtualMillis } = outcome(world([stream(20_000)], faults, {}, small))
      expect(broken).toBeUndefined()
      expect(virtualMillis).toBeLessThan(60_000)
    }
  })

  it("R13 of 20 ms that become 620 ms: everything arrives", () => {
    expect(outcome(world([stream(60_000)], [{ slower: 300, at: 70 }])).broken).toBeUndefined()
  })

  it("R14 with a black hole of 2 s every 5 s: everything arrives", () => {
    const slow = { route: { delayMillis: 10, mtuBytes: 1500, bytesPerMilli: 10, queueBytes: 30_000 } }
    const { broken, virtualMillis } = outcome(world([stream(90_000)], holes(20, 5000, 2000), slow))
    expect(broken).toBeUndefined()
    expect(virtualMillis).toBeGreaterThan(10_000)
  })

  it("R14 with a black hole of 30 s: both ends give up at their limit, with a reason", () => {
    const { broken, messages, virtualMillis } = outcome(
      world([stream(60_000)], [{ outage: "both", from: 60, until: 40_000 }], { delivers: false })
    )
    expect([broken, messages]).toEqual([undefined, [expect.stringContaining("not finished")]])
    expect(virtualMillis).toBeLessThan(32_000)
  })

  it("R15 open one way only: both ends give up at their limits", () => {
    for (const outage of ["up", "down"] as const) {
      const script = world([stream(60_000)], [{ outage, from: 60, until: 200_000 }], { delivers: false })
      const { broken, virtualMillis } = outcome(script)
      expect(broken).toBeUndefined()
      expect(virtualMillis).toBeGreaterThan(29_000)
      expect(virtualMillis).toBeLessThan(62_000)
    }
  })

  it("W10 that begin to swallow large datagrams: everything arrives", () => {
    for (let at = 40; at < 200; at += 20) {
      expect(outcome(world([stream(300_000)], [{ mtu: 1200, at }])).broken).toBeUndefined()
    }
  })
})

describe("programs under flock", () => {
  it("S9 whose port changes every second: everything arrives", () => {
    const changes = Array.from({ length: 8 }, (_, n): Fault => ({ rebind: 0, at: 1000 * n + 500 }))
    const slow = { route: { delayMillis: 10, mtuBytes: 1500, bytesPerMilli: 20, queueBytes: 30_000 } }
    const { broken, faults } = outcome(world([stream(60_000), stream(60_000, { by: "server" })], changes, slow))
    expect(broken).toBeUndefined()
    expect(faults.get("address changed")).toBe(8)
  })

  it("S10 S11 whose packets are copied and relayed by others: everything arrives, and nothing goes elsewhere", () => {
    for (let nth = 0; nth < 30; nth++) {
      const faults: ReadonlyArray<Fault> = [
        { link: "0up", nth, relay: 1 },
        ...[30, 80, 150, 400].map((at): Fault => ({ stranger: 2, at, overheard: { link: "0up", nth } }))
      ]
      expect(outcome(world([stream(20_000)], faults)).broken).toBeUndefined()
    }
  })

  it("S17 that stand still for 2 s lose nobody", () => {
    for (const pause of ["server", 0] as const) {
      expect(outcome(world([stream(60_000)], [{ pause, at: 60.4, millis: 2000 }])).broken).toBeUndefined()
    }
  })

  it("K2 that are suspended for an hour end with a reason, and lose nothing", () => {
    for (const pause of ["server", 0] as const) {
      const suspended = world([stream(60_000)], [{ pause, at: 60.4, millis: 3_600_000 }], { delivers: false })
      expect(outcome(suspended).broken).toBeUndefined()
    }
  })

  it("C1 of which any one bit of any one datagram is flipped: everything arrives", () => {
    for (let nth = 0; nth < 6; nth++) {
      for (let flip = 0; flip < 8 * 40; flip += 3) {
        const faults: ReadonlyArray<Fault> = [{ link: "0up", nth, flip }, { link: "0down", nth, flip }]
        expect(outcome(world([stream(3000)], faults)).broken).toBeUndefined()
      }
    }
  })
})
