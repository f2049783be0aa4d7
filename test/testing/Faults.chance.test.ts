import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Socket } from "../../src/net/Socket.ts"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import * as Faults from "../../src/testing/Faults.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import { datagramOf } from "../protocol/classic/frames.ts"

const here = { host: "192.0.2.1", port: 4040 }
const count = 1000

/** Sends 1000 numbered DATs in one direction; returns the received ones and the faults of the sent ones. */
const run = (options: Partial<Faults.Options> & { readonly seed: number }) =>
  Effect.scoped(Effect.gen(function*() {
    const faults: Array<Faults.Fault> = []
    const layer = Faults.layer({ ...options, onFault: (fault) => faults.push(fault) })
    const socket = yield* Effect.provide(Socket, Layer.provide(layer, SocketMemory.layer()))
    const arrived: Array<string> = []
    yield* socket.bind(here, {
      onRun: ({ bytes }) => arrived.push(Buffer.from(bytes).toString("hex")),
      onError: () => {}
    })
    const client = yield* socket.connect(here, { onRun: () => {}, onError: () => {} })
    for (let sequenceNumber = 1; sequenceNumber <= count; sequenceNumber++) {
      const header = { sequenceNumber, fragmentCount: count, fragmentSize: 17, kind: Frame.Kind.dat }
      client.send(here, undefined, (target) => {
        const bytes = datagramOf(header, Buffer.from("data"))
        target.set(bytes)
        return bytes.length
      })
    }
    yield* Effect.promise(() => Promise.resolve())
    const sent = faults.filter(({ direction }) => direction === "sent")
    return { arrived, faults, sent }
  }))

const lostOf = (faults: ReadonlyArray<Faults.Fault>): ReadonlyArray<number | undefined> =>
  faults.filter(({ fate }) => fate === "drop").map(({ sequenceNumber }) => sequenceNumber)

const everything = { loss: 0.1, duplicate: 0.1, reorder: 0.1, damage: 0.1, cut: 0.1 }

describe("chance", () => {
  it.effect("gives the same faults for the same seed and datagrams", () =>
    Effect.gen(function*() {
      const [one, other] = [yield* run({ seed: 7, ...everything }), yield* run({ seed: 7, ...everything })]
      expect(one).toEqual(other)
    }))

  it.effect("gives other faults for another seed", () =>
    Effect.gen(function*() {
      const [one, other] = [yield* run({ seed: 7, ...everything }), yield* run({ seed: 8, ...everything })]
      expect(one.faults).not.toEqual(other.faults)
    }))

  it.effect("of 0 is no fault", () =>
    Effect.gen(function*() {
      const { arrived, faults } = yield* run({ seed: 7 })
      expect([arrived.length, faults]).toEqual([count, []])
    }))

  it.effect("has no part in the path's own delay, which is no fault", () =>
    Effect.gen(function*() {
      expect((yield* run({ seed: 7, delayMillis: 10 })).faults).toEqual([])
    }))

  it.effect("of 1 meets every datagram", () =>
    Effect.gen(function*() {
      const { arrived, sent } = yield* run({ seed: 7, loss: 1 })
      expect([arrived, sent.length]).toEqual([[], count])
    }))

  it.effect("leaves to the script what the script lets pass", () =>
    Effect.gen(function*() {
      const { arrived } = yield* run({ seed: 7, loss: 1, script: [{ fate: "pass", sequenceNumber: 2 }] })
      expect(arrived.map((hex) => hex.slice(0, 6))).toEqual(["000002"])
    }))

  it.effect.each([["loss", "drop"], ["duplicate", "duplicate"], ["damage", "damage"], ["cut", "cut"]] as const)(
    "of 0.3 for %s meets about three of ten",
    ([option, fate]) =>
      Effect.gen(function*() {
        const { sent } = yield* run({ seed: 7, [option]: 0.3 })
        expect(sent.every((fault) => fault.fate === fate)).toBe(true)
        expect(sent.length / count).toBeGreaterThan(0.25)
        expect(sent.length / count).toBeLessThan(0.35)
      })
  )

  it.effect("of reordering delays about so many by the time it is given", () =>
    Effect.gen(function*() {
      const { arrived, sent } = yield* run({ seed: 7, reorder: 0.3, reorderMillis: 12 })
      expect(sent.every(({ fate }) => typeof fate === "object" && fate.delayMillis === 12)).toBe(true)
      expect(sent.length / count).toBeGreaterThan(0.25)
      expect(arrived.length).toBeLessThan(count)
    }))

  it.effect("of reordering delays by 5 ms when no time is given", () =>
    Effect.gen(function*() {
      const { sent } = yield* run({ seed: 7, reorder: 0.3 })
      expect(sent[0]?.fate).toEqual({ delayMillis: 5 })
    }))

  it.effect.each(["duplicate", "reorder", "damage", "cut"] as const)(
    "of loss meets the same datagrams with or without %s",
    (other) =>
      Effect.gen(function*() {
        const alone = yield* run({ seed: 7, loss: 0.2 })
        const both = yield* run({ seed: 7, loss: 0.2, [other]: 0.3 })
        expect(lostOf(both.sent).join(" ") === lostOf(alone.sent).join(" ")).toBe(true)
      })
  )
})
