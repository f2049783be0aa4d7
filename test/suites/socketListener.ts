/** Tests of rooms behind a listener of sockets: the same app behaves the same on every kind of socket. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Scope from "effect/Scope"
import { echo } from "../../src/apps/dialogues/Echo.ts"
import { lines } from "../../src/protocol/framing/LineFraming.ts"
import { raw } from "../../src/protocol/framing/ReadFraming.ts"
import { crowdApp, departures, listenedRoom, type World } from "./listenedRoom.ts"

export const socketListenerSuite = (world: World): void => {
  const inWorld = <E>(name: string, test: () => Effect.Effect<void, E, Scope.Scope>) =>
    it.effect(name, () =>
      Effect.gen(function*() {
        const scope = yield* Scope.make()
        return yield* Effect.onExit(
          Scope.extend(test(), scope),
          (exit) => world.passing(Scope.close(scope, exit))
        )
      }))

  describe(`a room on ${world.name}`, () => {
    inWorld("answers what it is sent, in order, and the rest after the end of the input", () =>
      Effect.gen(function*() {
        const { client, events, until } = yield* listenedRoom(world, echo, raw)
        const caller = yield* client
        yield* caller.says("coo")
        yield* until(() => caller.told() === "coo")
        yield* caller.says("roo")
        yield* caller.finish
        yield* until(() => caller.end() !== undefined)
        expect([caller.told(), caller.end()]).toEqual(["cooroo", "end"])
        yield* until(() => departures(events).length > 0)
        expect(departures(events)).toEqual(["ended"])
        expect(events.find(({ _tag }) => _tag === "ServiceConnected")).toMatchObject({
          app: "echo",
          transport: world.transport
        })
      }))

    inWorld("reads the same messages from any division into reads", () =>
      Effect.gen(function*() {
        const { client, until } = yield* listenedRoom(world, crowdApp, lines)
        for (const step of [1, 2, 1000]) {
          const caller = yield* client
          const said = Buffer.from("one\ntwo\r\nthree\n")
          for (let at = 0; at < said.length; at += step) {
            yield* caller.write(said.subarray(at, at + step))
          }
          yield* until(() => caller.told().endsWith("three\n"))
          expect(caller.told()).toMatch(/^\d+\none\ntwo\nthree\n$/)
          yield* caller.finish
          yield* until(() => caller.end() !== undefined)
        }
      }))

    inWorld("delivers the unended last message of a client that has ended its input", () =>
      Effect.gen(function*() {
        const { client, until } = yield* listenedRoom(world, crowdApp, lines)
        const caller = yield* client
        yield* caller.write(Buffer.from("one\nlast"))
        yield* caller.finish
        yield* until(() => caller.end() !== undefined)
        expect(caller.told()).toBe("1\none\nlast\n")
      }))

    inWorld("ends a client after what it was sent, and takes no more from it", () =>
      Effect.gen(function*() {
        const { client, events, room, until } = yield* listenedRoom(world, crowdApp, lines)
        const caller = yield* client
        yield* caller.write(Buffer.from("bye\nlate\n"))
        yield* until(() => caller.end() !== undefined)
        yield* caller.write(Buffer.from("later\n"))
        expect([caller.told(), caller.end()]).toEqual(["1\nsee you\n", "end"])
        yield* until(() => departures(events).length > 0)
        expect([departures(events), room.present().length]).toEqual([["ended"], 0])
      }))

    inWorld("goes on without a client that dies within a message", () =>
      Effect.gen(function*() {
        const { client, events, until } = yield* listenedRoom(world, crowdApp, lines)
        const [one, other] = [yield* client, yield* client]
        yield* until(() => other.told() === "2\n")
        yield* one.write(Buffer.from("first\nhal"))
        yield* until(() => other.told().includes("first"))
        yield* one.reset
        yield* until(() => departures(events).length > 0)
        yield* other.says("second")
        yield* until(() => other.told().includes("second"))
        expect([other.told(), departures(events)]).toEqual(["2\nfirst\nsecond\n", ["reset"]])
      }))

    inWorld("tells a client what is wrong with its messages, and ends it", () =>
      Effect.gen(function*() {
        const { client, events, until } = yield* listenedRoom(world, crowdApp, lines)
        const caller = yield* client
        yield* caller.write(Buffer.from(`one\n${"x".repeat(70_000)}`))
        yield* until(() => caller.end() !== undefined)
        expect(caller.told()).toMatch(/^1\none\na .* longer than 65536 bytes\n$/)
        yield* until(() => departures(events).length > 0)
        expect(departures(events)).toEqual(["failed"])
      }))

    inWorld("refuses a client while it is paused, with the reason as text", () =>
      Effect.gen(function*() {
        const { client, events, room, until } = yield* listenedRoom(world, crowdApp, lines)
        room.pause(true)
        const caller = yield* client
        yield* caller.says("hello?")
        yield* until(() => caller.end() !== undefined)
        expect([caller.told(), caller.end()]).toEqual(["\"crowd\" takes no new clients at the moment\n", "end"])
        expect(departures(events)).toEqual(["refused"])
        room.pause(false)
        const next = yield* client
        yield* until(() => next.told() === "1\n")
      }))

    inWorld("ends a client that takes nothing of too much, and none of the others", () =>
      Effect.gen(function*() {
        const { client, events, until } = yield* listenedRoom(world, crowdApp, lines)
        const [slow, quick] = [yield* client, yield* client]
        yield* until(() => slow.told() === "1\n" && quick.told() === "2\n")
        slow.pause()
        // What the buffers of a kernel take differs from machine to machine.
        for (let floods = 0; floods < 200 && departures(events).length === 0; floods++) {
          const before = quick.receivedBytes()
          yield* quick.says("much")
          yield* until(() => quick.receivedBytes() >= before + 240_000)
        }
        yield* quick.says("done")
        yield* until(() => Buffer.from(quick.received().subarray(-5)).toString() === "done\n")
        expect(departures(events)).toEqual(["slow"])
        slow.resume()
        yield* until(() => slow.end() !== undefined)
      }))

    inWorld("leads many clients at once", () =>
      Effect.gen(function*() {
        const { client, room, until } = yield* listenedRoom(world, crowdApp, lines)
        const callers = yield* Effect.replicateEffect(client, 10)
        yield* until(() => room.present().length === 10 && callers.every(({ told }) => told().endsWith("\n")))
        yield* Effect.forEach(callers, ({ says }, index) => says(`client ${index}`), { concurrency: "unbounded" })
        const all = callers.map((_, index) => `client ${index}`).toSorted()
        const saidTo = (told: string) => told.split("\n").filter((line) => line.startsWith("client"))
        yield* until(() => callers.every(({ told }) => saidTo(told()).length === 10))
        const [first = []] = callers.map(({ told }) => saidTo(told()))
        expect(first.toSorted()).toEqual(all)
        // All have seen them in one order.
        for (const { told } of callers) expect(saidTo(told())).toEqual(first)
      }))
  })
}
