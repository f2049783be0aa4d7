import * as Redacted from "effect/Redacted"
import { describe, expect, it } from "vitest"
import { parametersOf, problemOf, pskOf } from "../../../src/transport/tcp/TcpOptions.ts"

describe("the options of tcp", () => {
  it.each([
    [{ psk: Redacted.make(new Uint8Array(31)) }, "psk must have 32 bytes"],
    [{ idleTimeoutMillis: 0 }, "idleTimeoutMillis must be a whole number, at least 1, not 0"],
    [{ handshakeMillis: 0.5 }, "handshakeMillis must be at least 1, not 0.5"],
    [{ sessions: 0 }, "sessions must be a whole number, at least 1, not 0"],
    [{ handshakesPerSecond: 1.5 }, "handshakesPerSecond must be a whole number, at least 1, not 1.5"],
    [{ receiveCreditBytes: 1 }, "receiveCreditBytes must be a whole number, at least 65536, not 1"],
    [{ psk: Redacted.make(new Uint8Array(32)), idleTimeoutMillis: 1 }, undefined]
  ])("are checked: %j", (options, problem) => expect(problemOf(options)).toBe(problem))

  it("become the parameters of this side", () => {
    expect(parametersOf({ idleTimeoutMillis: 7 }, 70_000)).toMatchObject({ idleTimeoutMillis: 7, maxData: 70_000 })
    expect(parametersOf({})).toMatchObject({ idleTimeoutMillis: 30_000, maxStreams: 256 })
    expect([pskOf({}), pskOf({ psk: Redacted.make(Uint8Array.of(1)) })]).toEqual([undefined, Uint8Array.of(1)])
  })
})
