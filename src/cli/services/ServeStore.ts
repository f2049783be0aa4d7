/**
 * What a server keeps: its store, in memory or as `--store` names it, and its accounts. It is opened before anything listens, and closed
 * after everything else.
 */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Accounts, defaultRegistration } from "../../conversation/accounts/Accounts.ts"
import * as AccountService from "../../conversation/accounts/AccountService.ts"
import { Store, type StoreError } from "../../conversation/store/Store.ts"
import * as StoreMemory from "../../conversation/store/StoreMemory.ts"
import * as WatchedStore from "../../conversation/store/WatchedStore.ts"
import { isLoopback } from "../../net/Address.ts"
import { nodeCrypto } from "../../node/security/NodeCrypto.ts"
import { nodeScrypt } from "../../node/security/NodeScrypt.ts"
import { Crypto } from "../../security/Crypto.ts"
import { Scrypt } from "../../security/Scrypt.ts"
import type { Failure } from "../errors/Failure.ts"
import * as StoreFailure from "../errors/StoreFailure.ts"
import type { Values } from "../settings/Settings.ts"
import * as CommandStore from "./CommandStore.ts"

export interface ServeStore {
  readonly services: Context.Context<Store | Accounts>
  /** Fails when the store does while the server runs: then the server must end. */
  readonly failed: Effect.Effect<never, Failure>
}

export const open = (
  { host, register, store: place, web, webProxy }: Pick<Values, "host" | "register" | "store" | "web" | "webProxy">
): Effect.Effect<ServeStore, Failure, Scope.Scope> =>
  Effect.gen(function*() {
    /** Whether people of other machines reach the page. */
    const isOpen = webProxy || (web?.host !== undefined && !isLoopback(web.host))
    const failure = yield* Deferred.make<never, Failure>()
    const opened = place === undefined
      ? yield* StoreMemory.make()
      : yield* CommandStore.open(yield* CommandStore.located(place))
    const note = (error: StoreError): void => Deferred.unsafeDone(failure, Effect.fail(StoreFailure.of(error)))
    const store = WatchedStore.of(opened, note)
    const accounts = yield* AccountService.make({
      registration: register ?? defaultRegistration(isLoopback(host) && !isOpen)
    }).pipe(
      Effect.provideService(Store, store),
      Effect.provideService(Scrypt, nodeScrypt),
      Effect.provideService(Crypto, nodeCrypto),
      Effect.mapError(StoreFailure.of)
    )
    return { services: Context.add(Context.make(Store, store), Accounts, accounts), failed: Deferred.await(failure) }
  })
