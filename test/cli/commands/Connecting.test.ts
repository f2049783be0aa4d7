import { expect, it } from "vitest"
import { limitOf } from "../../../src/cli/wires/FlockSending.ts"

it("a transfer is limited by what held the sender back, unless its processor was busy all the time", () => {
  const brakes = ["application", "window", "congestion", "pacing"] as const
  expect(brakes.map((brake) => limitOf(brake, 0.84))).toEqual(["source", "receiver", "congestion", "pacing"])
  expect(brakes.map((brake) => limitOf(brake, 0.85))).toEqual(["cpu", "cpu", "cpu", "cpu"])
})
