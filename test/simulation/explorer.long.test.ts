/** Runs the explorer on every world: it finds no violation in the cores, and it finds the planted bugs. */
import { describe, expect, it } from "vitest"
import { explore, pathTo, statesWithoutViolation } from "./explore.ts"
import { worlds } from "./explorer/Worlds.ts"

/** The number of states of each world, explored once. */
const explored = new Map<string, Promise<number>>()
const statesOf = (world: string): Promise<number> => {
  const states = explored.get(world) ?? explore("--world", world).then(statesWithoutViolation)
  explored.set(world, states)
  return states
}

describe("the explorer", () => {
  it.each(worlds)("visits every state of the world $name and finds no violation: $about", async ({ name }) => {
    expect(await statesOf(name)).toBeGreaterThan(0)
  })

  it("visits more than five million states of the cores", async () => {
    const states = await Promise.all(worlds.map(({ name }) => statesOf(name)))
    expect(states.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5_000_000)
  })

  it("visits every state of two linked servers whose session breaks", async () => {
    expect(await statesOf("links-two")).toBeGreaterThan(100_000)
  })

  it.each([
    ["links-live-before-have", "sends an event before the peer's vectors have come"],
    ["links-no-have", "the logs are not equal and complete"]
  ])("finds the planted bug %s of links and prints the path to it", async (bug, what) => {
    const { code, lines } = await explore("--bug", bug, "--world", "links-two")
    expect(code).toBe(1)
    expect(lines.find((line) => line.startsWith("VIOLATION"))).toContain(what)
  })

  it.each([
    ["acknowledged-before-published", "file", "message 1 is confirmed, but not published"],
    ["repeats-accepted", "file", "the received content was never sent"],
    ["copies-begin-messages", "text", "message 1 was published twice"],
    ["timer-without-effect", "crash", "an endless run is possible"],
    ["endless-answers", "text", "an endless run is possible"],
    ["only-the-last-remembered", "texts", "message 1 was published twice"]
  ])("finds the planted bug %s and prints the path to it", async (bug, world, what) => {
    const found = await explore("--bug", bug, "--world", world)
    expect(found.code).toBe(1)
    const path = pathTo(`${world}: ${what}`, found)
    expect(path[0]).toMatch(/^ +0\.000 s {2}client {2}begins message 1; sends INF /)
    expect(path.length).toBeGreaterThan(5)
  })
})
