/** The explorer as people run it, on one small world; `explorer.long.test.ts` has all of them. */
import { describe, expect, it } from "vitest"
import { explore, pathTo, statesWithoutViolation } from "./explore.ts"

describe("the explorer", () => {
  it("visits every state of a world of the cores and finds nothing wrong", async () => {
    expect(statesWithoutViolation(await explore("--world", "file"))).toBeGreaterThan(100_000)
  })

  it("finds a planted bug and shows the way to it", async () => {
    const explored = await explore("--bug", "repeats-are-taken", "--world", "file")
    expect(explored.code).toBe(1)
    expect(pathTo("file: content arrived that nobody sent", explored).length).toBeGreaterThan(5)
  })

  it("knows no world and no bug of another name", async () => {
    const stderr = "explore: there is no world \"nowhere\"\n"
    expect(await explore("--world", "nowhere")).toMatchObject({ code: 2, stderr })
    expect(await explore("--bug", "none")).toMatchObject({ code: 2 })
  })
})
