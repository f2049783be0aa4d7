import { describe, expect, it } from "vitest"
import { ofServer, StartLimit } from "../../../src/transport/streams/StartLimit.ts"
import {
  serverStarts,
  serverStartsPerSecond,
  sessionStarts,
  sessionStartsPerSecond
} from "../../../src/transport/streams/StreamLimits.ts"

const taken = (limit: StartLimit, now: number): number => {
  let count = 0
  while (limit.take(now)) count++
  return count
}

describe("the beginnings of handlers", () => {
  it("are limited for a session, and say when the next one may be", () => {
    const limit = new StartLimit(undefined)
    expect([taken(limit, 0), limit.readyAt(0)]).toEqual([sessionStarts, Math.ceil(1000 / sessionStartsPerSecond)])
    expect(taken(limit, 1000)).toBe(sessionStartsPerSecond)
  })

  it("are limited for all sessions of a listener together; one that waits takes nothing of its own", () => {
    const shared = ofServer()
    const sessions = Array.from({ length: 20 }, () => new StartLimit(shared))
    const counts = sessions.map((session) => taken(session, 0))
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(serverStarts)
    const [last] = sessions.slice(-1)
    if (last === undefined) throw new Error("there are sessions")
    expect(last.readyAt(0)).toBe(Math.ceil(1000 / serverStartsPerSecond))
    expect(taken(last, 10_000)).toBe(sessionStarts)
  })
})
