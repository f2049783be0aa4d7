import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { ask, choose } from "../../../src/cli/interactive/Dialog.ts"
import { back, person } from "./DialogMemory.ts"

const menu = {
  title: "Menu",
  items: [
    { value: "a", word: "text", label: "a text" },
    { value: "b", word: "text error", label: "a damaged text" },
    { value: "c", word: "log out", label: "the end" }
  ],
  fallback: "b"
}

describe("a menu", () => {
  it.effect.each([
    ["1", "a"],
    [" 3 ", "c"],
    ["", "b"],
    ["text", "a"],
    ["TEXT ERROR", "b"],
    ["text-error", "b"],
    ["texte", "b"],
    ["l", "c"],
    ["logout", "c"]
  ])("takes \"%s\" for %s", ([typed, value]) => {
    const me = person()
    return Effect.gen(function*() {
      const choosing = yield* Effect.fork(Effect.provide(choose(menu), me.layer))
      yield* me.types(typed ?? "")
      expect(yield* Fiber.join(choosing)).toBe(value)
    })
  })

  it.effect.each([
    ["t", "\"t\" is ambiguous: text or text error; type more letters, or a number"],
    ["4", "\"4\" is not in the menu; type a number from 1 to 3, or text, text error, log out"],
    ["-1", "\"-1\" is not in the menu"],
    ["?", "\"?\" is not in the menu"],
    ["\u001b[2J", "\"\\u{1b}[2J\" is not in the menu"]
  ])("says why \"%s\" is no choice, and asks again", ([typed, reason]) => {
    const me = person()
    return Effect.gen(function*() {
      yield* Effect.fork(Effect.provide(choose(menu), me.layer))
      yield* me.types(typed ?? "")
      expect(yield* me.sees).toContain(reason)
      expect(me.asked()).toBe("your choice [2]: ")
    })
  })
})

describe("a question", () => {
  const even = {
    question: "an even number",
    fallback: "2",
    check: (text: string) => Number(text) % 2 === 0 ? Effect.succeed(Number(text)) : Effect.fail("that is odd")
  }

  it.effect("is asked until the answer is good", () => {
    const me = person()
    return Effect.gen(function*() {
      const asking = yield* Effect.fork(Effect.provide(ask(even), me.layer))
      yield* me.types("3", "4")
      expect(yield* Fiber.join(asking)).toBe(4)
      expect(yield* me.sees).toBe("an even number [2]: 3\n  that is odd\nan even number [2]: 4\n")
    })
  })

  it.effect("checks its default too, and shows no more than the beginning of a long one", () => {
    const me = person()
    return Effect.gen(function*() {
      const fallback = `${"x".repeat(100)}`
      yield* Effect.fork(Effect.provide(ask({ ...even, fallback }), me.layer))
      yield* me.types("")
      expect(yield* me.sees).toContain("that is odd")
      expect(me.asked()).toBe(`an even number [${"x".repeat(40)}…]: `)
    })
  })

  it.effect("is left by Ctrl-D", () => {
    const me = person()
    return Effect.gen(function*() {
      const asking = yield* Effect.fork(Effect.flip(Effect.provide(ask(even), me.layer)))
      yield* me.types(back)
      expect(yield* Fiber.join(asking)).toMatchObject({ _tag: "Back" })
    })
  })
})
