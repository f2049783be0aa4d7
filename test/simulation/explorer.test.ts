/** Runs the explorer's command on one small world; `explorer.long.test.ts` runs all of them. */
import { readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import * as Timing from "../../src/transport/Timing.ts"
import { explore, pathTo, statesWithoutViolation } from "./explore.ts"
import { CoreKey } from "./explorer/CoreKey.ts"

describe("the explorer", () => {
  it("visits every state of a world of the cores and finds no violation", async () => {
    expect(statesWithoutViolation(await explore("--world", "file"))).toBeGreaterThan(100_000)
  })

  it("treats only fields that the cores have", () => {
    const cores = "src/protocol/classic/"
    const source = readdirSync(cores).map((file) => readFileSync(cores + file, "utf8")).join("")
    const missing = new CoreKey(Timing.classic).fields.filter((field) =>
      !new RegExp(`${field.replace("_", "#")}\\b`).test(source)
    )
    expect(missing).toEqual([])
  })

  it("finds a planted bug and prints the path to it", async () => {
    const explored = await explore("--bug", "repeats-accepted", "--world", "file")
    expect(explored.code).toBe(1)
    expect(pathTo("file: the received content was never sent", explored).length).toBeGreaterThan(5)
  })

  it.each(["links-acks", "links-three"])("visits every state of the linked servers of %s", async (world) => {
    expect(statesWithoutViolation(await explore("--world", world))).toBeGreaterThan(500)
  })

  it("refuses unknown worlds and bugs", async () => {
    const stderr = "explore: there is no world \"nowhere\"\n"
    expect(await explore("--world", "nowhere")).toMatchObject({ code: 2, stderr })
    expect(await explore("--bug", "none")).toMatchObject({ code: 2 })
  })
})
