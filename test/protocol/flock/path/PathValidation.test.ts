import { describe, expect, it } from "@effect/vitest"
import { type Path, PathValidation } from "../../../../src/protocol/flock/path/PathValidation.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"

const currentPath: Path = { host: "192.0.2.1", port: 4040 }
const newPath: Path = { host: "192.0.2.1", port: 50_123 }
const attackerPath: Path = { host: "198.51.100.9", port: 4040 }

/** Its challenge tokens are 1001, 1002, … */
const makeValidation = (): PathValidation => {
  let token = 1000
  return new PathValidation(currentPath, () => ++token)
}

describe("a peer", () => {
  it("with an unchanged address is not challenged", () => {
    const validation = makeValidation()
    validation.onPacket({ ...currentPath }, true, 10)
    expect([validation.current, validation.deadline, validation.pollFrame(10, 100)]).toEqual([
      currentPath,
      Infinity,
      undefined
    ])
  })

  it("with a new address must first answer a challenge there (S9)", () => {
    const validation = makeValidation()
    validation.onPacket(newPath, true, 10)
    expect(validation.deadline).toBe(10)
    expect(validation.pollFrame(10, 100)).toEqual({ to: newPath, frame: { _tag: "PathChallenge", token: 1001 } })
    expect(validation.current).toEqual(currentPath)
    expect([validation.onResponse(1000), validation.onResponse(1001)]).toEqual([false, true])
    expect([validation.current, validation.deadline, validation.onResponse(1001)]).toEqual([newPath, Infinity, false])
  })

  it("receives the same challenge five times, then none (S11)", () => {
    const validation = makeValidation()
    validation.onPacket(newPath, true, 0)
    const sent: Array<number> = []
    for (let now = 0; now <= 1000; now += 10) {
      // Further packets from the new address do not restart the validation.
      if (now <= 300) validation.onPacket(newPath, true, now)
      const due = validation.pollFrame(now, 100)
      if (due === undefined) continue
      sent.push(now)
      expect(due).toEqual({ to: newPath, frame: { _tag: "PathChallenge", token: 1001 } })
    }
    expect(sent).toEqual([0, 100, 200, 300, 400])
    expect(sent).toHaveLength(Limits.pathChallenges)
    expect([validation.current, validation.deadline, validation.onResponse(1001)]).toEqual([
      currentPath,
      Infinity,
      false
    ])
  })

  it("that sends from its old address again has not moved (S11)", () => {
    const validation = makeValidation()
    validation.onPacket(attackerPath, true, 0)
    validation.pollFrame(0, 100)
    validation.onPacket(currentPath, true, 5)
    expect([validation.deadline, validation.pollFrame(100, 100), validation.onResponse(1001)]).toEqual([
      Infinity,
      undefined,
      false
    ])
  })

  it("is not moved by an old packet from a new address, nor kept by one from the old address (S10)", () => {
    const validation = makeValidation()
    validation.onPacket(attackerPath, false, 0)
    expect([validation.deadline, validation.pollFrame(0, 100)]).toEqual([Infinity, undefined])
    validation.onPacket(newPath, true, 10)
    validation.onPacket(currentPath, false, 11)
    expect(validation.pollFrame(11, 100)?.to).toEqual(newPath)
  })

  it("that moves again while it is challenged gets another challenge", () => {
    const validation = makeValidation()
    validation.onPacket(attackerPath, true, 0)
    validation.pollFrame(0, 100)
    validation.onPacket(newPath, true, 10)
    expect(validation.pollFrame(10, 100)).toEqual({ to: newPath, frame: { _tag: "PathChallenge", token: 1002 } })
    expect([validation.onResponse(1001), validation.onResponse(1002), validation.current]).toEqual([
      false,
      true,
      newPath
    ])
  })
})

describe("a challenge of the peer", () => {
  it("is answered immediately, to its source", () => {
    const validation = makeValidation()
    validation.onChallenge(attackerPath, 7)
    expect(validation.deadline).toBe(-Infinity)
    expect(validation.pollFrame(0, 100)).toEqual({ to: attackerPath, frame: { _tag: "PathResponse", token: 7 } })
    expect([validation.deadline, validation.pollFrame(0, 100)]).toEqual([Infinity, undefined])
  })

  it("leaves one response, however many arrive before it is sent (S7)", () => {
    const validation = makeValidation()
    for (let token = 0; token < 10_000; token++) validation.onChallenge(currentPath, token)
    expect(validation.pollFrame(0, 100)?.frame).toEqual({ _tag: "PathResponse", token: 9999 })
    expect(validation.pollFrame(0, 100)).toBeUndefined()
  })
})
