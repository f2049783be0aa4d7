import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Storage } from "../../../src/storage/Storage.ts"
import * as StorageMemory from "../../../src/storage/StorageMemory.ts"
import type { InboxEvent } from "../../../src/transfer/Inbox.ts"
import { receiveAll } from "../../../src/transfer/Inbox.ts"
import { sendFile, sendText } from "../../../src/transfer/Outbox.ts"
import * as Endpoint from "../../../src/transport/flock/FlockEndpoint.ts"
import { address, network, newWire, passing } from "../../suites/flockNetwork.ts"
import { communicator } from "./communicating.ts"
import { person } from "./DialogMemory.ts"

const world = (wire = newWire(), files: Readonly<Record<string, string>> = {}) => {
  const disk: StorageMemory.Disk = new Map(
    Object.entries(files).map(([path, text]) => [path, new TextEncoder().encode(text)])
  )
  return { disk, layer: Layer.merge(network(wire), StorageMemory.layer(disk)) }
}

/** A server outside of the interactive mode, whose events are collected. */
const serving = (events: Array<InboxEvent> = []) =>
  Effect.gen(function*() {
    const listener = yield* Endpoint.listen(address)
    const inbox = yield* Effect.flatMap(Storage, (storage) => storage.inbox({ path: "/there", ifExists: "fail" }))
    yield* Effect.forkScoped(
      Stream.runForEach(receiveAll(listener, inbox), (event) => Effect.sync(() => events.push(event)))
    )
    return listener
  })

const asClient = ["client", "127.0.0.1", "4040"]
const asServer = ["server", "127.0.0.1", "4040", "/in"]

describe("the communicator as a client over flock", () => {
  it.scoped("sends texts and files, asks for no fragment size, and offers no simulated error", () => {
    const me = person()
    const events: Array<InboxEvent> = []
    const { disk, layer } = world(newWire(), { "/home/a.txt": "0123456789" })
    return Effect.gen(function*() {
      yield* serving(events)
      yield* communicator(me)
      yield* me.types(...asClient)
      expect(yield* me.sees).toMatch(/connected to 127\.0\.0\.1:4040, round trip under 1 ms\n\nClient of/)
      expect(me.asked()).toBe("your choice [1]: ")
      yield* me.types("text", "ahoj")
      yield* passing(me.isAsked)
      expect(yield* me.sees).toMatch(/text \[Hello from holub\]: ahoj\nsent text: 4 B in [^,]*\n\nClient of/)
      yield* me.types("text error")
      expect(yield* me.sees).toMatch(
        /"text error" is not in the menu; type a number from 1 to 3, or text, file, log out/
      )
      yield* me.types("file", "/home/a.txt")
      yield* passing(me.isAsked)
      yield* me.types("log out")
      yield* passing(me.isAsked)
      expect(yield* me.sees).toContain("logged out\n\nMain menu\n")
      expect(events.map(({ _tag }) => _tag)).toEqual([
        "Connected",
        "Started",
        "Received",
        "Started",
        "Received",
        "Disconnected"
      ])
      expect(new TextDecoder().decode(disk.get("/there/a.txt"))).toBe("0123456789")
    }).pipe(Effect.provide(layer))
  })

  it.scoped("tells why a message was refused, and sends the next one over the same session", () => {
    const me = person()
    const events: Array<InboxEvent> = []
    return Effect.gen(function*() {
      yield* serving(events)
      yield* communicator(me)
      yield* me.types(...asClient, "file", "/home/a.txt")
      yield* passing(me.isAsked)
      yield* me.types("file", "/home/a.txt")
      yield* passing(me.isAsked)
      expect(yield* me.sees).toMatch(
        /holub: 127\.0\.0\.1:4040 refused the message: the receiver has a file of this name[^]*Client of/
      )
      yield* me.types("text", "and on")
      yield* passing(me.isAsked)
      expect(events.filter(({ _tag }) => _tag === "Connected")).toHaveLength(1)
      expect(events.at(-1)).toMatchObject({ _tag: "Received", message: { text: "and on" } })
    }).pipe(Effect.provide(world(newWire(), { "/home/a.txt": "a" }).layer))
  })

  it.scoped("tells a loss while its menu waits, and comes back to the main menu", () => {
    const me = person()
    const wire = newWire()
    return Effect.gen(function*() {
      yield* serving()
      yield* communicator(me)
      yield* me.types(...asClient)
      expect(me.asked()).toBe("your choice [1]: ")
      wire.isCut = true
      yield* TestClock.adjust("31 seconds")
      expect(yield* me.sees).toMatch(/holub: 127\.0\.0\.1:4040 stopped answering\n[^]*Main menu\n/)
      expect(me.asked()).toBe("your choice [2]: ")
    }).pipe(Effect.provide(world(wire).layer))
  })

  it.scoped("tells a loss while a question waits, and comes back to the main menu", () => {
    const me = person()
    const wire = newWire()
    return Effect.gen(function*() {
      yield* serving()
      yield* communicator(me)
      yield* me.types(...asClient)
      // It is kept alive while nothing is typed.
      yield* TestClock.adjust("5 minutes")
      yield* me.types("text")
      expect(me.asked()).toMatch(/^text /)
      wire.isCut = true
      yield* TestClock.adjust("69 seconds")
      expect(yield* me.sees).toMatch(/holub: 127\.0\.0\.1:4040 stopped answering\n[^]*Main menu\n/)
      expect(me.asked()).toBe("your choice [2]: ")
    }).pipe(Effect.provide(world(wire).layer))
  })

  it.scoped("tells a loss in the middle of a message once", () => {
    const me = person()
    const wire = newWire()
    return Effect.gen(function*() {
      yield* serving()
      yield* communicator(me)
      yield* me.types(...asClient, "text")
      wire.isCut = true
      yield* me.types("ahoj")
      expect(me.asked()).toBeUndefined()
      yield* TestClock.adjust("69 seconds")
      expect((yield* me.sees).match(/stopped answering/g)).toHaveLength(1)
      expect(me.asked()).toBe("your choice [2]: ")
    }).pipe(Effect.provide(world(wire).layer))
  })

  it.scoped("tells that the server ended the session, and that it takes no more", () => {
    const me = person()
    return Effect.gen(function*() {
      const scope = yield* Scope.make()
      yield* Effect.provideService(serving(), Scope.Scope, scope)
      yield* communicator(me)
      yield* me.types(...asClient)
      yield* Effect.fork(Scope.close(scope, Exit.void))
      yield* TestClock.adjust("1 seconds")
      expect(yield* me.sees).toMatch(/holub: 127\.0\.0\.1:4040 ended the connection\n[^]*Main menu\n/)
      const listener = yield* serving()
      yield* listener.drain
      yield* me.types(...asClient)
      expect(yield* me.sees).toMatch(/holub: 127\.0\.0\.1:4040 accepts no connections now[^\n]*\n[^]*Main menu\n/)
    }).pipe(Effect.provide(world().layer))
  })

  it.scoped("says that nobody answers, which wire the other side needs, and lets the person end the wait", () => {
    const me = person()
    const wire = newWire()
    return Effect.gen(function*() {
      yield* communicator(me)
      yield* me.types(...asClient)
      yield* TestClock.adjust("1 seconds")
      expect(yield* me.sees).toMatch(/nothing listens at 127\.0\.0\.1:4040\n.*`holub serve`/)
      wire.isCut = true
      yield* me.types("", "")
      yield* TestClock.adjust("2 seconds")
      expect(me.asked()).toBe("127.0.0.1:4040 has not answered for 2.00 s; Enter ends the wait: ")
      yield* me.types("")
      expect(me.asked()).toBe("address of the server [127.0.0.1]: ")
    }).pipe(Effect.provide(world(wire).layer))
  })
})

