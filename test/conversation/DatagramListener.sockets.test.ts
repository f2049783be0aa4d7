/** The listener over the sockets of this machine. */
import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { multicast } from "../../src/apps/datagrams/DatagramLog.ts"
import { openPort } from "../../src/apps/datagrams/OpenPort.ts"
import { listen } from "../../src/conversation/DatagramListener.ts"
import * as Rooms from "../../src/conversation/Rooms.ts"
import { copyOf, Socket } from "../../src/net/Socket.ts"
import * as OffloadSocket from "../../src/node/net/OffloadSocket.ts"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import { Crypto } from "../../src/security/Crypto.ts"
import { EventBus } from "../../src/telemetry/EventBus.ts"
import { loopbacks } from "../node/loopbacks.ts"
import { multicastLoopbacks } from "../node/multicastLoopbacks.ts"
import { recorder } from "../suites/socket.ts"
import { mirrorApp } from "./fakeDatagrams.ts"

const services = Layer.merge(OffloadSocket.layer, Layer.succeed(Crypto, nodeCrypto))

const places = [...loopbacks.map((host) => [host, host] as const), ["0.0.0.0", "127.0.0.1"] as const]

it.scopedLive.each(places)(
  "open-port at %s answers three datagrams to %s, from the address that was asked",
  ([at, to]) =>
    Effect.gen(function*() {
      const room = yield* Rooms.open(openPort)
      const { local } = yield* listen({ host: at, port: 0 }, room)
      const { connect } = yield* Socket
      const { handler, runs, until } = recorder()
      const server = { host: to, port: local.port }
      // A connected socket receives from this address only.
      const client = yield* connect(server, handler, { fragmentation: "allowed" })
      for (let count = 1; count <= 3; count++) {
        client.send(server, undefined, copyOf(Buffer.from("Hello from me")))
        yield* until(() => runs.length === count)
      }
      expect(runs.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([
        "Hello from me also",
        "Hello from me also",
        "Woow..we speak on the edge"
      ])
      expect(room.present()).toEqual([])
    }).pipe(Effect.provide(services))
)

it.scopedLive("a message as large as UDP allows is answered whole", () =>
  Effect.gen(function*() {
    const room = yield* Rooms.open(mirrorApp)
    const { local } = yield* listen({ host: "127.0.0.1", port: 0 }, room)
    const { connect } = yield* Socket
    const { handler, runs, until } = recorder()
    const client = yield* connect(local, handler, { fragmentation: "allowed" })
    const large = new Uint8Array(65_507).fill(0x62)
    client.send(local, large.length, copyOf(large))
    yield* until(() => runs.length === 1)
    expect(runs[0]?.bytes.length).toBe(large.length)
  }).pipe(Effect.provide(services)))

for (const { group, interface: via } of multicastLoopbacks) {
  it.scopedLive(`a room of the group ${group} gets the datagrams of its members`, () =>
    Effect.gen(function*() {
      const room = yield* Rooms.open(multicast)
      const lines: Array<string> = []
      const bus = yield* EventBus
      const { handler, runs, until } = recorder()
      yield* bus.listen((event) =>
        event._tag === "ServiceLogged" && event.app === "multicast" && lines.push(event.text)
      )
      const { local } = yield* listen({ host: group, port: 0, multicast: { interface: via } }, room)
      const { bind } = yield* Socket
      const member = yield* bind(local, handler, { multicast: { interface: via } })
      member.send(local, undefined, copyOf(Buffer.from("coo")))
      // Its own datagram comes back to it as well.
      yield* until(() => runs.length === 1)
      yield* Effect.promise(() => expect.poll(() => lines).toEqual([expect.stringMatching(/:\d+: coo$/)]))
      expect(room.present().map(({ transport }) => transport)).toEqual(["multicast"])
    }).pipe(Effect.provide(services)))
}
