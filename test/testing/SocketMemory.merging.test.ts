import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Socket } from "../../src/net/Socket.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import { recorder, sendRun, socketSuite } from "../suites/socket.ts"

const here = { host: "127.0.0.1", port: 4040 }

socketSuite("memory", SocketMemory.layer(), here.host)
socketSuite("memory that merges", SocketMemory.layer({ merges: true }), here.host)

describe("a network in memory", () => {
  const pair = Effect.gen(function*() {
    const [server, client] = [recorder(), recorder()]
    const socket = yield* Socket
    yield* socket.bind(here, server.handler)
    return { server, client, connected: yield* socket.connect(here, client.handler) }
  })

  it.scoped("takes datagrams of its MTU and none larger", () =>
    Effect.gen(function*() {
      const { client, connected, server } = yield* pair
      sendRun(connected, here, [1_201, 1_201])
      sendRun(connected, here, [1_200, 1_200])
      yield* server.until(() => server.datagrams().length >= 2)
      expect(server.datagrams().map(({ length }) => length)).toEqual([1_200, 1_200])
      expect(client.errors).toEqual([{ reason: "TooLarge", datagramBytes: 1_201 }])
    }).pipe(Effect.provide(SocketMemory.layer({ mtuBytes: 1_200 }))))

  for (const merges of [true, false]) {
    it.scoped(
      merges ? "that merges hands a run over whole, without its segment length" : "that does not hands over one by one",
      () =>
        Effect.gen(function*() {
          const { connected, server } = yield* pair
          sendRun(connected, here, [100, 100, 40])
          yield* server.until(() => server.datagrams().length >= 3)
          const expected = merges ? [[240, undefined]] : [[100, 100], [100, 100], [40, 40]]
          expect(server.runs.map(({ bytes, segmentBytes }) => [bytes.length, segmentBytes])).toEqual(expected)
        }).pipe(Effect.provide(SocketMemory.layer({ merges })))
    )
  }

  it.scoped("has every name as an address", () =>
    Effect.gen(function*() {
      const socket = yield* Socket
      const addresses = yield* Effect.forEach(["localhost", "::1"], (host) => socket.resolve(host))
      expect(addresses).toEqual([["127.0.0.1"], ["::1"]])
    }).pipe(Effect.provide(SocketMemory.layer())))
})
