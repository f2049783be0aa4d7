/** Runs the explorer's command on one small world; `explorer.long.test.ts` runs all of them. */
import { describe, expect, it } from "vitest"
import { explore, pathTo, statesWithoutViolation } from "./explore.ts"

describe("the explorer", () => {
  it("visits every state of a world of the cores and finds no violation", async () => {
    expect(statesWithoutViolation(await explore("--world", "file"))).toBeGreaterThan(100_000)
  })

  it("finds a planted bug and prints the path to it", async () => {
    const explored = await explore("--bug", "repeats-accepted", "--world", "file")
    expect(explored.code).toBe(1)
    expect(pathTo("file: the received content was never sent", explored).length).toBeGreaterThan(5)
  })

  it("refuses unknown worlds and bugs", async () => {
    const stderr = "explore: there is no world \"nowhere\"\n"
    expect(await explore("--world", "nowhere")).toMatchObject({ code: 2, stderr })
    expect(await explore("--bug", "none")).toMatchObject({ code: 2 })
  })
})
