import type * as Socket from "@effect/platform/Socket"
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Tcp } from "../../../src/net/Tcp.ts"
import * as TcpMemory from "../../../src/testing/TcpMemory.ts"
import * as FlockTransport from "../../../src/transport/flock/FlockTransport.ts"
import { HalfClose } from "../../../src/transport/platform/HalfClose.ts"
import * as PlatformSocket from "../../../src/transport/platform/PlatformSocket.ts"
import * as TcpSockets from "../../../src/transport/platform/TcpSockets.ts"
import { connect, listen } from "../../../src/transport/Transport.ts"
import { address, network, passing } from "../../suites/flockNetwork.ts"
import { onStream, onTcp } from "../../suites/listenedRoom.ts"

/** Answers each read after 10 ms, and the end of the input with `end`. */
const handler = (socket: Socket.Socket) =>
  Effect.scoped(
    Effect.flatMap(socket.writer, (write) =>
      socket.run((bytes) => Effect.zipRight(Effect.sleep(10), write(bytes))).pipe(
        Effect.provideService(HalfClose, () => Effect.ignore(Effect.zipRight(Effect.sleep(10), write("end"))))
      ))
  )

describe("the end of the input", () => {
  it.scoped("is answered after all handlers, before the socket ends its own direction: on TCP", () =>
    Effect.gen(function*() {
      const server = yield* TcpSockets.server(address)
      yield* Effect.forkScoped(server.run(handler))
      const caller = onTcp(yield* Effect.flatMap(Tcp, (tcp) => tcp.connect(address)))
      yield* caller.write(Buffer.from("one"))
      yield* caller.finish
      yield* passing(Effect.repeat(Effect.sleep(1), { until: () => caller.end() !== undefined }))
      expect([Buffer.from(caller.received()).toString(), caller.end()]).toEqual(["oneend", "end"])
    }).pipe(Effect.provide(TcpMemory.layer())))

  it.scoped("is answered after all handlers, before the socket ends its own direction: on flock", () =>
    Effect.gen(function*() {
      const server = yield* PlatformSocket.fromListener(yield* listen(address))
      yield* Effect.forkScoped(server.run(handler))
      const session = yield* passing(connect(address))
      const caller = yield* onStream(yield* passing(session.openStream))
      yield* caller.write(Buffer.from("one"))
      yield* caller.finish
      yield* passing(Effect.repeat(Effect.sleep(1), { until: () => caller.end() !== undefined }))
      expect([Buffer.from(caller.received()).toString(), caller.end()]).toEqual(["oneend", "end"])
      yield* session.close()
    }).pipe(Effect.provide(Layer.provide(FlockTransport.layer(), network()))))
})
