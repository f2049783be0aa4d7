import { describe, expect, it } from "@effect/vitest"
import { type Path, PathValidation } from "../../../../src/protocol/flock/path/PathValidation.ts"

const currentPath: Path = { host: "192.0.2.1", port: 4040 }
const newPath: Path = { host: "192.0.2.1", port: 50_123 }
const attackerPath: Path = { host: "198.51.100.9", port: 4040 }

/** Bytes of a challenge, and of a packet that is long enough for several. */
const challengeBytes = 28
const packetBytes = 100

/** Its challenge tokens are 1001, 1002, … */
const makeValidation = (): PathValidation => {
  let token = 1000
  return new PathValidation(currentPath, challengeBytes, () => ++token)
}

describe("a peer", () => {
  it("with an unchanged address is not challenged", () => {
    const validation = makeValidation()
    validation.onPacket({ ...currentPath }, true, packetBytes)
    expect([validation.current, validation.deadline, validation.pollFrame(10, 100)]).toEqual([
      currentPath,
      Infinity,
      undefined
    ])
  })

  it("with a new address must first answer a challenge there (S9)", () => {
    const validation = makeValidation()
    validation.onPacket(newPath, true, packetBytes)
    expect(validation.deadline).toBe(-Infinity)
    expect(validation.pollFrame(10, 100)).toEqual({
      to: newPath,
      frame: { _tag: "PathChallenge", token: 1001 },
      paddedBytes: packetBytes
    })
    expect(validation.current).toEqual(currentPath)
    expect([validation.onResponse(1000), validation.onResponse(1001)]).toEqual([undefined, "Rebound"])
    expect([validation.current, validation.deadline, validation.onResponse(1001)]).toEqual([
      newPath,
      Infinity,
      undefined
    ])
  })

  it("receives the same challenge again when it has sent another packet, once an interval (S11)", () => {
    const validation = makeValidation()
    const sent: Array<number> = []
    for (let now = 0; now <= 1000; now += 10) {
      // Further packets from the new address do not restart the validation.
      if (now <= 300) validation.onPacket(newPath, true, packetBytes)
      const due = validation.pollFrame(now, 100)
      if (due === undefined) continue
      sent.push(now)
      expect(due).toEqual({ to: newPath, frame: { _tag: "PathChallenge", token: 1001 }, paddedBytes: packetBytes })
    }
    expect(sent).toEqual([0, 100, 200, 300])
    expect([validation.current, validation.deadline, validation.onResponse(1001)]).toEqual([
      currentPath,
      Infinity,
      "Rebound"
    ])
  })

  it("receives no more bytes than it has sent, however short its packets are (S2)", () => {
    const validation = makeValidation()
    let receivedBytes = 0
    let sentBytes = 0
    for (let now = 0; now < 100_000; now += 1000) {
      validation.onPacket(newPath, true, 19)
      receivedBytes += 19
      if (validation.pollFrame(now, 100) !== undefined) sentBytes += challengeBytes
      expect(sentBytes).toBeLessThanOrEqual(receivedBytes)
      expect(validation.deadline).toBe(Infinity)
    }
    expect(sentBytes).toBeGreaterThan(receivedBytes - challengeBytes)
  })

  it.each([[40, 40], [1200, 1200], [9000, 1200]])(
    "is challenged in a datagram as long as its packet of %i bytes, but %i (S2)",
    (length, paddedBytes) => {
      const validation = makeValidation()
      validation.onPacket(newPath, true, 5000)
      validation.onPacket(newPath, true, length)
      expect(validation.pollFrame(0, 100)?.paddedBytes).toBe(paddedBytes)
    }
  )

  it("at another host has moved, and with another port only it has not", () => {
    const validation = makeValidation()
    validation.onPacket(attackerPath, true, packetBytes)
    expect(validation.onResponse(1001)).toBe("Moved")
    validation.onPacket({ ...attackerPath, port: 1 }, true, packetBytes)
    expect(validation.onResponse(1002)).toBe("Rebound")
  })

  it("that sends from its old address again has not moved (S11)", () => {
    const validation = makeValidation()
    validation.onPacket(attackerPath, true, packetBytes)
    validation.pollFrame(0, 100)
    validation.onPacket(currentPath, true, packetBytes)
    expect([validation.deadline, validation.pollFrame(100, 100), validation.onResponse(1001)]).toEqual([
      Infinity,
      undefined,
      undefined
    ])
  })

  it("is not moved by an old packet from a new address, nor kept by one from the old address (S10)", () => {
    const validation = makeValidation()
    validation.onPacket(attackerPath, false, packetBytes)
    expect([validation.deadline, validation.pollFrame(0, 100)]).toEqual([Infinity, undefined])
    validation.onPacket(newPath, true, packetBytes)
    validation.onPacket(currentPath, false, packetBytes)
    expect(validation.pollFrame(11, 100)?.to).toEqual(newPath)
  })

  it("that moves again while it is challenged gets another challenge", () => {
    const validation = makeValidation()
    validation.onPacket(attackerPath, true, packetBytes)
    validation.pollFrame(0, 100)
    validation.onPacket(newPath, true, packetBytes)
    expect(validation.pollFrame(10, 100)).toEqual({
      to: newPath,
      frame: { _tag: "PathChallenge", token: 1002 },
      paddedBytes: packetBytes
    })
    expect([validation.onResponse(1001), validation.onResponse(1002), validation.current]).toEqual([
      undefined,
      "Rebound",
      newPath
    ])
  })
})

describe("a challenge of the peer", () => {
  it("is answered immediately, to its source", () => {
    const validation = makeValidation()
    validation.onChallenge(currentPath, 7)
    expect(validation.deadline).toBe(-Infinity)
    expect(validation.pollFrame(0, 100)).toEqual({
      to: currentPath,
      frame: { _tag: "PathResponse", token: 7 },
      paddedBytes: 0
    })
    expect([validation.deadline, validation.pollFrame(0, 100)]).toEqual([Infinity, undefined])
  })

  it("from an address that is not validated is not answered: only challenges are sent there (S2)", () => {
    const validation = makeValidation()
    validation.onChallenge(attackerPath, 7)
    expect([validation.deadline, validation.pollFrame(0, 100)]).toEqual([Infinity, undefined])
  })

  it("leaves one response, however many arrive before it is sent (S7)", () => {
    const validation = makeValidation()
    for (let token = 0; token < 10_000; token++) validation.onChallenge(currentPath, token)
    expect(validation.pollFrame(0, 100)?.frame).toEqual({ _tag: "PathResponse", token: 9999 })
    expect(validation.pollFrame(0, 100)).toBeUndefined()
  })
})
