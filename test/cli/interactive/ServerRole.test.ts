import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Outbox from "../../../src/transfer/Outbox.ts"
import { connect, listen } from "../../../src/transport/Transport.ts"
import { classicCommunicator as communicator, world } from "./communicating.ts"
import { person } from "./DialogMemory.ts"

const here = { host: "127.0.0.1", port: 4040 }
const loggedIn = ["server", "127.0.0.1", "4040", "/in"]
const ask = "your choice [1]: "

describe("the communicator as a server", () => {
  it.scoped("shows who comes and what arrives while its menu waits, and who is there", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* communicator(me)
      yield* me.types(...loggedIn)
      const session = yield* connect(here)
      yield* Outbox.sendText(session, "ahoj\u001b[2J", { fragmentSize: 100 })
      const seen = yield* me.sees
      expect(seen).toContain("127.0.0.1:49153 connected\n")
      expect(seen).toContain("ahoj\\u{1b}[2J\n")
      expect(me.asked()).toBe(ask)
      yield* TestClock.adjust("3 seconds")
      yield* me.types("who")
      expect(yield* me.sees).toMatch(
        /127\.0\.0\.1:49153, since \d\d:\d\d:\d\d \(3\.\d\d s\): 1 text and 0 files, 8 B\n/
      )
      yield* session.close()
      expect(yield* me.sees).toBe("127.0.0.1:49153 left\n")
      yield* me.types("who")
      expect(yield* me.sees).toContain("no peer is connected\n")
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("tells that a client timed out, while its menu waits", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* communicator(me)
      yield* me.types(...loggedIn)
      const session = yield* connect(here)
      yield* session.ping
      yield* TestClock.adjust("29 seconds")
      expect(yield* me.sees).not.toContain("silent")
      yield* TestClock.adjust("2 seconds")
      expect(yield* me.sees).toContain("127.0.0.1:49153 timed out\n")
      expect(me.asked()).toBe(ask)
    }).pipe(
      Effect.provide(
        world({
          script: [2, 3, 4, 5, 6, 7].map((nth) => ({ kind: "KPA", direction: "sent", nth, fate: "drop" }) as const)
        }).layer
      )
    )
  })

  it.scoped("logs out at once while nobody is connected", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* communicator(me)
      yield* me.types(...loggedIn, "log out")
      yield* TestClock.adjust("50 millis")
      expect(yield* me.sees).toContain("stopping\nlogged out\n\nMain menu\n")
      // The port is free again.
      yield* listen(here)
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("tells a connected client with its next keep-alive that it logs out", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* communicator(me)
      yield* me.types(...loggedIn)
      const session = yield* connect(here)
      yield* session.ping
      yield* me.types("log out")
      expect(yield* me.sees).toContain("stopping; 1 peer will be informed within 7 s\n")
      yield* TestClock.adjust("4 seconds")
      expect(me.asked()).toBeUndefined()
      yield* TestClock.adjust("1050 millis")
      expect(yield* me.sees).toContain("logged out\n")
      expect(yield* session.closed).toMatchObject({ reason: "Closed" })
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("stops after 7 s if the client sends no keep-alive", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* communicator(me)
      yield* me.types(...loggedIn)
      const session = yield* connect(here)
      yield* session.ping
      yield* me.types("log out")
      yield* TestClock.adjust("7050 millis")
      expect(yield* me.sees).toContain("logged out\n")
    }).pipe(
      Effect.provide(world({ script: [{ kind: "KPA", direction: "sent", nth: 2, fate: "drop" }] }).layer)
    )
  })

  it.scoped("lets what is under way come to its end when the program is told to stop, and ends with 0", () => {
    const me = person()
    return Effect.gen(function*() {
      const stopping = yield* Deferred.make<void>()
      const running = yield* communicator(me, {}, Deferred.await(stopping))
      yield* me.types(...loggedIn)
      const session = yield* connect(here)
      yield* Effect.fork(Outbox.sendText(session, "0123456789", { fragmentSize: 1 }))
      yield* TestClock.adjust("10 millis")
      yield* Deferred.succeed(stopping, undefined)
      yield* TestClock.adjust("10 seconds")
      expect(yield* me.sees).toMatch(/1 message may finish within 10 s\n[^]*received text: 10 B/)
      expect(yield* Fiber.join(running)).toBe(0)
    }).pipe(
      Effect.provide(
        world({ script: [{ kind: "DAT", sequenceNumber: 5, direction: "sent", nth: 1, fate: "drop" }] }).layer
      )
    )
  })

  it.scoped("takes the directory that the settings name on Enter, quotes and backslashes included", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* communicator(me, { HOLUB_DIR: "/srv/it's \\ bob's" })
      yield* me.types("server", "", "", "")
      expect(yield* me.sees).toContain("files go to /srv/it's \\ bob's\n")
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("says what is wrong with an answer, and asks again", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* listen(here)
      yield* communicator(me)
      yield* me.types("server", "not an address", "127.0.0.1", "4040", "4041", "/a.txt")
      const seen = yield* me.sees
      expect(seen).toContain("\"not an address\" is not an address")
      expect(seen).toContain("the address 127.0.0.1:4040 is in use; take another one")
      expect(me.asked()).toBe("directory for files [./inbox]: ")
    }).pipe(Effect.provide(world({ files: { "/a.txt": "a" } }).layer))
  })
})
