import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import { combined, Ended, ExitCode, exitCodeOf } from "../../../src/cli/errors/ExitCodes.ts"
import { usage } from "../../../src/cli/errors/Failure.ts"

describe("the exit codes", () => {
  it("are what scripts rely on", () => {
    expect(ExitCode).toEqual({
      ok: 0,
      unclassified: 1,
      usage: 2,
      unreachable: 3,
      notAuthenticated: 4,
      lost: 5,
      declined: 6,
      localIo: 8,
      targetExists: 9,
      someFailed: 10,
      hangUp: 129,
      interrupted: 130,
      terminated: 143
    })
  })

  it.each(
    [
      [[], 0],
      [[0], 0],
      [[0, 0], 0],
      [[6], 6],
      [[6, 6], 6],
      [[0, 6], 10],
      [[6, 8], 10],
      [[8, 0, 0], 10]
    ] as const
  )("of several messages %j combine to %d", (codes, code) => {
    expect(combined(codes)).toBe(code)
  })
})

describe("the exit code of the program", () => {
  const interrupted = Exit.failCause(Cause.interrupt(FiberId.none))

  it.each(
    [
      ["success", Exit.void, 0],
      ["a failure", Exit.fail(usage("x")), 2],
      ["a command that has reported its own end", Exit.fail(new Ended(ExitCode.someFailed)), 10],
      ["an interruption", interrupted, 129],
      ["a defect", Exit.die("x"), 1]
    ] as const
  )("after %s is %d", (_, exit, code) => {
    expect(exitCodeOf(exit, ExitCode.hangUp)).toBe(code)
  })
})
