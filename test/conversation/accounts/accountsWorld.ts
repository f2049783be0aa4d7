/** Accounts on a store in memory, with a scrypt that costs nothing. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Failure, Shape as Accounts } from "../../../src/conversation/accounts/Accounts.ts"
import * as AccountService from "../../../src/conversation/accounts/AccountService.ts"
import { type Shape, Store } from "../../../src/conversation/store/Store.ts"
import * as StoreMemory from "../../../src/conversation/store/StoreMemory.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import { Crypto } from "../../../src/security/Crypto.ts"
import { Scrypt } from "../../../src/security/Scrypt.ts"
import { CountedScrypt } from "./countedScrypt.ts"

export interface AccountsWorld {
  readonly accounts: Accounts
  readonly store: Shape
  readonly scrypt: CountedScrypt
}

export const accountsWorld = (
  options: Partial<AccountService.Options> = {},
  scryptMillis = 0
): Effect.Effect<AccountsWorld, never, Scope.Scope> =>
  Effect.gen(function*() {
    const store = yield* StoreMemory.make()
    const scrypt = new CountedScrypt(scryptMillis)
    const accounts = yield* AccountService.make({ registration: "open", ...options }).pipe(
      Effect.provideService(Store, store),
      Effect.provideService(Scrypt, scrypt),
      Effect.provideService(Crypto, nodeCrypto),
      Effect.orDie
    )
    return { accounts, store, scrypt }
  })

/** The reason of a refusal; undefined for a success. Failures of the store are defects here. */
export const refusalOf = <A>(effect: Effect.Effect<A, Failure>): Effect.Effect<string | undefined> =>
  Effect.matchEffect(effect, {
    onSuccess: () => Effect.succeed(undefined),
    onFailure: (error) => error._tag === "AccountError" ? Effect.succeed(error.reason) : Effect.die(error)
  })
