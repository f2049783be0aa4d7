import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { textOf, wordsOf } from "../../../src/cli/trust/KeyName.ts"
import { isTrusted } from "../../../src/cli/trust/KeyQuestion.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import * as NodeSecurity from "../../../src/node/security/NodeSecurity.ts"
import type { ServerKey } from "../../../src/security/Keyring.ts"
import { fakeReport, sending, serving, world } from "../commandsInMemory.ts"
import { person } from "../interactive/DialogMemory.ts"

const to = { host: "127.0.0.1", port: 4040 }
const server = "127.0.0.1:4040"
const hostKey = new Uint8Array(32).fill(1)
const key = nodeCrypto.keyPair(hostKey).publicKey
const otherKey = nodeCrypto.keyPair(new Uint8Array(32).fill(2)).publicKey

const starting = (report = fakeReport()) =>
  Effect.gen(function*() {
    yield* Effect.fork(Effect.provide(serving(report, { wire: "flock" }), NodeSecurity.layerMemory({ hostKey })))
    yield* Effect.yieldNow()
    return report
  })

type Options = NonNullable<Parameters<typeof sending>[1]>

/** A user on another machine, who knows these servers. */
const user = (known = new Map<string, ServerKey>()) => {
  const keys = NodeSecurity.layerMemory({ known })
  const report = fakeReport()
  const sends = (options: Options = {}) => Effect.provide(sending(report, { to, wire: "flock", ...options }), keys)
  return { known, report, sends }
}

/** The same, who answers questions. */
const asked = (known?: Map<string, ServerKey>) => {
  const me = person()
  const { sends, ...rest } = user(known)
  const answering: Options["isTrusted"] = (place, seen) => Effect.provide(isTrusted(place, seen), me.layer)
  return { ...rest, me, sends: (options: Options = {}) => sends({ isTrusted: answering, ...options }) }
}

/** What a server has received of messages. */
const arrived = (report: ReturnType<typeof fakeReport>) =>
  report.summaries().filter((line) => !/^(?:listening|connected|disconnected)/.test(line))

describe("the first contact with a server", () => {
  it.scoped("asks once, waits five minutes for the answer, sends, and asks nothing the next time", () =>
    Effect.gen(function*() {
      const there = yield* starting()
      const { known, me, report, sends } = asked()
      const first = yield* Effect.fork(sends())
      expect(yield* me.sees).toContain(wordsOf(key))
      yield* TestClock.adjust("5 minutes")
      // No session is open in the meantime.
      expect([there.summaries(), known.size]).toEqual([["listening 4040"], 0])
      yield* me.types("yes")
      yield* TestClock.adjust("1 seconds")
      expect(yield* Fiber.join(first)).toBe(0)
      const second = yield* Effect.fork(sends())
      yield* TestClock.adjust("1 seconds")
      expect(yield* Fiber.join(second)).toBe(0)
      expect(arrived(there)).toEqual(["started a text", "received a text", "started a text", "received a text"])
      expect(known.get(server)?.key).toEqual(key)
      expect(report.events.filter(({ type }) => type === "error")).toEqual([])
    }).pipe(Effect.provide(world().layer)))

  it.scoped("sends nothing when the person declines, and says how to go on", () =>
    Effect.gen(function*() {
      const there = yield* starting()
      const { known, me, report, sends } = asked()
      const sent = yield* Effect.fork(sends())
      yield* me.types("no")
      expect(yield* Fiber.join(sent)).toBe(4)
      expect([there.summaries(), known.size]).toEqual([["listening 4040"], 0])
      expect(report.events).toMatchObject([
        { code: "UnknownKey", message: `nothing was sent: the key of ${server} was not accepted` }
      ])
    }).pipe(Effect.provide(world().layer)))

  it.scoped("asks after a wait for the server, whose time the answer does not take", () =>
    Effect.gen(function*() {
      const { me, sends } = asked()
      const sent = yield* Effect.fork(sends({ waitMillis: 10_000 }))
      yield* TestClock.adjust("5 seconds")
      expect(me.asked()).toBeUndefined()
      const there = yield* starting()
      yield* TestClock.adjust("4 seconds")
      expect(me.asked()).toContain("trust it")
      yield* TestClock.adjust("60 seconds")
      yield* me.types("yes")
      yield* TestClock.adjust("1 seconds")
      expect([yield* Fiber.join(sent), arrived(there)]).toEqual([0, ["started a text", "received a text"]])
    }).pipe(Effect.provide(world().layer)))

  it.scoped("without a terminal fails with the same command, in which the key is filled in", () =>
    Effect.gen(function*() {
      const there = yield* starting()
      const { known, report, sends } = user()
      expect(yield* sends({ written: ["--quiet", "--to=127.0.0.1"] })).toBe(4)
      expect([there.summaries(), known.size]).toEqual([["listening 4040"], 0])
      expect(report.events).toMatchObject([{
        code: "UnknownKey",
        message: `the key of ${server} is not known; its words are: ${wordsOf(key)}`,
        hint: expect.stringContaining(`: holub send --to=${textOf(key)}@${server} --quiet --text=ahoj`)
      }])
    }).pipe(Effect.provide(world().layer)))
})

describe("a destination with a key", () => {
  it.scoped.each([[false, 0], [true, 1]] as const)(
    "asks nothing, and is remembered only if that is wanted: %s",
    ([remembers, size]) =>
      Effect.gen(function*() {
        const there = yield* starting()
        const { known, sends } = user()
        const sent = yield* Effect.fork(sends({ to: { ...to, key }, remembers }))
        yield* TestClock.adjust("1 seconds")
        expect([yield* Fiber.join(sent), arrived(there).length, known.size]).toEqual([0, 2, size])
      }).pipe(Effect.provide(world().layer))
  )

  it.scoped("takes precedence over a known key", () =>
    Effect.gen(function*() {
      const there = yield* starting()
      const { known, sends } = user(new Map([[server, { key: otherKey, next: undefined }]]))
      const sent = yield* Effect.fork(sends({ to: { ...to, key } }))
      yield* TestClock.adjust("1 seconds")
      expect([yield* Fiber.join(sent), arrived(there).length]).toEqual([0, 2])
      expect(known.get(server)?.key).toEqual(otherKey)
    }).pipe(Effect.provide(world().layer)))
})

describe("a server with another key than before", () => {
  it.scoped.each(
    [
      ["known", { to }, `holub trust replace ${server} ${textOf(key)}`],
      ["pinned", { to: { ...to, key: otherKey } }, `holub send --to=${textOf(key)}@${server} --text=ahoj`]
    ] as const
  )("that was %s gets no byte of the user (C7)", ([name, options, command]) =>
    Effect.gen(function*() {
      const there = yield* starting()
      const { known, me, report, sends } = asked(new Map([[server, { key: otherKey, next: undefined }]]))
      const sent = yield* Effect.fork(sends(options))
      yield* TestClock.adjust("11 seconds")
      expect(yield* Fiber.join(sent)).toBe(4)
      expect([there.summaries(), me.asked()]).toEqual([["listening 4040"], undefined])
      const before = name === "known" ? `; before: ${wordsOf(otherKey)}` : ""
      expect(report.events).toMatchObject([{
        code: "ChangedKey",
        message: expect.stringContaining(`its words are: ${wordsOf(key)}${before}`),
        hint: expect.stringContaining(command)
      }])
      expect(known.get(server)?.key).toEqual(otherKey)
    }).pipe(Effect.provide(world().layer)))
})
