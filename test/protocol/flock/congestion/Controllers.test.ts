import { describe, expect, it } from "@effect/vitest"
import { make } from "../../../../src/protocol/flock/congestion/Controllers.ts"

describe("a congestion controller", () => {
  it.each(["bbr", "cubic", "newreno"] as const)("%s is created by its name, for datagrams of that size", (name) => {
    const controller = make(name, { maxDatagramBytes: 1200, random: () => 0 }, 0)
    expect(controller.name).toBe(name)
    expect(controller.congestionWindowBytes).toBe((name === "bbr" ? 32 : 10) * 1200)
  })
})
