import { describe, expect, it } from "vitest"
import { coloured, paintFor, plain } from "../../../src/cli/report/Colours.ts"

describe("colours", () => {
  it.each<[string, isAnimated: boolean, choice: boolean | undefined, noColor: string | undefined, isColoured: boolean]>(
    [
      ["are there on a terminal", true, undefined, undefined, true],
      ["are not there elsewhere", false, undefined, undefined, false],
      ["are not there with NO_COLOR", true, undefined, "1", false],
      ["are there with an empty NO_COLOR", true, undefined, "", true],
      ["are not there with --no-color", true, false, undefined, false],
      ["are there with --color, whatever else", false, true, "1", true]
    ]
  )("%s", (_, isAnimated, choice, noColor, isColoured) => {
    expect(paintFor({ isAnimated }, choice, noColor)).toBe(isColoured ? coloured : plain)
  })

  it("are those of the meaning, into a pipe too", () => {
    expect([coloured("error", "x"), plain("error", "x")]).toEqual(["\u001b[31mx\u001b[39m", "x"])
  })
})
