import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import type { InboxEvent } from "../../../src/transfer/Inbox.ts"
import { listen } from "../../../src/transport/Transport.ts"
import type { Tapped } from "../../suites/tap.ts"
import { sentByClients } from "../../suites/tap.ts"
import { receivedOf } from "../../suites/transfer.ts"
import { classicCommunicator as communicator, serving, world } from "./communicating.ts"
import { back, person } from "./DialogMemory.ts"

const firstKeepAlivesLost = [1, 2, 3].map((nth) => ({ kind: "KPA", direction: "sent", nth, fate: "drop" }) as const)

const loggedIn = ["client", "127.0.0.1", "4040"]

describe("the communicator as a client", () => {
  it.scoped("sends texts and files, with and without a simulated error", () => {
    const me = person()
    const events: Array<InboxEvent> = []
    const { disk, layer } = world({ files: { "/home/a b.txt": "0123456789" } })
    return Effect.gen(function*() {
      yield* serving(events)
      yield* communicator(me)
      yield* me.types(...loggedIn, "text", "ahoj", "2")
      yield* me.isAsked
      expect(yield* me.sees).toMatch(
        /connected to 127\.0\.0\.1:4040, round trip under 1 ms\n[^]*sent text: 4 B .*2 fragments of 2 B\n/
      )
      yield* me.types("text error", "nazdar", "list:1,2", "cut", "")
      yield* me.isAsked
      expect(yield* me.sees).toMatch(/damaged on purpose 2: 1, 2\n\s+repeated 2: 1, 2\n/)
      yield* me.types("file", "'/home/a b.txt'", "3")
      yield* me.isAsked
      yield* me.types("file error", "", "first", "flip", "4")
      yield* me.isAsked
      expect(receivedOf(events)).toMatchObject([
        { text: "ahoj", plan: { fragments: 2 }, damaged: 0 },
        { text: "nazdar", plan: { fragments: 3 }, damaged: 2 },
        { name: "a b.txt", damaged: 0, size: 10 },
        { name: "a b.txt", damaged: 1, size: 10 }
      ])
      expect(new TextDecoder().decode(disk.get("/there/a b (1).txt"))).toBe("0123456789")
    }).pipe(Effect.provide(layer))
  })

  it.scoped("has a fragment size by default that fits the way, after one over IPv4 too", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* serving([])
      yield* listen({ host: "::1", port: 4040 })
      yield* communicator(me)
      yield* me.types(...loggedIn, "text", "ahoj", "")
      yield* me.isAsked
      yield* me.types("log out", "client", "::1", "4040", "text", "ahoj")
      expect(me.asked()).toContain("[1439]")
      yield* me.types(back, "log out", ...loggedIn, "text", "ahoj", "1000")
      yield* me.isAsked
      yield* me.types("log out", "client", "::1", "4040", "text", "ahoj")
      expect(me.asked()).toContain("[1000]")
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("takes as a default which fragments to damage as the settings write it", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* serving([])
      yield* communicator(me, { HOLUB_DAMAGE: "rate:0.00001%" })
      yield* me.types(...loggedIn, "text error", "ahoj", "")
      expect(yield* me.sees).toContain("[rate:0.00001%]")
      expect(me.asked()).toMatch(/^how /)
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("keeps its connection alive, each 5 s, while a menu waits", () => {
    const me = person()
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      yield* serving([])
      yield* communicator(me)
      yield* me.types(...loggedIn)
      yield* TestClock.adjust("12 seconds")
      yield* me.types("text")
      yield* TestClock.adjust("5 seconds")
      const times = sentByClients(log).map((frame) => Number(frame.replace("KPA 0 @", "")))
      expect(times.slice(1).map((time, index) => time - (times[index] ?? 0))).toEqual([5000, 5000, 5000])
      expect(me.asked()).toContain("text [")
    }).pipe(Effect.provide(world({ log }).layer))
  })

  it.scoped("says FIN at once when the person logs out, and comes back to the main menu", () => {
    const me = person()
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      yield* serving([])
      yield* communicator(me)
      yield* me.types(...loggedIn)
      yield* TestClock.adjust("1 seconds")
      const before = log.length
      yield* me.types("log out")
      expect(log.slice(before).map(({ label }) => label)).toEqual(["FIN 0"])
      expect(yield* me.sees).toContain("logged out\n\nMain menu\n")
    }).pipe(Effect.provide(world({ log }).layer))
  })

  it.scoped.each(
    [
      ["the menu", [], /^your choice/],
      ["the question for a text", ["text"], /^text/],
      ["the question for a file", ["file"], /^file/],
      ["the question for fragments", ["text error", "a"], /^fragments to damage/]
    ] as const
  )("tells a loss after 30 s while %s waits, and comes back to the main menu (U1)", ([, answers, question]) => {
    const me = person()
    return Effect.gen(function*() {
      yield* serving([])
      yield* communicator(me)
      yield* me.types(...loggedIn, ...answers)
      yield* TestClock.adjust("29 seconds")
      expect(me.asked()).toMatch(question)
      yield* TestClock.adjust("1 seconds")
      expect(yield* me.sees).toMatch(/holub: 127\.0\.0\.1:4040 stopped answering 30 s ago\n[^]*Main menu\n/)
      // The last role is the next default.
      expect(me.asked()).toBe("your choice [2]: ")
    }).pipe(
      Effect.provide(
        world({
          script: [2, 3, 4, 5, 6, 7].map((nth) => ({ kind: "KPA", direction: "sent", nth, fate: "drop" }) as const)
        })
          .layer
      )
    )
  })

  it.scoped("tells that the server ended the connection, and comes back to the main menu", () => {
    const me = person()
    return Effect.gen(function*() {
      const listener = yield* serving([])
      yield* communicator(me)
      yield* me.types(...loggedIn)
      yield* Effect.fork(listener.drain)
      yield* TestClock.adjust("5 seconds")
      expect(yield* me.sees).toMatch(/holub: 127\.0\.0\.1:4040 ended the connection\n[^]*Main menu\n/)
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("says why nobody is there, and asks again", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* communicator(me)
      yield* me.types(...loggedIn)
      yield* TestClock.adjust("500 millis")
      expect(yield* me.sees).toContain("holub: nothing listens at 127.0.0.1:4040\n")
      expect(me.asked()).toBe("address of the server [127.0.0.1]: ")
      yield* serving([])
      yield* me.types("", "")
      expect(yield* me.sees).toContain("connected to 127.0.0.1:4040")
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("says after 2 s that a server is silent, and lets the person end the wait", () => {
    const me = person()
    const log: Array<Tapped> = []
    return Effect.gen(function*() {
      yield* serving([])
      yield* communicator(me)
      yield* me.types(...loggedIn)
      expect(me.asked()).toBeUndefined()
      yield* TestClock.adjust("2 seconds")
      expect(me.asked()).toBe("127.0.0.1:4040 has not answered for 2.00 s; Enter ends the wait: ")
      yield* me.types("")
      expect(me.asked()).toBe("address of the server [127.0.0.1]: ")
      expect(sentByClients(log).at(-1)).toMatch(/^FIN/)
    }).pipe(Effect.provide(world({ log, script: [{ kind: "KPA", direction: "sent", fate: "drop" }] }).layer))
  })

  it.scoped("goes on by itself when a server answers late", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* serving([])
      yield* communicator(me)
      yield* me.types(...loggedIn)
      yield* TestClock.adjust("5 seconds")
      expect(yield* me.sees).toContain("connected to 127.0.0.1:4040, round trip 3.00 s\n")
      expect(me.asked()).toBe("your choice [1]: ")
    }).pipe(
      Effect.provide(world({ script: firstKeepAlivesLost }).layer)
    )
  })

  it.scoped("goes back from a question to its menu by Ctrl-D, and from there to the main menu", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* serving([])
      yield* communicator(me)
      yield* me.types(...loggedIn, "file error", back)
      expect(yield* me.sees).toMatch(/file.*: \n\nClient of /)
      yield* me.types(back)
      expect(yield* me.sees).toContain("logged out\n\nMain menu\n")
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("tells that a message was refused, and comes back to the main menu", () => {
    const me = person()
    return Effect.gen(function*() {
      yield* serving([], 5)
      yield* communicator(me)
      yield* me.types(...loggedIn, "file", "/home/a.txt", "1")
      expect(yield* me.sees).toMatch(/holub: 127\.0\.0\.1:4040 refused the message\n[^]*Main menu\n/)
    }).pipe(Effect.provide(world({ files: { "/home/a.txt": "more than that" } }).layer))
  })

  it.scoped("says FIN when the program is interrupted in the middle of a message", () => {
    const me = person()
    const events: Array<InboxEvent> = []
    return Effect.gen(function*() {
      yield* serving(events)
      const running = yield* communicator(me)
      yield* me.types(...loggedIn, "text", "0123456789", "1")
      yield* TestClock.adjust("10 millis")
      expect(events.at(-1)).toMatchObject({ _tag: "Started" })
      yield* Fiber.interrupt(running)
      yield* TestClock.adjust("1 millis")
      expect(events.at(-1)).toMatchObject({ _tag: "Disconnected", error: { reason: "Closed" } })
    }).pipe(
      Effect.provide(world({ script: [{ kind: "DAT", sequenceNumber: 5, direction: "sent", fate: "drop" }] }).layer)
    )
  })
})
