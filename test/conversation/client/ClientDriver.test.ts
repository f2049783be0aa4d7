import { describe, expect, it } from "@effect/vitest"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as ClientDriver from "../../../src/conversation/client/ClientDriver.ts"
import type { ServerPlace } from "../../../src/conversation/client/DialedServers.ts"
import { RoomsClient } from "../../../src/protocol/conversation/client/RoomsClient.ts"
import { ModelServer, room } from "../../protocol/conversation/client/modelServers.ts"
import { type MemoryStream, streamTo } from "./memoryStreams.ts"

class Unreachable extends Data.TaggedError("Unreachable")<{ readonly message: string }> {}

const place = (name: string, port: number): ServerPlace => ({
  name,
  address: { host: "127.0.0.1", port },
  key: undefined
})
const [alpha, beta] = [place("alpha", 1), place("beta", 2)] as const
const said = (text: string) => ({ kind: "said", body: { text }, re: undefined })

/** A client of two servers, of which the test says which ones are there. */
const world = Effect.gen(function*() {
  const servers = new Map([["alpha", new ModelServer("alpha")], ["beta", new ModelServer("beta")]])
  const gone = new Set<string>()
  const streams: Array<MemoryStream & { readonly server: string }> = []
  const events: Array<string> = []
  const client = new RoomsClient("d")
  client.openRoom(room)
  const driver = yield* ClientDriver.make(client, {
    servers: [alpha, beta],
    open: ({ name }) => {
      const server = gone.has(name) ? undefined : servers.get(name)
      if (server === undefined) return Effect.fail(new Unreachable({ message: `${name} is not there` }))
      return Effect.map(streamTo(server), (stream) => {
        streams.push({ ...stream, server: name })
        return stream.bytes
      })
    },
    login: () => Effect.succeed({ as: "guest" as const, nick: "ala" }),
    onTurn: (all, { name }) => events.push(...all.map(({ _tag }) => `${_tag} ${name}`))
  })
  return { driver, client, servers, gone, streams, events }
})

const lines = (client: RoomsClient) =>
  client.roomView(room)?.timeline.lines.map((line) => line._tag === "Said" ? line.text : line._tag)

describe("the shell of a client of rooms", () => {
  it.scoped("posts when the client is told to, and goes on after a break where it was", () =>
    Effect.gen(function*() {
      const { client, driver, events, servers, streams } = yield* world
      yield* driver.opened
      driver.act((one, now) => one.post(room, said("one"), now))
      yield* TestClock.adjust("1 millis")
      expect(lines(client)).toEqual(["one"])
      streams[0]?.cut()
      yield* TestClock.adjust("0 millis")
      expect(client.view.connection).toMatchObject({ _tag: "Lost", reason: "the server has ended the connection" })
      driver.act((one, now) => one.post(room, said("two"), now))
      servers.get("alpha")?.post({ author: "bo@alpha", device: "b" }, { n: 1, kind: "said", body: { text: "bo" } })
      yield* TestClock.adjust("1 seconds")
      expect(lines(client)).toEqual(["one", "bo", "two"])
      expect(events.filter((event) => /^(?:Welcomed|Lost)/.test(event))).toEqual([
        "Welcomed alpha",
        "Lost alpha",
        "Welcomed alpha"
      ])
    }))

  it.scoped("takes another server while its own is gone", () =>
    Effect.gen(function*() {
      const { client, driver, gone, streams } = yield* world
      yield* driver.opened
      gone.add("alpha")
      streams[0]?.cut()
      yield* TestClock.adjust("1 seconds")
      expect(client.view.connection).toMatchObject({ _tag: "Connected", server: "beta", author: "~ala@beta" })
      expect(streams.map(({ server }) => server)).toEqual(["alpha", "beta"])
    }))

  it.scoped("waits longer and longer, and at most half a minute or so, for a server that is gone", () =>
    Effect.gen(function*() {
      const { client, driver, events, gone, streams } = yield* world
      yield* driver.opened
      gone.add("alpha").add("beta")
      streams[0]?.cut()
      yield* TestClock.adjust("10 minutes")
      const rounds = events.filter((event) => event === "Unreached alpha").length
      expect(rounds).toBeGreaterThan(15)
      expect(rounds).toBeLessThan(50)
      gone.clear()
      yield* TestClock.adjust("40 seconds")
      expect(client.view.connection._tag).toBe("Connected")
    }))

  it.scoped("fails if no server can be reached at first", () =>
    Effect.gen(function*() {
      const { driver, events, gone } = yield* Effect.tap(world, (made) => made.gone.add("alpha").add("beta"))
      expect(yield* Effect.flip(driver.opened)).toMatchObject({ message: "alpha is not there" })
      yield* TestClock.adjust("10 minutes")
      expect([events, gone.size]).toEqual([["Unreached alpha", "Unreached beta"], 2])
    }))

  it.scoped("ends when a server refuses the person", () =>
    Effect.gen(function*() {
      const { client, driver, streams } = yield* world
      yield* driver.opened
      const ended = yield* Effect.fork(Effect.exit(driver.ended))
      streams[0]?.cut()
      yield* TestClock.adjust("0 millis")
      // The next server does not know the person.
      const pushed = client.receive.bind(client)
      client.receive = (message, now) =>
        message.t === "welcome"
          ? pushed({ t: "refused", what: "hello", reason: "wrong name or password" }, now)
          : pushed(message, now)
      yield* TestClock.adjust("1 seconds")
      expect(yield* Fiber.join(ended)).toEqual(
        Exit.fail(new ClientDriver.LoginRefused({ message: "wrong name or password" }))
      )
    }))

  it.scoped("gives up a server that does not answer", () =>
    Effect.gen(function*() {
      const { client, driver, servers, streams } = yield* world
      yield* driver.opened
      const silent = servers.get("alpha")
      expect(silent).toBeDefined()
      const receive = client.receive.bind(client)
      let isSilent = true
      client.receive = (message, now) => isSilent ? undefined : receive(message, now)
      streams[0]?.cut()
      yield* TestClock.adjust("20 seconds")
      expect(streams.map(({ server }) => server)).toEqual(["alpha", "alpha"])
      yield* TestClock.adjust("20 seconds")
      isSilent = false
      expect(streams.map(({ server }) => server)).toEqual(["alpha", "alpha", "beta"])
    }))
})
