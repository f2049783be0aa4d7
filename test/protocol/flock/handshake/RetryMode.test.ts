import { describe, expect, it } from "@effect/vitest"
import * as HandshakeLimits from "../../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import { RetryMode } from "../../../../src/protocol/flock/handshake/RetryMode.ts"

const from = (host: string) => ({ host, port: 1 })

describe("the mode in which a server asks for tokens", () => {
  it("begins with 64 incomplete handshakes and lasts 10 s", () => {
    const mode = new RetryMode(() => 0.5)
    expect(mode.wantsToken(HandshakeLimits.retryHalfOpen - 1, 0)).toBe(false)
    expect(mode.wantsToken(HandshakeLimits.retryHalfOpen, 0)).toBe(true)
    expect([9999, 10_000].map((now) => mode.wantsToken(0, now))).toEqual([true, false])
  })

  it("begins with the 101st HELLO of a second, and lasts as long as they go on", () => {
    const mode = new RetryMode(() => 0.5)
    const wants = Array.from({ length: 101 }, () => mode.wantsToken(0, 0))
    expect(wants.indexOf(true)).toBe(100)
    for (let now = 5; now < 30_000; now += 5) expect(mode.wantsToken(0, now)).toBe(true)
  })

  it("admits 50 handshakes of a source at once and 20 each second, and 500 of all", () => {
    const mode = new RetryMode(() => 0.5)
    const admitted = (host: string, now: number) =>
      Array.from({ length: 100 }, () => mode.admits(from(host), now)).filter(Boolean).length
    expect([admitted("192.0.2.1", 0), admitted("192.0.2.1", 1000), admitted("192.0.2.2", 1000)]).toEqual([50, 20, 50])
    const all = new RetryMode(() => 0.5)
    const hosts = Array.from({ length: 1000 }, (_, index) => `10.0.${index >> 8}.${index & 255}`)
    expect(hosts.filter((host) => all.admits(from(host), 0))).toHaveLength(HandshakeLimits.handshakesPerSecond)
  })

  it("answers 2,000 HELLOs a second, and beyond them 50 of a source at once and 20 each second", () => {
    const mode = new RetryMode(() => 0.5)
    const forged = Array.from({ length: 5000 }, () => mode.answers(from("127.0.0.9"), 0)).filter(Boolean).length
    expect(forged).toBe(HandshakeLimits.retriesPerSecond + HandshakeLimits.sourceHandshakes)
    const useUp = (now: number) => {
      for (let count = 0; count < HandshakeLimits.retriesPerSecond; count++) mode.answers(from("127.0.0.9"), now)
    }
    const answered = (host: string, now: number) =>
      Array.from({ length: 200 }, () => mode.answers(from(host), now)).filter(Boolean).length
    expect(answered("127.0.0.2", 0)).toBe(50)
    useUp(1000)
    expect([answered("127.0.0.2", 1000), answered("127.0.0.3", 1000)]).toEqual([20, 50])
  })

  it("admits as many of all as its option says", () => {
    const mode = new RetryMode(() => 0.5, 3)
    const admitted = Array.from({ length: 10 }, (_, at) => mode.admits({ host: `198.51.100.${at}`, port: 1 }, 0))
    expect(admitted.filter((isAdmitted) => isAdmitted)).toHaveLength(3)
  })

  it("limits no program of the same machine by its source", () => {
    const mode = new RetryMode(() => 0.5)
    for (const host of ["127.0.0.1", "::1"]) {
      expect(Array.from({ length: 200 }, () => mode.admits(from(host), 0)).every(Boolean)).toBe(true)
      expect(Array.from({ length: 1000 }, () => mode.answers(from(host), 0)).every(Boolean)).toBe(true)
    }
  })
})
