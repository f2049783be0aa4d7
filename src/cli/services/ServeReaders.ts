/** The clients of rooms of `serve`: those of sessions, and of whatever else carries their messages. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Accounts } from "../../conversation/accounts/Accounts.ts"
import type { Identities } from "../../conversation/Identities.ts"
import { Logs } from "../../conversation/logs/Logs.ts"
import * as Readers from "../../conversation/readers/Readers.ts"
import * as ReaderStreams from "../../conversation/readers/ReaderStreams.ts"
import type { Store } from "../../conversation/store/Store.ts"
import { format } from "../../net/Address.ts"
import { hexOf } from "../../protocol/Hex.ts"
import type { Crypto } from "../../security/Crypto.ts"
import type { Handler } from "../../transfer/Router.ts"
import type { ServeLogs } from "./ServeLogs.ts"

export interface ServeReaders {
  readonly readers: Readers.Readers
  /** For the sessions of the server. */
  readonly handler: Handler
}

export const open = (
  { links, logs, onLink, servers }: ServeLogs,
  identities: Identities
): Effect.Effect<ServeReaders, never, Accounts | Store | Crypto | Scope.Scope> =>
  Effect.gen(function*() {
    const others = servers.flatMap(({ address, key, server }) =>
      address === undefined ? [] : [{ server, address: format(address), key: hexOf(key) }]
    )
    const readers = yield* Effect.provideService(
      Readers.make({ identities, accounts: yield* Accounts, links, servers: () => others }),
      Logs,
      logs
    )
    onLink((state) => readers.onLinks([state]))
    return { readers, handler: yield* ReaderStreams.handler(readers) }
  })
