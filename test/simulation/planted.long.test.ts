/** The simulation on trial: each planted bug is found within a thousand worlds. */
import { describe, expect, it } from "vitest"
// @ts-expect-error The scripts that bundle are JavaScript.
import { bugs } from "./bugs.mjs"
import { simulate } from "./simulate.ts"

describe("a planted bug", () => {
  const named = (bugs as ReadonlyArray<{ readonly name: string; readonly what: string }>).map(
    ({ name, what }) => [name, what] as const
  )

  it("is there to be found", () => {
    expect(named.length).toBeGreaterThanOrEqual(8)
  })

  it.each(named)("%s is found: %s", async (name) => {
    const { code, output } = await simulate("--bug", name, "--seeds", "1000", "--whole")
    expect(output).toMatch(/^BROKEN in world/m)
    expect(code).toBe(1)
  })
})
