/** Runs thousands of worlds. More worlds: `npm run simulate -- --seeds 100000`. */
import { describe, it } from "vitest"
import { expectNoViolation } from "./simulate.ts"

describe("worlds", () => {
  it(
    "around the cores violate no invariant: loss, copies, delay, damage, outages, crashes, pauses, full disks, strangers",
    () => expectNoViolation(2500)
  )

  it(
    "of flock violate no invariant: loss, bursts, copies, damage, partitions, port changes, relays, pauses, smaller MTUs, attackers, restarts",
    () => expectNoViolation(5000, "--world", "flock")
  )

  it(
    "of linked servers violate no invariant: cycles, partitions, stalls, broken streams, kills, old and copied disks",
    () => expectNoViolation(1000, "--world", "linked")
  )

  it("around the whole shell violate no invariant", () => expectNoViolation(200, "--world", "shell"))
})
