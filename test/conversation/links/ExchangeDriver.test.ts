import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as ExchangeDriver from "../../../src/conversation/links/ExchangeDriver.ts"
import { MemoryDisk } from "../../../src/conversation/store/MemoryDisk.ts"
import { Store, StoreError } from "../../../src/conversation/store/Store.ts"
import * as StoreMemory from "../../../src/conversation/store/StoreMemory.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import { nodeSignatures } from "../../../src/node/security/NodeSignatures.ts"
import { Exchange } from "../../../src/protocol/conversation/Exchange.ts"
import { Crypto } from "../../../src/security/Crypto.ts"
import * as EventSigner from "../../../src/security/EventSigner.ts"
import { linkedServer, until } from "./linkedServer.ts"

const open = { access: "public", servers: [] } as const

describe("an exchange on a store", () => {
  it.scoped("tells of a post when it is on the disk, with its room before it", () =>
    Effect.gen(function*() {
      const disk = new MemoryDisk()
      const { driver, events, says } = yield* linkedServer("alpha.example", disk)
      driver.makeRoom("hall", open)
      const posted = says("coo")
      expect([posted._tag, disk.durable, events]).toEqual(["Posted", [], []])
      yield* until(() => events.some(({ _tag }) => _tag === "Recorded"))
      expect(disk.durable.flat().map(({ _tag }) => _tag)).toEqual(["PutRoom", "Append", "See"])
      expect(events.map(({ _tag }) => _tag)).toEqual(["Recorded", "Everywhere"])
    }))

  it.scoped("writes what is posted while the disk syncs, in order, and knows a repeated post", () =>
    Effect.gen(function*() {
      const { draft, driver, events, says, texts } = yield* linkedServer("alpha.example")
      driver.makeRoom("hall", open)
      const all = Array.from({ length: 200 }, (_, at) => `post ${at}`)
      for (const [at, text] of all.entries()) {
        says(text)
        if (at % 50 === 0) yield* Effect.yieldNow()
      }
      yield* until(() => events.filter(({ _tag }) => _tag === "Recorded").length === all.length)
      expect(yield* texts).toEqual(all)
      expect(driver.post({ ...draft(""), n: 200, body: { text: "post 199" } })).toMatchObject({ _tag: "Repeated" })
    }))

  it.scoped("fails with its store", () =>
    Effect.gen(function*() {
      const store = yield* StoreMemory.make()
      const full = new StoreError({ reason: "NoSpace", message: "the disk is full" })
      const signer = EventSigner.eventSigner(nodeCrypto, nodeSignatures, nodeCrypto.generate().keyPair, "alpha.example")
      const checks = EventSigner.eventChecks(nodeCrypto, nodeSignatures)
      const exchange = new Exchange({ signer, checks, trusts: () => true, takes: () => true })
      const driver = yield* ExchangeDriver.make(exchange, signer.origin).pipe(
        Effect.provideService(Store, { ...store, commit: () => Effect.fail(full) }),
        Effect.provideService(Crypto, nodeCrypto)
      )
      const seen = yield* Deferred.make<string>()
      yield* driver.listen(({ _tag }) => void Deferred.unsafeDone(seen, Effect.succeed(_tag)))
      driver.makeRoom("hall", open)
      expect(yield* Effect.flip(driver.failed)).toBe(full)
      expect(yield* Deferred.isDone(seen)).toBe(false)
    }))
})
