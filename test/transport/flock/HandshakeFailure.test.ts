import { describe, expect, it } from "vitest"
import { type Reason, SocketError } from "../../../src/net/Socket.ts"
import { version } from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { HandshakeFailure } from "../../../src/transport/flock/HandshakeFailure.ts"

const failing = () => new HandshakeFailure({ host: "192.0.2.1", port: 4040 })
const report = (reason: Reason) => new SocketError({ reason, address: "192.0.2.1:4040", message: "it happened" })

describe("a handshake without an answer", () => {
  it("times out as Silent", () => {
    expect(failing().atTimeout).toMatchObject({ reason: "Silent", message: "192.0.2.1:4040 does not answer" })
  })

  it("is explained by the first VERSION, which ends nothing", () => {
    const other = failing()
    expect(other.onOffers([{ version: 7, protections: [] }])).toBe(false)
    expect(other.onOffers([])).toBe(false)
    expect(other.atTimeout).toMatchObject({ reason: "OtherVersion", detail: undefined })
    const classic = failing()
    expect([
      classic.onOffers([]),
      classic.onOffers([]),
      classic.onOffers([{ version: 7, protections: [] }])
    ]).toEqual([true, false, false])
    expect(classic.atTimeout).toMatchObject({ reason: "Silent", detail: "SpeaksClassic" })
    const unprotected = failing()
    expect(unprotected.onOffers([{ version, protections: ["crc"] }])).toBe(false)
    expect(unprotected.atTimeout).toMatchObject({
      reason: "OtherVersion",
      detail: "Protection",
      message: "192.0.2.1:4040 offers another protection: crc"
    })
  })
})

describe("reports of the network", () => {
  it.each<[Reason, string, string]>([
    ["Refused", "Unreachable", "it happened"],
    ["Unreachable", "Unreachable", "it happened"],
    ["Denied", "Unreachable", "it happened"],
    ["Io", "Unreachable", "it happened"],
    ["TooLarge", "TooLarge", "the path to 192.0.2.1:4040 carries no datagrams of 1200 bytes"]
  ])("%s about three HELLOs end it as %s, one forged report does not", (reason, expected, message) => {
    const failure = failing()
    expect(Array.from({ length: 100 }, () => failure.onReport(report(reason), 1))).toEqual(Array(100).fill(undefined))
    expect(failure.onReport(report(reason), 2)).toBeUndefined()
    expect(failure.onReport(report(reason), 3)).toMatchObject({ reason: expected, message, peer: "192.0.2.1:4040" })
  })
})
