// @effect/cluster over UDP on this machine: a runner with entities, and a client that calls them. It needs
// @effect/platform, @effect/rpc and @effect/cluster.
import * as Entity from "@effect/cluster/Entity"
import * as MessageStorage from "@effect/cluster/MessageStorage"
import * as RunnerAddress from "@effect/cluster/RunnerAddress"
import * as RunnerHealth from "@effect/cluster/RunnerHealth"
import * as Runners from "@effect/cluster/Runners"
import * as RunnerStorage from "@effect/cluster/RunnerStorage"
import * as ShardingConfig from "@effect/cluster/ShardingConfig"
import * as SocketRunner from "@effect/cluster/SocketRunner"
import * as Socket from "@effect/platform/Socket"
import * as SocketServer from "@effect/platform/SocketServer"
import { Rpc, RpcClient, RpcSerialization } from "@effect/rpc"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { Transport } from "holub"
import * as Flock from "holub/flock"
import * as HolubNode from "holub/node"
import * as HolubPlatform from "holub/platform"

/**
 * The protocol by which a member of the cluster calls a runner: a socket to its address. A runner on another machine must be known
 * to the Keyring, or its key is given here: `HolubPlatform.make({ ...address, key })`.
 */
const protocol = Layer.effect(
  Runners.RpcClientProtocol,
  Effect.map(Effect.context(), (context) => (address) =>
    Effect.flatMap(
      HolubPlatform.make(address),
      (socket) => Effect.provideService(RpcClient.makeProtocolSocket(), Socket.Socket, socket)
    ).pipe(Effect.mapInputContext((scope) => Context.merge(context, scope))))
)

/** A runner at a free port of this machine. */
const runner = Layer.unwrapScoped(
  Effect.map(Transport.listen({ host: "127.0.0.1", port: 0 }), (listener) =>
    SocketRunner.layer.pipe(
      Layer.provide(Layer.scoped(SocketServer.SocketServer, HolubPlatform.fromListener(listener))),
      Layer.provide(
        ShardingConfig.layer({
          runnerAddress: Option.some(RunnerAddress.make(listener.local.host, listener.local.port))
        })
      )
    ))
)

/** A member of the cluster that only calls. */
const caller = Layer.provide(SocketRunner.layerClientOnly, ShardingConfig.layer({ runnerAddress: Option.none() }))

// The application, which knows nothing of the network.
const Greeter = Entity.make("Greeter", [
  Rpc.make("Greet", { payload: { name: Schema.String }, success: Schema.String })
])
const greeting = Greeter.toLayer(Effect.map(Entity.CurrentAddress, ({ entityId }) => ({
  Greet: ({ payload }) => Effect.succeed(`${entityId}: Ahoj, ${payload.name}.`)
})))
const program = Effect.gen(function*() {
  const greeters = yield* Greeter.client
  yield* Effect.forEach(
    ["Bratislava", "Košice"],
    (city) =>
      Effect.flatMap(greeters(city).Greet({ name: "holub" }), (answer) => Effect.sync(() => console.log(answer)))
  )
})

const cluster = Layer.mergeAll(protocol, RunnerStorage.layerMemory, RunnerHealth.layerNoop, MessageStorage.layerNoop)
  .pipe(
    Layer.provideMerge(Layer.merge(Layer.provide(Flock.layer(), HolubNode.layer), RpcSerialization.layerMsgPack))
  )

Effect.runPromise(program.pipe(
  Effect.provide(caller),
  Effect.provide(Layer.provide(greeting, runner)),
  Effect.provide(cluster)
))
