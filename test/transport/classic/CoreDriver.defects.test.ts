import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { make } from "../../../src/transport/classic/CoreDriver.ts"

const failing = (): never => {
  throw new Error("no sense")
}
const nothing = (): void => undefined

const usual = { handleDatagrams: nothing, handleTimeout: nothing, pollTransmit: () => 0, deadline: Infinity }
const cases = {
  "with datagrams": { ...usual, handleDatagrams: failing },
  "at a deadline": { ...usual, handleTimeout: failing, deadline: 10 },
  "while it sends": { ...usual, pollTransmit: failing }
}

it.effect.each(Object.entries(cases))(
  "a defect %s ends a core and its loop, and is reported once",
  ([, methods]) =>
    Effect.gen(function*() {
      const core = { ...methods, isClosed: false }
      const defects: Array<unknown> = []
      const turn = yield* make(core, (fill) => fill(new Uint8Array(8)) > 0, nothing, (cause) => {
        defects.push(cause)
        core.isClosed = true
      })
      const loop = yield* Effect.fork(turn.loop)
      yield* TestClock.adjust(20)
      turn.run([new Uint8Array(1)])
      turn.run([new Uint8Array(1)])
      yield* TestClock.adjust(20)
      expect(defects).toEqual([new Error("no sense")])
      expect(loop.unsafePoll()).not.toBe(null)
    })
)
