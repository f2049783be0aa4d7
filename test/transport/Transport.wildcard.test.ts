/** Servers at a wildcard address, over every wire: each answer is sent from the address that the client has used. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Crc } from "../../src/net/Crc.ts"
import type { Socket } from "../../src/net/Socket.ts"
import * as NodeSocket from "../../src/node/net/NodeSocket.ts"
import * as OffloadSocket from "../../src/node/net/OffloadSocket.ts"
import * as OverwrittenRuns from "../../src/testing/OverwrittenRuns.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as Outbox from "../../src/transfer/Outbox.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import * as Transport from "../../src/transport/Transport.ts"
import { loopbacks } from "../node/loopbacks.ts"
import { keyed } from "../security/keyed.ts"

const wires = { classic: ClassicTransport.layer(), flock: FlockTransport.layer() }

interface Place {
  readonly name: string
  readonly sockets: Layer.Layer<Socket>
  readonly wildcard: string
  /** Addresses that clients use. */
  readonly hosts: ReadonlyArray<string>
}

const places: ReadonlyArray<Place> = [
  { name: "memory", sockets: SocketMemory.layer(), wildcard: "0.0.0.0", hosts: ["127.0.0.2", "127.0.0.3"] },
  { name: "memory", sockets: SocketMemory.layer(), wildcard: "::", hosts: ["::1", "2001:db8::2"] },
  ...[{ name: "node:dgram", layer: NodeSocket.layer }, { name: "the fastest sockets", layer: OffloadSocket.layer }]
    .flatMap(({ layer, name }) => {
      const sockets = Layer.provide(OverwrittenRuns.layer, layer)
      return [
        { name, sockets, wildcard: "0.0.0.0", hosts: ["127.0.0.1"] },
        { name, sockets, wildcard: "::", hosts: loopbacks }
      ]
    })
]

/** Accepts every text and appends it to `texts`. */
const takeTexts = ({ sessions }: Transport.Listener, texts: Array<string>) =>
  Stream.runForEach(sessions, ({ serve }) =>
    Effect.fork(serve((incoming) =>
      Effect.gen(function*() {
        texts.push(
          yield* Stream.runFold(incoming.body(1), "", (all, block) => all + Buffer.from(block).toString())
        )
        yield* incoming.accept()
      })
    )))

describe.each(places)("a server at $wildcard over $name", ({ hosts, sockets, wildcard }) => {
  it.scopedLive.each(["classic", "flock"] as const)(
    `answers a %s client from the address that it has used`,
    (wire) =>
      Effect.gen(function*() {
        const listener = yield* Transport.listen({ host: wildcard, port: 0 })
        const { port } = listener.local
        const texts: Array<string> = []
        yield* Effect.forkScoped(takeTexts(listener, texts))
        for (const host of hosts) {
          const session = yield* Transport.connect({ host, port })
          expect(yield* Outbox.sendText(session, `to ${host}`)).toMatchObject({ confirmed: true })
          expect(session.peer()).toMatchObject({ host, port })
        }
        expect(texts).toEqual(hosts.map((host) => `to ${host}`))
        expect(listener.local.host).toBe(wildcard)
      }).pipe(Effect.provide(Layer.provide(wires[wire], Layer.mergeAll(sockets, Crc.layer, keyed))))
  )
})
