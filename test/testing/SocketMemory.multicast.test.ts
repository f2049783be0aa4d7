import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { format } from "../../src/net/Address.ts"
import { copyOf, Socket } from "../../src/net/Socket.ts"
import * as Faults from "../../src/testing/Faults.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import { type Groups, multicastSuite } from "../suites/multicast.ts"
import { recorder } from "../suites/socket.ts"

const groups: Groups = { group: "239.255.40.40", other: "239.255.40.41", interface: "192.0.2.1" }
multicastSuite("in memory", SocketMemory.layer(), groups)
multicastSuite("in memory, merging", SocketMemory.layer({ merges: true }), {
  group: "ff15::1",
  other: "ff15::2",
  interface: "2001:db8::1"
})
multicastSuite("with simulated faults", Layer.provide(Faults.layer({ seed: 1 }), SocketMemory.layer()), groups)

it.scoped("a socket outside of the group reaches it, and an answer from the group's interface reaches that socket", () =>
  Effect.gen(function*() {
    const { bind } = yield* Socket
    const [ala, bo] = [recorder(), recorder()]
    const group = yield* bind({ host: "239.255.40.40", port: 4041 }, ala.handler, {
      multicast: { interface: "192.0.2.1" }
    })
    const outside = yield* bind({ host: "192.0.2.9", port: 9 }, bo.handler)
    outside.send(group.local, undefined, copyOf(Buffer.from("hello")))
    yield* ala.until(() => ala.runs.length === 1)
    expect(ala.runs.map(({ from }) => format(from))).toEqual(["192.0.2.9:9"])
    for (const { from } of ala.runs) group.send(from, undefined, copyOf(Buffer.from("welcome")))
    yield* bo.until(() => bo.runs.length === 1)
    expect(bo.runs.map(({ from }) => format(from))).toEqual(["192.0.2.1:4041"])
  }).pipe(Effect.provide(SocketMemory.layer())))

it.scoped("nothing answers for a group without sockets: a datagram to it is lost", () =>
  Effect.gen(function*() {
    const { bind } = yield* Socket
    const { errors, handler } = recorder()
    const socket = yield* bind({ host: "192.0.2.9", port: 9 }, handler)
    socket.send({ host: "239.255.40.40", port: 4041 }, undefined, copyOf(Buffer.from("hello")))
    yield* Effect.promise(() => Promise.resolve())
    expect([errors, socket.counters().sentDatagrams]).toEqual([[], 1])
  }).pipe(Effect.provide(SocketMemory.layer())))
