// Effect RPC over UDP on this machine, as one service of a server that may have others. It needs @effect/platform and
// @effect/rpc.
import * as Socket from "@effect/platform/Socket"
import * as SocketServer from "@effect/platform/SocketServer"
import { Rpc, RpcClient, RpcGroup, RpcSerialization, RpcServer } from "@effect/rpc"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Router, Transport } from "holub"
import * as Flock from "holub/flock"
import * as HolubNode from "holub/node"
import * as HolubPlatform from "holub/platform"

class Calls extends RpcGroup.make(
  Rpc.make("Greet", { payload: { name: Schema.String }, success: Schema.String }),
  Rpc.make("Count", { payload: { upTo: Schema.Number }, success: Schema.Number, stream: true })
) {}

const server = RpcServer.layer(Calls).pipe(
  Layer.provide(Calls.toLayer({
    Greet: ({ name }) => Effect.succeed(`Ahoj, ${name}.`),
    Count: ({ upTo }) => Stream.range(1, upTo)
  })),
  Layer.provide(RpcServer.layerProtocolSocketServer)
)

const program = Effect.gen(function*() {
  const listener = yield* Transport.listen({ host: "127.0.0.1", port: 0 })
  const { handler, streams } = yield* Router.streams("calls")
  yield* Effect.forkScoped(Stream.runDrain(Router.run(listener, [handler])))
  const sockets = Layer.scoped(SocketServer.SocketServer, HolubPlatform.fromStreams(streams, listener.local))
  yield* Layer.build(Layer.provide(server, sockets))

  const session = yield* Transport.connect(listener.local)
  const socket = Layer.succeed(Socket.Socket, HolubPlatform.fromSession(session, "calls"))
  const protocol = yield* Layer.build(Layer.provide(RpcClient.layerProtocolSocket(), socket))
  const calls = yield* Effect.provide(RpcClient.make(Calls), protocol)
  console.log(yield* calls.Greet({ name: "holube" }))
  yield* Stream.runForEach(calls.Count({ upTo: 3 }), (number) => Effect.sync(() => console.log(number)))
})

Effect.runPromise(program.pipe(
  Effect.scoped,
  Effect.provide(Layer.merge(Layer.provide(Flock.layer(), HolubNode.layer), RpcSerialization.layerNdjson))
))
