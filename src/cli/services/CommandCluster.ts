/**
 * The hosts of a server: what `--cluster` needs, and the module that joins them, which is a file of its own in the built program, and
 * loaded here only.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type * as Logs from "../../conversation/logs/Logs.ts"
import type { Store } from "../../conversation/store/Store.ts"
import type { Address } from "../../net/Address.ts"
import type { Tcp } from "../../net/Tcp.ts"
import type { HostOptions } from "../../node/cluster/ClusterRunner.ts"
import * as NodeCrc from "../../node/NodeCrc.ts"
import type { Crypto } from "../../security/Crypto.ts"
import { type Failure, ofListening, usage } from "../errors/Failure.ts"

import * as StoreFailure from "../errors/StoreFailure.ts"
import type { Values } from "../settings/Settings.ts"
import * as CommandStore from "./CommandStore.ts"
import type { PlannedRoom } from "./HostingPlan.ts"

/** Where the other hosts reach this one, and the database that they share. */
export type ClusterPlace = Pick<HostOptions, "local" | "url">

/** Undefined without `--cluster`. Fails without a database, and with apps that each host would remember for itself. */
export const placeOf = (
  { cluster, store }: Pick<Values, "cluster" | "store">,
  rooms: ReadonlyArray<Pick<PlannedRoom, "app" | "name">>
): Either.Either<ClusterPlace | undefined, Failure> =>
  Either.gen(function*() {
    if (cluster === undefined) return undefined
    const location = store === undefined ? undefined : yield* CommandStore.located(store)
    if (location?._tag !== "Postgres") return yield* Either.left(withoutDatabase)
    const remembering = rooms.find(({ app }) => app.use(({ memory }) => memory !== undefined))
    if (remembering !== undefined) return yield* Either.left(remembers(remembering.name))
    return { local: cluster, url: location.url }
  })

/** Joins the other hosts until the scope closes. */
export const open = (
  options: HostOptions
): Effect.Effect<
  { readonly logs: Logs.Shape; readonly local: Address },
  Failure,
  Store | Tcp | Crypto | Scope.Scope
> =>
  Effect.flatMap(
    Effect.promise(() => import("../../node/cluster/ClusterRunner.ts")),
    (ClusterRunner) =>
      Effect.mapError(
        Effect.provide(ClusterRunner.open(options), NodeCrc.layer),
        (error) => error._tag === "StoreError" ? StoreFailure.of(error) : ofListening(error)
      )
  )

const withoutDatabase = usage(
  "--cluster needs a database that all hosts of the server share",
  "name it with --store postgres://USER@HOST/DATABASE"
)

const remembers = (app: string): Failure =>
  usage(`${app} remembers what it does at one host only, so it cannot run with --cluster`, `leave out --app ${app}`)
