import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type { TextPort as ReaderPort } from "../../src/conversation/readers/Readers.ts"
import { encoded } from "../../src/protocol/conversation/client/EncodedMessage.ts"
import { serving } from "../../src/web/ReaderTexts.ts"
import * as Limits from "../../src/web/WebLimits.ts"

/** A client, and the port that the readers of rooms were given for it. */
const opened = (onServe: (port: ReaderPort) => Effect.Effect<void>) =>
  Effect.gen(function*() {
    const log: Array<string> = []
    const takers: Array<() => void> = []
    const serve = yield* serving({ serve: onServe })
    const handler = serve({
      send: (text, onTaken) => {
        log.push(text)
        if (onTaken !== undefined) takers.push(onTaken)
      },
      close: (reason) => void log.push(`close: ${reason}`),
      pause: () => void log.push("pause"),
      resume: () => void log.push("resume")
    }, { host: "192.0.2.1", port: 7 })
    return { handler, log, takers }
  })

describe("a client of texts", () => {
  it.scoped("is served as a reader of rooms, until its connection ends", () =>
    Effect.gen(function*() {
      const received: Array<unknown> = []
      const over = yield* Deferred.make<void>()
      const { handler, log } = yield* opened((port) =>
        Effect.gen(function*() {
          received.push(port.address)
          for (let next = yield* port.receive; next !== undefined; next = yield* port.receive) {
            received.push(...next.texts)
          }
        }).pipe(Effect.orDie, Effect.ensuring(Deferred.succeed(over, undefined)))
      )
      handler.onText("one")
      yield* Effect.yieldNow()
      handler.onText("two")
      handler.onText("three")
      yield* Effect.yieldNow()
      handler.onEnd()
      yield* Deferred.await(over)
      expect(received).toEqual([{ host: "192.0.2.1", port: 7 }, "one", "two", "three"])
      yield* Effect.yieldNow()
      expect(log).toEqual(["close: the connection is closed"])
    }))

  it.scoped("is not read while many of its texts wait", () =>
    Effect.gen(function*() {
      const start = yield* Deferred.make<void>()
      const all = yield* Deferred.make<number>()
      const { handler, log } = yield* opened((port) =>
        Effect.gen(function*() {
          yield* Deferred.await(start)
          yield* Deferred.succeed(all, (yield* port.receive)?.texts.length ?? 0)
          return yield* Effect.never
        }).pipe(Effect.orDie)
      )
      for (let at = 1; at < Limits.waitingTexts; at++) handler.onText("x")
      expect(log).toEqual([])
      handler.onText("x")
      expect(log).toEqual(["pause"])
      yield* Deferred.succeed(start, undefined)
      expect(yield* Deferred.await(all)).toBe(Limits.waitingTexts)
      expect(log).toEqual(["pause", "resume"])
    }))

  it.scoped("is sent one text after the other, each when the one before is taken", () =>
    Effect.gen(function*() {
      const goodbye = encoded({ t: "goodbye", reason: "x" })
      const over = yield* Deferred.make<void>()
      const { log, takers } = yield* opened((port) =>
        Effect.zipRight(Effect.orDie(port.send([goodbye, goodbye])), Deferred.succeed(over, undefined))
      )
      yield* Effect.yieldNow()
      expect(log).toEqual([goodbye.text])
      takers[0]?.()
      yield* Effect.yieldNow()
      takers[1]?.()
      yield* Deferred.await(over)
      expect(log.slice(0, 2)).toEqual([goodbye.text, goodbye.text])
    }))
})