describe("the communicator as a server over flock", () => {
  it.scoped("shows who comes and what arrives while its menu waits, and tells them when it logs out", () => {
    const me = person()
    const { disk, layer } = world(newWire(), { "/home/a.txt": "0123456789" })
    return Effect.gen(function*() {
      yield* communicator(me)
      yield* me.types(...asServer)
      expect(yield* me.sees).toMatch(/the words of its key: [a-z]+(?: [a-z]+){7}\n/)
      const session = yield* Endpoint.connect(address)
      const peer = "127\\.0\\.0\\.1:\\d+"
      yield* passing(sendText(session, "ahoj\u001b[2J"))
      const source = yield* Effect.flatMap(Storage, (storage) => storage.source("/home/a.txt"))
      yield* passing(sendFile(session, source))
      const seen = yield* me.sees
      expect(seen).toMatch(
        new RegExp(`${peer} connected\n${peer}> ahoj\\\\u\\{1b\\}\\[2J\n[^]*/in/a\\.txt\nreceived a\\.txt: 10 B`)
      )
      expect(new TextDecoder().decode(disk.get("/in/a.txt"))).toBe("0123456789")
      yield* me.types("who")
      expect(yield* me.sees).toMatch(new RegExp(`${peer}, since .*: 1 text and 1 file, 18 B\n`))
      yield* me.types("log out")
      yield* TestClock.adjust("1 seconds")
      expect(yield* me.sees).toMatch(new RegExp(`stopping\n${peer} was disconnected\nlogged out\n\nMain menu\n`))
      expect(yield* session.closed).toMatchObject({ reason: "Closed" })
    }).pipe(Effect.provide(layer))
  })

  it.scoped("tells that a client timed out, and that another left", () => {
    const me = person()
    const wire = newWire()
    return Effect.gen(function*() {
      yield* communicator(me)
      yield* me.types(...asServer)
      const session = yield* Endpoint.connect(address)
      yield* passing(session.close())
      expect(yield* me.sees).toMatch(/127\.0\.0\.1:\d+ connected\n127\.0\.0\.1:\d+ left\n/)
      yield* Endpoint.connect(address)
      expect(yield* me.sees).toMatch(/127\.0\.0\.1:\d+ connected\n/)
      wire.isCut = true
      yield* TestClock.adjust("69 seconds")
      expect(yield* me.sees).toMatch(/127\.0\.0\.1:\d+ timed out\n/)
      yield* me.types("who")
      expect(yield* me.sees).toContain("no peer is connected\n")
    }).pipe(Effect.provide(world(wire).layer))
  })
})
