import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Item } from "../../../src/cli/commands/Item.ts"
import * as Message from "../../../src/cli/commands/Message.ts"
import type { Delivery } from "../../../src/transport/Transport.ts"
import { fakeReport } from "../commandsInMemory.ts"
import { fakeSession } from "../fakeSession.ts"

const fileOf = (name: string, size: number): Item => ({
  _tag: "File",
  label: `/home/${name}`,
  wanted: { _tag: "Path", path: `/home/${name}` },
  source: {
    name,
    path: `/home/${name}`,
    size,
    blocks: () => Stream.make(new Uint8Array(size)),
    recycle: () => undefined,
    sha256: Effect.succeed("ab".repeat(32))
  }
})

const text: Item = { _tag: "Text", text: "ahoj", label: "the text", wanted: { _tag: "Text", text: "ahoj" } }
const underwayOf = (message: Message.Ready) => message.underway({ id: "1", label: "it", place: { number: 2, of: 3 } })

const delivery: Delivery = {
  receipt: undefined,
  confirmed: true,
  durationMillis: 200,
  retransmissions: 5,
  limitedBy: undefined,
  fragments: undefined
}

describe("a message under way on the classic wire", () => {
  it.effect("counts the bytes of its content, and is verified while the last answer is awaited", () =>
    Effect.gen(function*() {
      const session = fakeSession("classic")
      session.done = { deliveredBytes: 1000, lostPackets: 10 }
      const message = underwayOf(yield* Message.prepare(session, fileOf("name", 25), { fragmentSize: 4 }))
      const states = [0, 0, 4, 8, 12, 16, 20, 24, 25].map((deliveredBytes, at) => {
        session.hasAnswered = at > 0
        session.done = { deliveredBytes: 1000 + deliveredBytes, lostPackets: 17 }
        expect(message.awaits?.()).toBe(at === 0 ? "192.0.2.7:4040" : undefined)
        return [message.bytes(), message.isVerifying?.()]
      })
      expect(states).toEqual([
        [0, false],
        [0, false],
        [4, false],
        [8, false],
        [12, false],
        [16, false],
        [20, false],
        [24, true],
        [25, true]
      ])
      expect(message).toMatchObject({ id: "1", label: "it", verb: "sending", size: 25, place: { number: 2, of: 3 } })
      expect(message.repeats?.()).toBe(7)
    }))

  it.effect("of one fragment is not shown as verified: its only answer is the last one", () =>
    Effect.gen(function*() {
      const session = fakeSession("classic")
      const message = underwayOf(yield* Message.prepare(session, text, {}))
      expect([message.size, message.isVerifying?.()]).toEqual([4, false])
      session.done = { deliveredBytes: 4 }
      expect([message.bytes(), message.isVerifying?.()]).toEqual([4, false])
    }))
})

it.effect("a message under way on flock is verified after all of its bytes have arrived", () =>
  Effect.gen(function*() {
    const session = fakeSession("flock")
    session.done = { deliveredBytes: 1000, lostPackets: 10 }
    const message = underwayOf(yield* Message.prepare(session, fileOf("a", 2000), {}))
    const states = [999, 1000, 2999, 3000, 3100].map((deliveredBytes) => {
      session.done = { deliveredBytes, lostPackets: 12 }
      return [message.bytes(), message.isVerifying?.()]
    })
    expect(states).toEqual([[0, false], [0, false], [1999, false], [2000, true], [2000, true]])
    expect([message.repeats?.(), message.awaits?.()]).toEqual([2, undefined])
  }))

describe("the events of a message", () => {
  const file = fileOf("a.txt", 2500)

  it.effect("on the classic wire have the number, the size and the cost of its fragments", () =>
    Effect.gen(function*() {
      const fragments = { count: 3, fragmentSize: 1444, repeatedNumbers: [2], damaged: 1, damagedNumbers: [2] }
      const session = fakeSession("classic", { ...delivery, confirmed: false, fragments })
      const message = yield* Message.prepare(session, file, {})
      const described = { id: "7", peer: "192.0.2.7:4040", kind: "file", name: "a.txt", size: 2500 }
      expect(message.started("7")).toEqual({ type: "started", ...described, fragments: 3, fragmentSize: 1445 })
      expect(message.sent(yield* message.send, "7")).toEqual({
        type: "sent",
        ...described,
        path: "/home/a.txt",
        sha256: "ab".repeat(32),
        fragments: 3,
        fragmentSize: 1444,
        confirmed: false,
        durationMillis: 200,
        rateBitsPerSecond: 100_000,
        retransmissions: 5,
        repeatedNumbers: [2],
        damaged: 1,
        damagedNumbers: [2],
        limitedBy: undefined
      })
    }))

  it.effect("on flock have no fragments, and what limited the rate", () =>
    Effect.gen(function*() {
      // So long that the processor of this process was not busy for most of it.
      const session = fakeSession("flock", { ...delivery, durationMillis: 1e9, limitedBy: "window" })
      const message = yield* Message.prepare(session, file, {})
      expect(message.started("7")).toMatchObject({ size: 2500, fragments: undefined, fragmentSize: undefined })
      expect(message.sent(yield* message.send, "7")).toMatchObject({
        type: "sent",
        fragments: undefined,
        fragmentSize: undefined,
        confirmed: true,
        repeatedNumbers: [],
        damaged: 0,
        damagedNumbers: [],
        limitedBy: "receiver"
      })
    }))

  it.effect("of a text have no name", () =>
    Effect.gen(function*() {
      const message = yield* Message.prepare(fakeSession("flock", delivery), text, {})
      const events = [message.started("1"), message.sent(yield* message.send, "1")]
      expect(events).toMatchObject([{ kind: "text", name: undefined, size: 4 }, { kind: "text", name: undefined }])
    }))
})

it.effect("a message that the wire cannot carry fails before anything is sent", () =>
  Effect.gen(function*() {
    const tooSmall = Message.prepare(fakeSession("classic"), text, { fragmentSize: 0 })
    expect(yield* Effect.flip(tooSmall)).toMatchObject({ reason: "Unsupported", detail: "FragmentSize" })
    const onFlock = Message.prepare(fakeSession("flock"), text, { fragmentSize: 100 })
    expect(yield* Effect.flip(onFlock)).toMatchObject({ reason: "Unsupported", detail: "Fragments" })
  }))

it("the limit of a transfer is the limiting factor of its sender, or the processor where it was busy for 85 % of the time", () => {
  const factors = ["application", "window", "congestion", "pacing"] as const
  expect(factors.map((factor) => Message.limitOf(factor, 0.84))).toEqual([
    "source",
    "receiver",
    "congestion",
    "pacing"
  ])
  expect(factors.map((factor) => Message.limitOf(factor, 0.85))).toEqual(["cpu", "cpu", "cpu", "cpu"])
})

it.effect("a note says that no fragment was damaged where damage was requested", () =>
  Effect.gen(function*() {
    const report = fakeReport()
    const damage = { which: { list: [99] }, kind: "remove" } as const
    yield* Message.noteSpared(report, { damage }, { damaged: 0, fragments: 1 })
    yield* Message.noteSpared(report, { damage }, { damaged: 1, fragments: 3 })
    yield* Message.noteSpared(report, { fragmentSize: 3 }, { damaged: 0, fragments: 3 })
    yield* Message.noteSpared(report, {}, { damaged: 0, fragments: undefined })
    expect(report.notes).toEqual(["  damaged on purpose 0 of 1 fragment"])
  }))
