/** Rooms behind every kind of listener: TCP in memory and of the system, sessions in memory and over sockets. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import * as SessionListener from "../../src/conversation/SessionListener.ts"
import * as SocketListener from "../../src/conversation/SocketListener.ts"
import * as NodeTcp from "../../src/node/net/NodeTcp.ts"
import * as TcpMemory from "../../src/testing/TcpMemory.ts"
import * as Router from "../../src/transfer/Router.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import * as PlatformSocket from "../../src/transport/platform/PlatformSocket.ts"
import { Transport } from "../../src/transport/Transport.ts"
import { address, network, passing } from "./flockNetwork.ts"
import { onStream, tcpWorld, type World } from "./listenedRoom.ts"
import { socketListenerSuite } from "./socketListener.ts"

/** Sessions of flock on a network in memory, in virtual time. */
const flockWorld: World = {
  name: "flock in memory",
  transport: "session",
  serve: (room, { framing, ...options }) =>
    Effect.gen(function*() {
      const transport = yield* Transport
      const listener = yield* transport.listen(address)
      const { handler, streams } = yield* Router.streams(SessionListener.kindOf(room.name))
      yield* Effect.forkScoped(Stream.runDrain(Router.run(listener, [handler])))
      const server = yield* PlatformSocket.fromStreams(streams, listener.local)
      yield* Effect.forkScoped(SocketListener.serve(server, room, { ...options, framing, transport: "session" }))
      return Effect.flatMap(
        transport.connect(address),
        ({ openService }) => Effect.flatMap(openService(SessionListener.kindOf(room.name)), onStream)
      )
    }).pipe(Effect.provide(Layer.provide(FlockTransport.layer(), network()))),
  until: (condition) =>
    passing(Effect.asVoid(Effect.repeat(Effect.zipRight(Effect.sleep("1 millis"), Effect.sync(condition)), {
      until: (isTrue) => isTrue
    }))),
  passing
}

for (
  const world of [
    tcpWorld("TCP in memory", TcpMemory.network()()),
    tcpWorld("TCP in memory, few bytes at a time", TcpMemory.network({ readBytes: 7 })()),
    tcpWorld("TCP", NodeTcp.make),
    tcpWorld("TCP by sockets", NodeTcp.make, NodeTcp.make, true),
    flockWorld
  ]
) socketListenerSuite(world)
