/** Tests the simulation: it finds each planted bug within a thousand worlds. */
import { describe, expect, it } from "vitest"
// @ts-expect-error The bundling scripts are JavaScript.
import { bugs } from "./bugs.mjs"
import { simulate } from "./simulate.ts"

describe("a planted bug", () => {
  const named = (bugs as ReadonlyArray<{ readonly name: string; readonly what: string }>).map(
    ({ name, what }) => [name, what] as const
  )

  it("exists at least eight times", () => {
    expect(named.length).toBeGreaterThanOrEqual(8)
  })

  it("of the security of flock exists at least twelve times", () => {
    const worlds = (bugs as ReadonlyArray<{ readonly world?: string }>).map(({ world }) => world)
    expect(worlds.filter((world) => world === "flock-attacked").length).toBeGreaterThanOrEqual(12)
  })

  it("of links between servers exists at least eight times", () => {
    expect(named.filter(([name]) => name.startsWith("links-")).length).toBeGreaterThanOrEqual(8)
  })

  it.each(named)("%s is found: %s", async (name) => {
    const { code, output } = await simulate("--bug", name, "--seeds", "1000", "--whole")
    expect(output).toMatch(/^VIOLATION in world/m)
    expect(code).toBe(1)
  })
})
