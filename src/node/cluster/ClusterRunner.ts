/**
 * A host of a site: its runner, which has a share of the rooms, and the logs of all rooms. The hosts find each other in the database; which
 * room runs where follows from the runners that live.
 */
import * as MessageStorage from "@effect/cluster/MessageStorage"
import { RunnerAddress } from "@effect/cluster/RunnerAddress"
import { RunnerHealth } from "@effect/cluster/RunnerHealth"
import * as Runners from "@effect/cluster/Runners"
import * as ShardingConfig from "@effect/cluster/ShardingConfig"
import * as SocketRunner from "@effect/cluster/SocketRunner"
import * as SqlRunnerStorage from "@effect/cluster/SqlRunnerStorage"
import * as RpcSerialization from "@effect/rpc/RpcSerialization"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Scope from "effect/Scope"
import type { Shape } from "../../conversation/logs/Logs.ts"
import { Store, type StoreError } from "../../conversation/store/Store.ts"
import * as StoreLimits from "../../conversation/store/StoreLimits.ts"
import type { Address } from "../../net/Address.ts"
import type { Crc } from "../../net/Crc.ts"
import type { Tcp } from "../../net/Tcp.ts"
import type { Crypto, KeyPair } from "../../security/Crypto.ts"
import type { SessionError } from "../../transport/SessionError.ts"
import { errorOf } from "../store/PostgresStore.ts"
import * as ClusterLimits from "./ClusterLimits.ts"
import * as ClusterLogs from "./ClusterLogs.ts"
import * as RunnerWire from "./RunnerWire.ts"
import * as SiteEntityLayers from "./SiteEntityLayers.ts"
import type { SiteServer } from "./SiteRoom.ts"

export interface HostOptions {
  readonly site: SiteServer
  /** The host key of the site. */
  readonly host: KeyPair
  /** Where the other runners reach this one. */
  readonly local: Address
  /** The database of the store (`StoreLocation`). */
  readonly url: string
}

/** The prefix of the tables of the cluster in the database of the store. */
const prefix = "holub_cluster"

/** Joins the site until the scope closes; then the rooms of this host move to others. */
export const open = (
  { host, local, site, url }: HostOptions
): Effect.Effect<
  { readonly logs: Shape; readonly local: Address },
  StoreError | SessionError,
  Store | Tcp | Crc | Crypto | Scope.Scope
> =>
  Effect.gen(function*() {
    // The cluster sends queries to the connection of its locks without a wait, of which the package pg warns. The operator can do nothing about it.
    process.noDeprecation = true
    const wire = yield* RunnerWire.make(local, host)
    const sql = yield* Effect.mapError(
      Layer.build(PgClient.layer({
        url: Redacted.make(url),
        applicationName: "holub cluster",
        maxConnections: ClusterLimits.connections,
        connectTimeout: StoreLimits.connectMillis
      })),
      errorOf
    )
    const runners = Layer.mapError(SqlRunnerStorage.layerWith({ prefix }), errorOf)
    const layer = SiteEntityLayers.layer(site).pipe(
      Layer.provideMerge(SocketRunner.layer),
      Layer.provide(health),
      Layer.provide(wire.layer),
      Layer.provide([MessageStorage.layerNoop, runners]),
      Layer.provide([
        configOf(wire.local),
        RpcSerialization.layerMsgPackWith({ maxBufferSize: ClusterLimits.messageBytes })
      ])
    )
    const scope = yield* Effect.acquireRelease(Scope.make(), (runner, exit) =>
      Effect.flatMap(
        Effect.forkDaemon(Scope.close(runner, exit)),
        (closing) => Effect.timeoutOption(Effect.interruptible(Fiber.await(closing)), ClusterLimits.leavingMillis)
      ))
    const sharding = yield* Effect.provide(Layer.buildWithScope(layer, scope), sql)
    const logs = yield* Effect.provide(ClusterLogs.make(site.server), sharding)
    return { logs, local: wire.local }
  })

const configOf = ({ host, port }: Address) =>
  ShardingConfig.layer({
    runnerAddress: Option.some(RunnerAddress.make({ host, port })),
    shardsPerGroup: ClusterLimits.shards,
    shardLockExpiration: ClusterLimits.lockMillis,
    shardLockRefreshInterval: ClusterLimits.lockMillis / 3,
    refreshAssignmentsInterval: ClusterLimits.lookMillis,
    runnerHealthCheckInterval: ClusterLimits.lookMillis,
    entityMessagePollInterval: ClusterLimits.lookMillis,
    entityTerminationTimeout: ClusterLimits.closingMillis,
    simulateRemoteSerialization: false
  })

/** Whether a runner answers. The one that checks is a runner too; if it dies itself, the others see that it does not say that it lives. */
const health = Layer.effect(
  RunnerHealth,
  Effect.map(Runners.Runners, ({ ping }) => ({
    isAlive: (address: RunnerAddress) =>
      Effect.isSuccess(Effect.retry(Effect.timeout(ping(address), ClusterLimits.answerMillis), { times: 1 }))
  }))
).pipe(Layer.provide(Runners.layerRpc))
