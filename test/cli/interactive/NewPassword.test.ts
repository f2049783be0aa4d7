import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as NewPassword from "../../../src/cli/interactive/NewPassword.ts"
import { secretDevice } from "./SecretDevice.ts"

describe("a new password on a terminal", () => {
  it.effect("is typed twice, until it can be one and both are the same", () =>
    Effect.gen(function*() {
      const { device, text, type } = secretDevice()
      const inputs = { isTerminal: true, device, stdin: Stream.empty }
      const fiber = yield* Effect.fork(NewPassword.read("a\u001bla", inputs))
      yield* Effect.yieldNow()
      type("short\ra pigeon flies\ra pigeon walks\ra pigeon flies\ra pigeon flies\r")
      expect(yield* Fiber.join(fiber)).toBe("a pigeon flies")
      expect(text().split("\n")).toEqual([
        "new password of a\\u{1b}la: ",
        "  a password has at least 8 characters",
        "new password of a\\u{1b}la: ",
        "the same again: ",
        "  the two are not the same",
        "new password of a\\u{1b}la: ",
        "the same again: ",
        ""
      ])
    }))

  it.effect("is none after Ctrl-D: exit code 2", () =>
    Effect.gen(function*() {
      const { device, type } = secretDevice()
      const fiber = yield* Effect.fork(NewPassword.read("ala", { isTerminal: true, device, stdin: Stream.empty }))
      yield* Effect.yieldNow()
      type("\u0004")
      expect(yield* Effect.flip(Fiber.join(fiber))).toMatchObject({ exitCode: 2, message: "no password was typed" })
    }))
})

describe("a new password on standard input", () => {
  const { device } = secretDevice()
  const given = (...parts: ReadonlyArray<string>) => {
    const stdin = Stream.fromIterable(parts.map((part) => new TextEncoder().encode(part)))
    return NewPassword.read("ala", { isTerminal: false, device, stdin })
  }

  it.effect("is the first line, with its spaces, however it is cut", () =>
    Effect.gen(function*() {
      expect(yield* given(" a pig", "eon flies \r", "\nmore")).toBe(" a pigeon flies ")
      expect(yield* given("a pigeon flies")).toBe("a pigeon flies")
    }))

  it.effect("is exit code 2 where there is none, or one that cannot be a password", () =>
    Effect.gen(function*() {
      const messageOf = (...parts: ReadonlyArray<string>) =>
        Effect.map(Effect.flip(given(...parts)), ({ exitCode, message }) => `${exitCode} ${message}`)
      expect(yield* messageOf()).toBe("2 there is no password on standard input")
      expect(yield* messageOf("\n")).toBe("2 a password is not empty")
      expect(yield* messageOf("pigeon\n")).toBe("2 a password has at least 8 characters")
      expect(yield* messageOf(...Array.from({ length: 9 }, () => "x".repeat(1000)))).toBe(
        "2 a password has at most 1024 bytes"
      )
    }))

  it.effect("is not waited for beyond what a password may have", () =>
    Effect.gen(function*() {
      const endless = Stream.repeatValue(new Uint8Array(65_536).fill(120))
      const failure = yield* Effect.flip(NewPassword.read("ala", { isTerminal: false, device, stdin: endless }))
      expect(failure.message).toBe("a password has at most 1024 bytes")
    }))
})
