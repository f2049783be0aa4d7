/** Thousands of worlds. More of them: `npm run simulate -- --seeds 100000`. */
import { describe, it } from "vitest"
import { expectKept } from "./simulate.ts"

describe("worlds", () => {
  it(
    "around the cores keep every promise: loss, copies, delay, damage, outages, crashes, pauses, full disks, strangers",
    () => expectKept(2500)
  )

  it(
    "of flock keep every promise: loss, bursts, copies, damage, partitions, other ports, relays, pauses, smaller paths",
    () => expectKept(5000, "--world", "flock")
  )

  it("around the whole shell keep every promise", () => expectKept(200, "--world", "shell"))
})
