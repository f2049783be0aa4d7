import { describe, expect, it } from "vitest"
import { defaultRates, Rates } from "../../../src/protocol/conversation/Rates.ts"

const far = { host: "192.0.2.1", port: 1 }
const times = (count: number, one: () => number) => Array.from({ length: count }, one)

describe("the rates of a server", () => {
  it("are 5 posts a second with a burst of 20, for a person on all devices together", () => {
    const rates = new Rates(defaultRates, () => 0.5)
    expect(times(21, () => rates.post("ala", far, 0)).filter((wait) => wait === 0).length).toBe(20)
    expect(rates.post("ala", { host: "198.51.100.1", port: 1 }, 0)).toBe(200)
    expect(rates.post("bo", far, 0)).toBe(0)
    expect(times(6, () => rates.post("ala", far, 1000))).toEqual([0, 0, 0, 0, 0, 200])
  })

  it("are 20 connections a minute for a source: a whole network of IPv6 is one", () => {
    const rates = new Rates(defaultRates, () => 0.5)
    expect(times(21, () => rates.connect(far, 0)).slice(18)).toEqual([0, 0, 3000])
    expect(rates.connect(far, 3000)).toBe(0)
    for (let at = 0; at < 20; at++) rates.connect({ host: `2001:db8::${at}`, port: at }, 0)
    expect(rates.connect({ host: "2001:db8::ffff", port: 9 }, 0)).toBe(3000)
    expect(rates.connect({ host: "2001:db8:1::1", port: 9 }, 0)).toBe(0)
  })

  it("are settings, and do not count this machine", () => {
    const rates = new Rates({ postsPerSecond: 1, postBurst: 1, connectionsPerMinute: 1 }, () => 0.5)
    expect([rates.post("ala", far, 0), rates.post("ala", far, 0)]).toEqual([0, 1000])
    expect([rates.connect(far, 0), rates.connect(far, 0)]).toEqual([0, 60_000])
    for (const host of ["127.0.0.1", "::1"]) {
      expect(times(1000, () => rates.post("ala", { host, port: 1 }, 0) + rates.connect({ host, port: 1 }, 0))).toEqual(
        times(1000, () => 0)
      )
    }
  })
})
