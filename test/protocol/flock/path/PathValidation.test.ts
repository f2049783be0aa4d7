import { describe, expect, it } from "@effect/vitest"
import { type Path, PathValidation } from "../../../../src/protocol/flock/path/PathValidation.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"

const home: Path = { host: "192.0.2.1", port: 4040 }
const moved: Path = { host: "192.0.2.1", port: 50_123 }
const stranger: Path = { host: "198.51.100.9", port: 4040 }

/** Its tokens are 1001, 1002, … */
const pathsOf = (): PathValidation => {
  let token = 1000
  return new PathValidation(home, () => ++token)
}

describe("a peer", () => {
  it("that stays where it is is not asked", () => {
    const paths = pathsOf()
    paths.onPacket({ ...home }, true, 10)
    expect([paths.current, paths.deadline, paths.pollFrame(10, 100)]).toEqual([home, Infinity, undefined])
  })

  it("that comes from elsewhere has to answer a challenge there first (S9)", () => {
    const paths = pathsOf()
    paths.onPacket(moved, true, 10)
    expect(paths.deadline).toBe(10)
    expect(paths.pollFrame(10, 100)).toEqual({ to: moved, frame: { type: "PathChallenge", token: 1001 } })
    expect(paths.current).toEqual(home)
    expect([paths.onResponse(1000), paths.onResponse(1001)]).toEqual([false, true])
    expect([paths.current, paths.deadline, paths.onResponse(1001)]).toEqual([moved, Infinity, false])
  })

  it("is challenged five times, the same each time, and then left alone (S11)", () => {
    const paths = pathsOf()
    paths.onPacket(moved, true, 0)
    const sent: Array<number> = []
    for (let now = 0; now <= 1000; now += 10) {
      // What comes from there meanwhile does not begin it anew.
      if (now <= 300) paths.onPacket(moved, true, now)
      const due = paths.pollFrame(now, 100)
      if (due === undefined) continue
      sent.push(now)
      expect(due).toEqual({ to: moved, frame: { type: "PathChallenge", token: 1001 } })
    }
    expect(sent).toEqual([0, 100, 200, 300, 400])
    expect(sent).toHaveLength(Limits.pathChallenges)
    expect([paths.current, paths.deadline, paths.onResponse(1001)]).toEqual([home, Infinity, false])
  })

  it("that is heard from its old address again has not moved (S11)", () => {
    const paths = pathsOf()
    paths.onPacket(stranger, true, 0)
    paths.pollFrame(0, 100)
    paths.onPacket(home, true, 5)
    expect([paths.deadline, paths.pollFrame(100, 100), paths.onResponse(1001)]).toEqual([Infinity, undefined, false])
  })

  it("does not move by an old packet from elsewhere, nor stay by one from home (S10)", () => {
    const paths = pathsOf()
    paths.onPacket(stranger, false, 0)
    expect([paths.deadline, paths.pollFrame(0, 100)]).toEqual([Infinity, undefined])
    paths.onPacket(moved, true, 10)
    paths.onPacket(home, false, 11)
    expect(paths.pollFrame(11, 100)?.to).toEqual(moved)
  })

  it("that moves on while it is challenged gets another challenge", () => {
    const paths = pathsOf()
    paths.onPacket(stranger, true, 0)
    paths.pollFrame(0, 100)
    paths.onPacket(moved, true, 10)
    expect(paths.pollFrame(10, 100)).toEqual({ to: moved, frame: { type: "PathChallenge", token: 1002 } })
    expect([paths.onResponse(1001), paths.onResponse(1002), paths.current]).toEqual([false, true, moved])
  })
})

describe("a challenge of the peer", () => {
  it("is answered at once, where it came from", () => {
    const paths = pathsOf()
    paths.onChallenge(stranger, 7)
    expect(paths.deadline).toBe(-Infinity)
    expect(paths.pollFrame(0, 100)).toEqual({ to: stranger, frame: { type: "PathResponse", token: 7 } })
    expect([paths.deadline, paths.pollFrame(0, 100)]).toEqual([Infinity, undefined])
  })

  it("leaves one answer, however many come before it can go (S7)", () => {
    const paths = pathsOf()
    for (let token = 0; token < 10_000; token++) paths.onChallenge(home, token)
    expect(paths.pollFrame(0, 100)?.frame).toEqual({ type: "PathResponse", token: 9999 })
    expect(paths.pollFrame(0, 100)).toBeUndefined()
  })
})
