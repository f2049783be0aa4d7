import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import { type App, define, tell } from "../../src/apps/App.ts"
import { multicast } from "../../src/apps/datagrams/DatagramLog.ts"
import { listen, type Place } from "../../src/conversation/DatagramListener.ts"
import * as Rooms from "../../src/conversation/Rooms.ts"
import type { Multicast } from "../../src/net/Socket.ts"
import { copyOf, Socket } from "../../src/net/Socket.ts"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import { Crypto } from "../../src/security/Crypto.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import { mirrorApp } from "./fakeDatagrams.ts"

/** Sends each client a datagram a second, and "bye" when it leaves for another reason than silence. */
const ticking: App<ReadonlyArray<number>, {}> = {
  name: "ticking",
  summary: "ticks",
  config: Schema.Struct({}),
  audience: "all",
  dialects: [{ transport: "udp", framing: "datagram", port: 9998, answersUnproved: true }],
  init: () => [],
  on: (members, input) => {
    if (input._tag === "Joined") return [[...members, input.member], []]
    if (input._tag === "Said") return [members, [tell(input.member, "tick")]]
    return [members, []]
  },
  example: { steps: [] }
}

const inNetwork = <A, E>(program: Effect.Effect<A, E, Socket | Crypto | Scope.Scope>) =>
  Effect.provide(program, Layer.merge(SocketMemory.layer(), Layer.succeed(Crypto, nodeCrypto)))

/** A client that notes what it receives. */
const client = (to: Place, received: Array<string> = []) =>
  Effect.gen(function*() {
    const { connect } = yield* Socket
    const bound = yield* connect(to, {
      onRun: ({ bytes }) => void received.push(Buffer.from(bytes).toString()),
      onError: ({ reason }) => void received.push(reason)
    })
    return { received, say: (text: string) => bound.send(to, undefined, copyOf(Buffer.from(text))) }
  })

/** Lets everything that is on its way arrive. */
const arrive = TestClock.adjust("1 millis")

describe("a listener of datagrams", () => {
  it.scoped("leads the datagrams at its address to a room, and the room's messages back", () =>
    inNetwork(Effect.gen(function*() {
      const room = yield* Rooms.open(mirrorApp)
      const { local } = yield* listen({ host: "127.0.0.1", port: 0 }, room)
      const [ala, bo] = [yield* client(local), yield* client(local)]
      ala.say("one")
      bo.say("two")
      ala.say("all")
      yield* arrive
      expect(ala.received).toEqual(["one", "to all"])
      expect(bo.received).toEqual(["two", "to all"])
      expect(room.present().map(({ transport }) => transport)).toEqual(["udp", "udp"])
    })))

  it.scoped("serves every local address at a wildcard, and answers from the one that was asked", () =>
    inNetwork(Effect.gen(function*() {
      const room = yield* Rooms.open(mirrorApp)
      yield* listen({ host: "0.0.0.0", port: 9999 }, room)
      const ala = yield* client({ host: "192.0.2.7", port: 9999 })
      // A connected socket receives datagrams of its peer's address only.
      ala.say("one")
      yield* arrive
      expect(ala.received).toEqual(["one"])
    })))

  it.scoped("stops with its scope: clients leave as `stopping`, and the port is free", () =>
    inNetwork(Effect.gen(function*() {
      const room = yield* Rooms.open(mirrorApp)
      const scope = yield* Scope.make()
      const { local } = yield* Scope.extend(listen({ host: "127.0.0.1", port: 0 }, room), scope)
      const ala = yield* client(local)
      ala.say("one")
      yield* arrive
      yield* Scope.close(scope, Exit.void)
      expect(room.present()).toEqual([])
      ala.say("two")
      yield* arrive
      expect(ala.received).toEqual(["one", "Refused"])
      expect((yield* listen(local, room)).local).toEqual(local)
    })))

  it.scoped("fails where the port is in use", () =>
    inNetwork(Effect.gen(function*() {
      const room = yield* Rooms.open(mirrorApp)
      const { local } = yield* listen({ host: "127.0.0.1", port: 0 }, room)
      const second = yield* Effect.either(listen(local, room))
      expect(Either.isLeft(second) && second.left).toMatchObject({ _tag: "SocketError", reason: "AddressInUse" })
    })))
})

describe("a listener of a multicast group", () => {
  it.scoped("leads the datagrams to the group to a room, each address a client", () =>
    inNetwork(Effect.gen(function*() {
      const room = yield* Rooms.open(multicast)
      const { local } = yield* listen({ host: "239.255.40.40", port: 4041, multicast: {} }, room)
      const { bind } = yield* Socket
      const handler = { onRun: () => undefined, onError: () => undefined }
      for (const via of ["192.0.2.1", "192.0.2.2"]) {
        const member = yield* bind(local, handler, { multicast: { interface: via } })
        member.send(local, undefined, copyOf(Buffer.from("coo")))
      }
      yield* arrive
      const peers = room.present().map(({ address, transport }) => [transport, address.host])
      expect(peers).toEqual([["multicast", "192.0.2.1"], ["multicast", "192.0.2.2"]])
    })))

  it.scoped("refuses an app that sends to unproved addresses, but on the loopback interface", () =>
    inNetwork(Effect.gen(function*() {
      const room = yield* Rooms.open(mirrorApp)
      const at = (via: Multicast) => listen({ host: "239.255.40.40", port: 4041, multicast: via }, room)
      expect(yield* Effect.flip(at({}))).toMatchObject({ _tag: "UnprovedError", address: "239.255.40.40:4041" })
      expect((yield* at({ interface: "127.0.0.1" })).local.host).toBe("239.255.40.40")
    })))

  it.scoped("fails for an address that is no group", () =>
    inNetwork(Effect.gen(function*() {
      const room = yield* Rooms.open(multicast)
      const error = yield* Effect.flip(listen({ host: "192.0.2.1", port: 4041, multicast: {} }, room))
      expect(error).toMatchObject({ _tag: "SocketError", reason: "AddressNotAvailable" })
    })))
})

describe("an app that sends to unproved addresses again and again", () => {
  const attempt = (host: string, allowsUnproved?: boolean) =>
    inNetwork(Effect.gen(function*() {
      const room = yield* Rooms.open(define(ticking))
      return Either.match(yield* Effect.either(listen({ host, port: 9998 }, room, { allowsUnproved })), {
        onLeft: ({ _tag, message }) => `${_tag}: ${message}`,
        onRight: ({ local }) => local.host
      })
    }))

  it.scoped("is served on loopback", () =>
    Effect.gen(function*() {
      expect([yield* attempt("127.0.0.1"), yield* attempt("::1")]).toEqual(["127.0.0.1", "::1"])
    }))

  it.scoped("is refused elsewhere, with the remedy, and served where the operator allows it", () =>
    Effect.gen(function*() {
      for (const host of ["0.0.0.0", "::", "192.0.2.1"]) {
        expect(yield* attempt(host)).toMatch(/^UnprovedError: "ticking" at .*9998 .*--allow-unproved$/)
        expect(yield* attempt(host, true)).toBe(host)
      }
    }))
})
