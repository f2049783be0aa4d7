import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { communicator, world } from "./communicating.ts"
import { back, person } from "./DialogMemory.ts"

describe("the main menu", () => {
  it.scoped("leads into either role and back, and ends with 0", () => {
    const me = person()
    return Effect.gen(function*() {
      const running = yield* communicator(me)
      yield* me.types("server", "", "", "", "log out")
      yield* TestClock.adjust("50 millis")
      yield* me.types("client", back, "quit")
      expect(yield* Fiber.join(running)).toBe(0)
      expect((yield* me.sees).match(/Main menu/g)).toHaveLength(3)
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("is quit by Ctrl-D", () => {
    const me = person()
    return Effect.gen(function*() {
      const running = yield* communicator(me)
      yield* me.types(back)
      expect(yield* Fiber.join(running)).toBe(0)
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("ends with 143 when the program is told to stop", () => {
    const me = person()
    return Effect.gen(function*() {
      const stopping = yield* Deferred.make<void>()
      const running = yield* communicator(me, {}, Deferred.await(stopping))
      expect(yield* me.sees).toContain("Main menu")
      yield* Deferred.succeed(stopping, undefined)
      expect(yield* Fiber.join(running)).toBe(143)
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("says what is wrong with a choice, and asks again", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* communicator(me)
      yield* me.types("4")
      expect(yield* me.sees).toContain("\"4\" is not in the menu; type a number from 1 to 3, or server, client, quit\n")
      expect(me.asked()).toBe("your choice [1]: ")
    }).pipe(Effect.provide(world().layer))
  })
})

describe("the defaults", () => {
  it.scoped("come from the settings first, then from the last answers", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* communicator(me, { HOLUB_HOST: "::1", HOLUB_PORT: "5000", HOLUB_TO: "192.0.2.7:6000" })
      expect(yield* me.sees).toContain("Main menu")
      expect(me.asked()).toBe("your choice [2]: ")
      yield* me.types("server")
      expect(me.asked()).toMatch(/\[::1\]: $/)
      yield* me.types("127.0.0.1")
      expect(me.asked()).toMatch(/\[5000\]: $/)
      yield* me.types("5001", back, "", "127.0.0.1")
      expect(me.asked()).toBe("port (0 for any free one) [5001]: ")
      yield* me.types(back, "client")
      expect(me.asked()).toBe("address of the server [192.0.2.7]: ")
      yield* me.types("127.0.0.1:6001")
      expect(me.asked()).toBe("port of the server [6001]: ")
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("are not taken where the settings are malformed: that is an error before the first menu", () => {
    const me = person()
    return Effect.gen(function*() {
      const running = yield* communicator(me, { HOLUB_PORT: "many" })
      const failure = yield* Effect.flip(Fiber.join(running))
      expect(failure).toMatchObject({ exitCode: 2, message: expect.stringContaining("HOLUB_PORT") })
    }).pipe(Effect.provide(world().layer))
  })
})
