import { describe, expect, it } from "vitest"
import * as Transfers from "../../../src/cli/report/Transfers.ts"
import type { Plan } from "../../../src/protocol/classic/Fragments.ts"
import * as Fragments from "../../../src/protocol/classic/Fragments.ts"

const planOf = (name: string, contentBytes: number, fragmentSize: number): Plan => {
  const plan = Fragments.plan("file", Buffer.from(name), contentBytes, fragmentSize)
  if ("_tag" in plan) throw new Error(plan._tag)
  return plan
}

describe("a message that is sent", () => {
  it("counts the bytes of its content, and is verified while the last answer is awaited", () => {
    let acknowledged = 0
    const connection = {
      acknowledgedFragments: () => acknowledged,
      retransmissions: () => 7,
      hasAnswered: () => acknowledged > 0,
      peer: { host: "192.0.2.7", port: 4040 }
    }
    const place = { number: 2, of: 3 }
    const message = Transfers.sending(connection, planOf("name", 25, 4), { id: "1", label: "name", place })
    const states = Array.from({ length: 9 }, (_, at) => {
      acknowledged = at
      expect(message.awaits?.()).toBe(at === 0 ? "192.0.2.7:4040" : undefined)
      return [message.bytes(), message.isVerifying?.()]
    })
    expect(states).toEqual([
      [0, false],
      [0, false],
      [4, false],
      [8, false],
      [12, false],
      [16, false],
      [20, false],
      [24, true],
      [25, false]
    ])
    expect(message).toMatchObject({ verb: "sending", size: 25, place })
    expect(message.repeats?.()).toBe(7)
  })
})

describe("a message that comes", () => {
  const started = { id: "1", kind: "file", arrivedBytes: () => 5, repeats: () => 3 } as const

  it("has about the size that its fragments have when all are full", () => {
    for (const [name, contentBytes, payload] of [["name", 25, 4], ["žltý kôň", 100_000, 1445], ["a", 0, 1]] as const) {
      const { fragmentCount: fragments } = planOf(name, contentBytes, payload)
      const { isEstimate, size = 0 } = Transfers.receiving({ ...started, name, fragments, fragmentSize: payload + 13 })
      expect(isEstimate).toBe(true)
      expect(size - contentBytes).toBeGreaterThanOrEqual(0)
      expect(size - contentBytes).toBeLessThanOrEqual(payload)
    }
  })

  it("has a size whatever its announcement claims", () => {
    const { size } = Transfers.receiving({ ...started, kind: "text", name: "", fragments: 0, fragmentSize: 0 })
    expect(size).toBe(1)
  })

  it("tells what had to travel again", () => {
    const { repeats } = Transfers.receiving({ ...started, name: "a", fragments: 2, fragmentSize: 20 })
    expect(repeats?.()).toBe(3)
  })
})
