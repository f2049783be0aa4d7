// Effect RPC between a server and a client, over UDP on this machine. It needs @effect/platform and @effect/rpc.
import { Rpc, RpcClient, RpcGroup, RpcSerialization, RpcServer } from "@effect/rpc"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Flock from "holub/flock"
import * as HolubNode from "holub/node"
import * as HolubPlatform from "holub/platform"

class Calls extends RpcGroup.make(
  Rpc.make("Greet", { payload: { name: Schema.String }, success: Schema.String }),
  Rpc.make("Count", { payload: { upTo: Schema.Number }, success: Schema.Number, stream: true })
) {}

const address = { host: "127.0.0.1", port: 4747 }

const server = RpcServer.layer(Calls).pipe(
  Layer.provide(Calls.toLayer({
    Greet: ({ name }) => Effect.succeed(`Ahoj, ${name}.`),
    Count: ({ upTo }) => Stream.range(1, upTo)
  })),
  Layer.provide(RpcServer.layerProtocolSocketServer),
  Layer.provide(HolubPlatform.layerServer(address))
)

const client = RpcClient.layerProtocolSocket().pipe(Layer.provide(HolubPlatform.layer(address)))

const program = Effect.gen(function*() {
  yield* Layer.build(server)
  const protocol = yield* Layer.build(client)
  const calls = yield* Effect.provide(RpcClient.make(Calls), protocol)
  yield* Effect.log(yield* calls.Greet({ name: "holube" }))
  yield* Stream.runForEach(calls.Count({ upTo: 3 }), (number) => Effect.log(number))
})

Effect.runPromise(program.pipe(
  Effect.scoped,
  Effect.provide(Layer.merge(Layer.provide(Flock.layer(), HolubNode.layer), RpcSerialization.layerNdjson))
))
