import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as SecretPrompt from "../../../src/cli/interactive/SecretPrompt.ts"
import { secretDevice } from "./SecretDevice.ts"

/** What is read when these keys are typed, in one read of the terminal each, and what was shown. */
const reading = (...keys: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const { device, text, type } = secretDevice()
    const fiber = yield* Effect.fork(SecretPrompt.read(device, "password: "))
    yield* Effect.yieldNow()
    for (const one of keys) type(one)
    return [yield* Fiber.join(fiber), text()]
  })

describe("a secret", () => {
  it.effect("is read key by key, and nothing of it is shown", () =>
    Effect.gen(function*() {
      expect(yield* reading("a", " ", "b", "\r")).toEqual(["a b", "password: \n"])
      expect(yield* reading("a pigeon\n")).toEqual(["a pigeon", "password: \n"])
    }))

  it.effect.each<[what: string, keys: ReadonlyArray<string>, secret: string]>([
    ["Backspace", ["ab\u007fc\b\b🐦\u007fd\r"], "d"],
    ["Ctrl-U", ["wrong\u0015right\r"], "right"],
    ["arrows, Home, F1 and Alt", ["a\u001b[A\u001b[1;5C", "\u001bOP\u001bxb\u001b", "[3~c\r"], "abc"],
    ["Tab and other control keys", ["a\tb\u0001c\u0004d\r"], "abcd"],
    ["more than a secret may have", ["x".repeat(5000), "\r"], "x".repeat(2048)]
  ])("takes %s for what they are", ([, keys, secret]) =>
    Effect.gen(function*() {
      expect((yield* reading(...keys))[0]).toBe(secret)
    }))

  it.effect("takes a character whose bytes arrive in two reads", () =>
    Effect.gen(function*() {
      const { device } = secretDevice()
      const fiber = yield* Effect.fork(SecretPrompt.read(device, ""))
      yield* Effect.yieldNow()
      for (const byte of Buffer.from("č\r")) device.input.emit("data", Buffer.of(byte))
      expect(yield* Fiber.join(fiber)).toBe("č")
    }))

  it.effect("leaves what follows it to the next question, and the terminal as it was", () =>
    Effect.gen(function*() {
      const { device, modes, type } = secretDevice()
      const both = Effect.all([SecretPrompt.read(device, "one: "), SecretPrompt.read(device, "two: ")])
      const fiber = yield* Effect.fork(both)
      yield* Effect.yieldNow()
      type("first\rsecond\r")
      expect(yield* Fiber.join(fiber)).toEqual(["first", "second"])
      expect(modes).toEqual([true, false, true, false])
    }))

  it.effect("is none after Ctrl-D and after the end of the terminal", () =>
    Effect.gen(function*() {
      for (const leave of ["\u0004", undefined]) {
        const { device, end, modes, type } = secretDevice()
        const fiber = yield* Effect.fork(SecretPrompt.read(device, ""))
        yield* Effect.yieldNow()
        if (leave === undefined) end()
        else type(leave)
        expect((yield* Effect.flip(Fiber.join(fiber)))._tag).toBe("Back")
        expect(modes).toEqual([true, false])
      }
    }))

  it.effect("passes Ctrl-C on, and restores the terminal when it is interrupted", () =>
    Effect.gen(function*() {
      const { device, modes, signals, text } = secretDevice()
      const fiber = yield* Effect.fork(SecretPrompt.read(device, "password: "))
      yield* Effect.yieldNow()
      device.input.emit("data", Buffer.from("ab\u0003"))
      expect(signals).toEqual(["SIGINT"])
      yield* Fiber.interrupt(fiber)
      expect([modes, text()]).toEqual([[true, false], "password: \n"])
      expect(device.input.listenerCount("data")).toBe(0)
    }))
})
