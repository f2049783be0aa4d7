import { describe, expect, it } from "vitest"
import * as Transfers from "../../../src/cli/report/Transfers.ts"
import type { Plan } from "../../../src/protocol/classic/Fragments.ts"
import * as Fragments from "../../../src/protocol/classic/Fragments.ts"

const planOf = (name: string, contentBytes: number, fragmentSize: number): Plan => {
  const plan = Fragments.plan("file", Buffer.from(name), contentBytes, fragmentSize)
  if ("_tag" in plan) throw new Error(plan._tag)
  return plan
}

it("a connection attempt is shown by the address of the server, without a size", () => {
  expect(Transfers.connecting({ host: "::1", port: 4040 })).toMatchObject({
    label: "[::1]:4040",
    verb: "connecting",
    size: undefined
  })
})

describe("a message that comes", () => {
  const started = { id: "1", kind: "file", size: undefined, arrivedBytes: () => 5, repeats: () => 3 } as const

  it("has about the size that its fragments have when all are full", () => {
    for (const [name, contentBytes, payload] of [["name", 25, 4], ["žltý kôň", 100_000, 1445], ["a", 0, 1]] as const) {
      const { fragmentCount: fragments } = planOf(name, contentBytes, payload)
      const { isEstimate, size = 0 } = Transfers.receiving({
        ...started,
        name,
        plan: { fragments, fragmentSize: payload + 13 }
      })
      expect(isEstimate).toBe(true)
      expect(size - contentBytes).toBeGreaterThanOrEqual(0)
      expect(size - contentBytes).toBeLessThanOrEqual(payload)
    }
  })

  it("has a size whatever its announcement claims", () => {
    const { size } = Transfers.receiving({
      ...started,
      kind: "text",
      name: "",
      plan: { fragments: 0, fragmentSize: 0 }
    })
    expect(size).toBe(1)
  })

  it("has the announced size on a wire that announces it", () => {
    const plan = { fragments: undefined, fragmentSize: undefined }
    expect(Transfers.receiving({ ...started, name: "a", plan, size: 0 })).toMatchObject({ size: 0, isEstimate: false })
  })

  it("tells what had to travel again", () => {
    const { repeats } = Transfers.receiving({ ...started, name: "a", plan: { fragments: 2, fragmentSize: 20 } })
    expect(repeats?.()).toBe(3)
  })
})
