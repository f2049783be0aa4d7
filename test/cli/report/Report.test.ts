import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { usage } from "../../../src/cli/errors/Failure.ts"
import { json } from "../../../src/cli/report/JsonReport.ts"
import { failed, ofDefect } from "../../../src/cli/report/Report.ts"
import { fakeOutput } from "../fakes.ts"

describe("an error", () => {
  it.effect("of one of several messages names it", () =>
    Effect.gen(function*() {
      const output = fakeOutput()
      yield* failed(json(output), usage("it is wrong", "do it right"), "a.txt")
      expect(JSON.parse(output.text())).toMatchObject({
        type: "error",
        code: "Usage",
        exitCode: 2,
        message: "a.txt: it is wrong",
        hint: "do it right"
      })
    }))

  it("in usage and one that nobody expected have their codes", () => {
    expect(ofDefect("boom")).toEqual({ type: "error", code: "Unexpected", exitCode: 1, message: "boom" })
  })
})
