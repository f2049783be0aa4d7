import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Crc } from "../../src/net/Crc.ts"
import { Socket } from "../../src/net/Socket.ts"
import * as Wires from "../../src/node/Wires.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import * as TcpMemory from "../../src/testing/TcpMemory.ts"
import { bind } from "../../src/transport/Binding.ts"
import { listen } from "../../src/transport/Transport.ts"
import { keyed } from "../security/keyed.ts"
import { recorder } from "../suites/socket.ts"

const { handler } = recorder()

describe("the socket of a listener", () => {
  it.scoped("is bound at the first address of its name", () =>
    Effect.gen(function*() {
      const bound = yield* bind({ host: "localhost", port: 4040 }, handler)
      expect(bound.local).toEqual({ host: "127.0.0.1", port: 4040 })
      expect(yield* Effect.flip(bind({ host: "127.0.0.1", port: 4040 }, handler))).toMatchObject({
        _tag: "SessionError",
        reason: "AddressInUse"
      })
    }).pipe(Effect.provide(SocketMemory.layer())))

  it.scoped("is not opened where the name stands for a group", () =>
    Effect.gen(function*() {
      const socket = yield* Socket
      const group = { ...socket, resolve: () => Effect.succeed(["ff02::1"]) }
      const error = yield* Effect.flip(Effect.provideService(bind({ host: "group", port: 0 }, handler), Socket, group))
      expect(error).toMatchObject({ reason: "NotUnicast", peer: "[ff02::1]:0" })
    }).pipe(Effect.provide(SocketMemory.layer())))
})

describe.each(["classic", "flock"] as const)("a listener of %s", (wire) => {
  const layer = Wires.layer(wire).pipe(
    Layer.provide(Layer.mergeAll(SocketMemory.layer(), TcpMemory.layer(), Crc.layer, keyed))
  )

  it.scoped.each(["239.1.2.3", "255.255.255.255", "ff02::1"])(
    "is refused at %s, where it would be silent (W17)",
    (host) =>
      Effect.gen(function*() {
        expect(yield* Effect.flip(listen({ host, port: 4040 }))).toMatchObject({ reason: "NotUnicast" })
      }).pipe(Effect.provide(layer))
  )

  it.scoped.each(["0.0.0.0", "::", "192.0.2.1"])("listens at %s", (host) =>
    Effect.gen(function*() {
      expect((yield* listen({ host, port: 4040 })).local).toEqual({ host, port: 4040 })
    }).pipe(Effect.provide(layer)))
})
