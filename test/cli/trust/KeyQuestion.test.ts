import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { textOf, wordsOf } from "../../../src/cli/trust/KeyName.ts"
import { isTrusted } from "../../../src/cli/trust/KeyQuestion.ts"
import { back, person } from "../interactive/DialogMemory.ts"

const key = new Uint8Array(32).fill(7)
const other = textOf(new Uint8Array(32).fill(8))
const question = "trust it from now on? (yes, no, or paste its key): "

/** The decision of a person who gives these answers, and what was shown. */
const asking = (...answers: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const me = person()
    const fiber = yield* Effect.fork(Effect.provide(isTrusted("192.0.2.7:4040", key), me.layer))
    yield* me.types(...answers)
    const seen = yield* me.sees
    return { isAccepted: yield* Fiber.join(fiber), seen }
  })

describe("the question for the key of an unknown server", () => {
  it.effect("shows the words, and where the right ones are", () =>
    Effect.gen(function*() {
      const { seen } = yield* asking("no")
      expect(seen).toContain(
        `192.0.2.7:4040 is not known yet. The words of its key:\n  ${wordsOf(key)}\n` +
          "The server shows its words when it starts, and `holub key show` does.\n" + question
      )
    }))

  it.effect.each<[string, boolean]>([
    ["yes", true],
    ["Y", true],
    ["no", false],
    ["n", false],
    [back, false],
    [textOf(key), true],
    [textOf(key).toUpperCase(), true],
    [`holub send --to ${textOf(key)}@192.0.2.7:4040 FILE`, true],
    [wordsOf(key), true]
  ])(
    "takes %j",
    ([answer, isAccepted]) => Effect.map(asking(answer), (outcome) => expect(outcome.isAccepted).toBe(isAccepted))
  )

  it.effect.each<[string, string]>([
    ["", "answer yes or no, or paste the key that begins with hk1"],
    ["maybe", "answer yes or no, or paste the key that begins with hk1"],
    [other, "this is another key: the server that answers is not the one that you want; answer no"],
    [textOf(key).slice(0, 50), "the key has 50 characters, not 59"]
  ])(
    "asks again after %j",
    ([answer, why]) =>
      Effect.map(
        asking(answer, "no"),
        ({ isAccepted, seen }) => expect([isAccepted, seen.includes(`  ${why}\n${question}`)]).toEqual([false, true])
      )
  )

  it.effect("waits as long as it takes", () =>
    Effect.gen(function*() {
      const me = person()
      const fiber = yield* Effect.fork(Effect.provide(isTrusted("h:1", key), me.layer))
      yield* TestClock.adjust("1 days")
      yield* me.types("yes")
      expect(yield* Fiber.join(fiber)).toBe(true)
    }))
})
