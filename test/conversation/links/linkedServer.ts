/** Servers for tests of links: an exchange on a store in memory, with keys of its own. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as ExchangeDriver from "../../../src/conversation/links/ExchangeDriver.ts"
import { ServerKeys } from "../../../src/conversation/links/ServerKeys.ts"
import type { MemoryDisk } from "../../../src/conversation/store/MemoryDisk.ts"
import { Store } from "../../../src/conversation/store/Store.ts"
import * as StoreMemory from "../../../src/conversation/store/StoreMemory.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import { nodeSignatures } from "../../../src/node/security/NodeSignatures.ts"
import type { Event } from "../../../src/protocol/conversation/Event.ts"
import { Exchange } from "../../../src/protocol/conversation/Exchange.ts"
import type { ExchangeEvent } from "../../../src/protocol/conversation/ExchangeEvent.ts"
import type { Draft } from "../../../src/protocol/conversation/SignedEvent.ts"
import { Crypto } from "../../../src/security/Crypto.ts"
import * as EventSigner from "../../../src/security/EventSigner.ts"

export const linkedServer = (server: string, disk?: MemoryDisk) =>
  Effect.gen(function*() {
    const store = yield* StoreMemory.make({ disk })
    const { keyPair } = nodeCrypto.generate()
    const signer = EventSigner.eventSigner(nodeCrypto, nodeSignatures, keyPair, server)
    const keys = new ServerKeys()
    const exchange = new Exchange({
      signer,
      checks: EventSigner.eventChecks(nodeCrypto, nodeSignatures),
      trusts: (name, key) => keys.trusts(name, key),
      takes: () => true
    })
    const driver = yield* ExchangeDriver.make(exchange, signer.origin).pipe(
      Effect.provideService(Store, store),
      Effect.provideService(Crypto, nodeCrypto)
    )
    const events: Array<ExchangeEvent> = []
    yield* driver.listen((event) => void events.push(event))
    let n = 0
    const draft = (text: string): Draft => ({
      room: "hall",
      time: 1_700_000_000_000,
      author: `ala@${server}`,
      device: "terminal",
      n: ++n,
      kind: "said",
      body: { text }
    })
    const said = (event: Event): string => String(event.body?.["text"])
    return {
      driver,
      store,
      events,
      draft,
      says: (text: string) => driver.post(draft(text)),
      /** The texts of the room on the disk, in its order. */
      texts: Effect.map(store.after("hall", new Map(), 1000), (found) => found.map(said))
    }
  })

export type LinkedServer = Effect.Effect.Success<ReturnType<typeof linkedServer>>

/** Waits, in turns of the scheduler, until the condition is true. */
export const until = (condition: () => boolean): Effect.Effect<void, never, Scope.Scope> =>
  Effect.suspend(() => condition() ? Effect.void : Effect.zipRight(Effect.yieldNow(), until(condition)))
