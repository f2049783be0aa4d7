/** A store with an account, for a server to open. */
import * as Effect from "effect/Effect"
import * as AccountService from "../../src/conversation/accounts/AccountService.ts"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import { nodeScrypt } from "../../src/node/security/NodeScrypt.ts"
import * as NodeStore from "../../src/node/store/NodeStore.ts"
import { Crypto } from "../../src/security/Crypto.ts"
import { Scrypt } from "../../src/security/Scrypt.ts"

/** Makes an account in the file, and closes it. */
export const withAccount = (
  path: string,
  { name, password }: { readonly name: string; readonly password: string }
): Promise<unknown> =>
  AccountService.make({ registration: "closed" }).pipe(
    Effect.flatMap((accounts) => accounts.add(name, password)),
    Effect.provideService(Scrypt, nodeScrypt),
    Effect.provideService(Crypto, nodeCrypto),
    Effect.provide(NodeStore.layer({ _tag: "File", path })),
    Effect.runPromise
  )
