import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Faults from "../../src/testing/Faults.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"

const wrong: ReadonlyArray<{ readonly name: string; readonly options: Partial<Faults.Options> }> = [
  { name: "loss", options: { loss: 1.5 } },
  { name: "loss", options: { loss: NaN } },
  { name: "damage", options: { damage: -0.1 } },
  { name: "delayMillis", options: { delayMillis: -1 } },
  { name: "seed", options: { seed: NaN } }
]

describe("faults", () => {
  it.scoped.each(wrong)(
    "with $name out of its range are a defect that names it",
    ({ name, options }) =>
      Effect.gen(function*() {
        const layer = Layer.provide(Faults.layer({ seed: 1, ...options }), SocketMemory.layer())
        const exit = yield* Effect.exit(Layer.build(layer))
        expect(Exit.isFailure(exit) && Cause.pretty(exit.cause)).toContain(`${name} must be`)
      })
  )
})
