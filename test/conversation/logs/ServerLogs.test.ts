import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as LogJournal from "../../../src/conversation/logs/LogJournal.ts"
import { Logs } from "../../../src/conversation/logs/Logs.ts"
import * as ServerLogs from "../../../src/conversation/logs/ServerLogs.ts"
import { MemoryDisk } from "../../../src/conversation/store/MemoryDisk.ts"
import { Store } from "../../../src/conversation/store/Store.ts"
import * as StoreMemory from "../../../src/conversation/store/StoreMemory.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import { nodeSignatures } from "../../../src/node/security/NodeSignatures.ts"
import { Crypto } from "../../../src/security/Crypto.ts"
import { Signatures } from "../../../src/security/Signatures.ts"
import { until } from "../links/linkedServer.ts"

const access = { access: "public", servers: [] } as const
const draft = (n: number, server = "alpha") => ({
  time: 5,
  author: `ala@${server}`,
  device: "terminal",
  n,
  kind: "said",
  body: { text: `t${n}` }
})

interface Start {
  readonly name?: string
  readonly host?: ReturnType<typeof nodeCrypto.generate>["keyPair"]
}

/** A server on a disk, with the room `hall`. */
const started = (disk: MemoryDisk, { host = nodeCrypto.keyPair(new Uint8Array(32).fill(7)), name }: Start = {}) =>
  Effect.gen(function*() {
    const store = yield* StoreMemory.make({ disk })
    const warnings: Array<string> = []
    const options = { name, fallback: "alpha", host, warn: (sentence: string) => void warnings.push(sentence) }
    const { driver, logs } = yield* ServerLogs.open(options).pipe(
      Effect.provideService(Store, store),
      Effect.provideService(Crypto, nodeCrypto),
      Effect.provideService(Signatures, nodeSignatures)
    )
    yield* logs.make("hall", access)
    return { driver, logs, store, warnings }
  })

describe("the logs of a server", () => {
  it.scoped("are those of its store after a restart: rooms, events, numbers of posts, and the servers of rooms", () =>
    Effect.gen(function*() {
      const disk = new MemoryDisk()
      yield* Effect.scoped(Effect.gen(function*() {
        const { driver, logs } = yield* started(disk)
        const results: Array<unknown> = []
        const hall = yield* logs.follow("hall", () => undefined)
        for (const n of [1, 2]) hall.post(draft(n), (result) => results.push(result))
        const link = driver.openLink("beta", { wake: () => undefined, onEnd: () => undefined })
        driver.receive(link, { t: "hello", v: 1, server: "beta", key: "0b".repeat(32) })
        driver.receive(link, { t: "have", room: "hall", access: "public", vector: {}, total: 0 })
        yield* until(() => results.length === 2)
        expect(driver.exchange.roomOf("hall")?.servers).toEqual(["alpha", "beta"])
      }))
      const { driver, logs, store } = yield* started(disk)
      expect(logs.server).toBe("alpha")
      expect(driver.exchange.roomOf("hall")?.servers).toEqual(["alpha", "beta"])
      const journal = yield* LogJournal.open("hall").pipe(
        Effect.provideService(Store, store),
        Effect.provideService(Logs, logs)
      )
      const texts: Array<unknown> = []
      journal.follow((events) => texts.push(...events.map(({ body }) => body?.["text"])))
      expect(texts).toEqual(["t1", "t2"])
      const hall = yield* logs.follow("hall", () => undefined)
      const results: Array<unknown> = []
      for (const n of [1, 2, 3]) hall.post(draft(n), (result) => results.push(result))
      yield* until(() => results.length === 3)
      expect(results).toMatchObject([
        { _tag: "Repeated", event: undefined },
        { _tag: "Repeated", event: { seq: 2 } },
        { _tag: "Posted", event: { seq: 1, clock: 3 } }
      ])
      // The key that the link has proved is that of beta for good.
      const link = driver.openLink("beta", { wake: () => undefined, onEnd: () => undefined })
      driver.receive(link, { t: "hello", v: 1, server: "beta", key: "0c".repeat(32) })
      const messages = [driver.nextMessage(link), driver.nextMessage(link)]
      expect(messages).toContainEqual(expect.objectContaining({ t: "stop", reason: "greeting" }))
    }))

  it.scoped("have the name of the store; another one is refused, and so is another host key", () =>
    Effect.gen(function*() {
      const disk = new MemoryDisk()
      yield* Effect.scoped(started(disk, { name: "beta.example" }))
      expect((yield* Effect.scoped(started(disk))).logs.server).toBe("beta.example")
      const failed = yield* Effect.flip(Effect.scoped(started(disk, { name: "gamma" })))
      expect([failed.reason, failed.message]).toEqual(["Invalid", expect.stringContaining("beta.example")])
      const other = yield* Effect.flip(Effect.scoped(started(disk, { host: nodeCrypto.generate().keyPair })))
      expect([other.reason, other.message]).toEqual(["Invalid", expect.stringContaining("another host key")])
    }))
})
