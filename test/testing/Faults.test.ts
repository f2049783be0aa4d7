import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as NetLimits from "../../src/net/NetLimits.ts"
import { Socket } from "../../src/net/Socket.ts"
import * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import * as Faults from "../../src/testing/Faults.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import { datagramOf } from "../protocol/classic/frames.ts"

const here = { host: "192.0.2.1", port: 4040 }
const { ack, dat, inf } = Frame.Kind

const frame = (kind: Frame.Kind, sequenceNumber: number, data = ""): Uint8Array =>
  datagramOf({ sequenceNumber, fragmentCount: 99, fragmentSize: 17, kind }, Buffer.from(data))
const dats = (count: number): ReadonlyArray<Uint8Array> =>
  Array.from({ length: count }, (_, at) => frame(dat, at + 1, "data"))
const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.from(a).equals(b)

const nameOf = (bytes: Uint8Array): string => {
  const read = Frame.decode(bytes)
  return typeof read === "string" ? read : `${Frame.kindNames[read.kind]} ${read.sequenceNumber}`
}

interface Arrival {
  readonly name: string
  readonly at: number
  readonly bytes: Uint8Array
}

/** Waits until all datagrams without a delay have arrived. */
const arrive = Effect.promise(() => Promise.resolve())

/** A client and a server that does nothing but answer each datagram with `answer`, over a network with faults. */
const between = (options: Partial<Faults.Options>, answer?: Uint8Array) =>
  Effect.gen(function*() {
    const faults: Array<Faults.Fault> = []
    const layer = Faults.layer({ seed: 1, onFault: (fault) => faults.push(fault), ...options })
    const socket = yield* Effect.provide(Socket, Layer.provide(layer, SocketMemory.layer()))
    const clock = yield* Effect.clock
    const [atServer, atClient]: [Array<Arrival>, Array<Arrival>] = [[], []]
    const note = (arrivals: Array<Arrival>, bytes: Uint8Array) =>
      arrivals.push({ name: nameOf(bytes), at: clock.unsafeCurrentTimeMillis(), bytes: bytes.slice() })
    const write = (bytes: Uint8Array) => (target: Uint8Array) => {
      target.set(bytes)
      return bytes.length
    }
    const server = yield* socket.bind(here, {
      onRun: ({ bytes, from }) => {
        note(atServer, bytes)
        if (answer !== undefined) server.send(from, undefined, write(answer))
      },
      onError: () => {}
    })
    const client = yield* socket.connect(here, {
      onRun: ({ bytes }) => note(atClient, bytes),
      onError: () => {}
    })
    const send = (...datagrams: ReadonlyArray<Uint8Array>) =>
      Effect.zipRight(Effect.sync(() => datagrams.map((bytes) => client.send(here, undefined, write(bytes)))), arrive)
    const names = () => atServer.map(({ name }) => name)
    return { send, faults, names, atServer, atClient }
  })

const onItsWay = (rule: Omit<Faults.Rule, "direction">): Partial<Faults.Options> => ({
  script: [{ direction: "sent", ...rule }]
})

describe("without faults", () => {
  it.scoped("everything passes unchanged, both ways", () =>
    Effect.gen(function*() {
      const { atClient, atServer, faults, send } = yield* between({}, frame(ack, 1))
      yield* send(...dats(3))
      expect(atServer.map(({ bytes }) => Buffer.from(bytes))).toEqual(dats(3).map((bytes) => Buffer.from(bytes)))
      expect([atClient.map(({ name }) => name), faults]).toEqual([["ACK 1", "ACK 1", "ACK 1"], []])
    }))

  it.scoped("addresses are resolved as beneath", () =>
    Effect.gen(function*() {
      const socket = yield* Effect.provide(Socket, Layer.provide(Faults.layer({ seed: 1 }), SocketMemory.layer()))
      expect(yield* socket.resolve("localhost")).toEqual(["127.0.0.1"])
    }))
})

describe("a script", () => {
  it.scoped("drops", () =>
    Effect.gen(function*() {
      const { faults, names, send } = yield* between(onItsWay({ fate: "drop", sequenceNumber: 2 }))
      yield* send(...dats(3))
      expect(names()).toEqual(["DAT 1", "DAT 3"])
      expect(faults).toEqual([{ direction: "sent", fate: "drop", kind: "DAT", sequenceNumber: 2 }])
    }))

  it.scoped("doubles", () =>
    Effect.gen(function*() {
      const { atServer, names, send } = yield* between(onItsWay({ fate: "duplicate", sequenceNumber: 2 }))
      yield* send(...dats(3))
      expect(names()).toEqual(["DAT 1", "DAT 2", "DAT 2", "DAT 3"])
      expect(atServer.slice(1, 3).every(({ bytes }) => isSame(bytes, frame(dat, 2, "data")))).toBe(true)
    }))

  it.scoped("damages exactly one bit, and never the sender's own bytes", () =>
    Effect.gen(function*() {
      const { atServer, send } = yield* between(onItsWay({ fate: "damage" }))
      const sent = dats(40)
      yield* send(...sent)
      const bits = atServer.map(({ bytes }, at) =>
        bytes.reduce(
          (sum, byte, index) => sum + (byte ^ (sent[at]?.[index] ?? 0)).toString(2).replaceAll("0", "").length,
          0
        )
      )
      expect([bits, atServer.every(({ bytes }) => bytes.length === 17)]).toEqual([
        Array.from({ length: 40 }, () => 1),
        true
      ])
      expect(sent.every((bytes, at) => isSame(bytes, frame(dat, at + 1, "data")))).toBe(true)
    }))

  it.scoped("damages everywhere in time", () =>
    Effect.gen(function*() {
      const { atServer, send } = yield* between(onItsWay({ fate: "damage" }))
      const original = frame(dat, 1, "data")
      yield* send(...Array.from({ length: 400 }, () => original))
      const places = new Set(atServer.map(({ bytes }) => bytes.findIndex((byte, at) => byte !== original[at])))
      expect(places.size).toBe(original.length)
    }))

  it.scoped("cuts the end off, down to nothing", () =>
    Effect.gen(function*() {
      const { atServer, faults, send } = yield* between(onItsWay({ fate: "cut" }))
      const original = frame(dat, 1, "data")
      yield* send(...Array.from({ length: 400 }, () => original))
      const lengths = new Set(atServer.map(({ bytes }) => bytes.length))
      expect([Math.min(...lengths), Math.max(...lengths), faults.length]).toEqual([1, original.length - 1, 400])
      expect(atServer.every(({ bytes }) => isSame(bytes, original.subarray(0, bytes.length)))).toBe(true)
    }))

  it.scoped("delays by exactly as much as it says, so that later ones overtake", () =>
    Effect.gen(function*() {
      const { atServer, send } = yield* between(onItsWay({ fate: { delayMillis: 30 }, sequenceNumber: 1 }))
      yield* TestClock.setTime(1000)
      yield* send(...dats(2))
      yield* TestClock.adjust(29)
      expect(atServer.map(({ at, name }) => [name, at])).toEqual([["DAT 2", 1000]])
      yield* TestClock.adjust(1)
      yield* arrive
      expect(atServer.map(({ at, name }) => [name, at])).toEqual([["DAT 2", 1000], ["DAT 1", 1030]])
    }))
})

describe("a rule", () => {
  it.scoped("without conditions meets everything, both ways", () =>
    Effect.gen(function*() {
      const { atServer, faults, send } = yield* between({ script: [{ fate: "duplicate" }] })
      yield* send(frame(dat, 1))
      expect([atServer.length, faults.map(({ direction }) => direction)]).toEqual([4, ["sent", "received", "received"]])
    }))

  it.scoped("meets what arrives, when it says so", () =>
    Effect.gen(function*() {
      const { atClient, faults, send } = yield* between({
        script: [{ fate: "drop", direction: "received", kind: "ACK" }]
      }, frame(ack, 1))
      yield* send(frame(dat, 1))
      expect([atClient, faults]).toEqual([[], [{
        direction: "received",
        fate: "drop",
        kind: "ACK",
        sequenceNumber: 1
      }]])
    }))

  it.scoped("meets a kind", () =>
    Effect.gen(function*() {
      const { names, send } = yield* between(onItsWay({ fate: "drop", kind: "INF" }))
      yield* send(frame(inf, 0, "T"), ...dats(2))
      expect(names()).toEqual(["DAT 1", "DAT 2"])
    }))

  it.scoped("meets the n-th of those that match, and no other", () =>
    Effect.gen(function*() {
      const { names, send } = yield* between(onItsWay({ fate: "drop", kind: "DAT", nth: 3 }))
      yield* send(frame(inf, 0, "T"), ...dats(4), ...dats(4))
      expect(names()).toEqual(["INF 0", "DAT 1", "DAT 2", "DAT 4", "DAT 1", "DAT 2", "DAT 3", "DAT 4"])
    }))

  it.scoped("meets the n-th copy of one frame", () =>
    Effect.gen(function*() {
      const { names, send } = yield* between(onItsWay({ fate: "drop", kind: "DAT", sequenceNumber: 2, nth: 2 }))
      yield* send(...dats(2), ...dats(2), ...dats(2))
      expect(names()).toEqual(["DAT 1", "DAT 2", "DAT 1", "DAT 1", "DAT 2"])
    }))

  it.scoped("that comes first decides when several match", () =>
    Effect.gen(function*() {
      const script: ReadonlyArray<Faults.Rule> = [
        { fate: "duplicate", direction: "sent", sequenceNumber: 2 },
        { fate: "drop", direction: "sent", kind: "DAT" }
      ]
      const { names, send } = yield* between({ script })
      yield* send(...dats(3))
      expect(names()).toEqual(["DAT 2", "DAT 2"])
    }))

  it.scoped("counts what it matches even where an earlier rule decides", () =>
    Effect.gen(function*() {
      const script: ReadonlyArray<Faults.Rule> = [
        { fate: "duplicate", direction: "sent", nth: 1 },
        { fate: "drop", direction: "sent", nth: 2 },
        { fate: "drop", direction: "sent", nth: 4 }
      ]
      const { names, send } = yield* between({ script })
      yield* send(...dats(4))
      expect(names()).toEqual(["DAT 1", "DAT 1", "DAT 3"])
    }))

  it.scoped("by kind or number does not meet what is no frame", () =>
    Effect.gen(function*() {
      const script: ReadonlyArray<Faults.Rule> = [{ fate: "drop", kind: "DAT" }, { fate: "drop", sequenceNumber: 0 }]
      const { names, send } = yield* between({ script })
      yield* send(Uint8Array.of(1, 2, 3))
      expect(names()).toEqual(["short"])
    }))
})

describe("a delay on the path", () => {
  it.scoped("takes as long as it says, each way", () =>
    Effect.gen(function*() {
      const { atClient, atServer, send } = yield* between({ delayMillis: 10 }, frame(ack, 1))
      yield* send(frame(dat, 1))
      for (let n = 0; n < 4; n++) yield* TestClock.adjust(10)
      // 10 ms where it is sent and 10 ms where it is received.
      expect([atServer.map(({ at }) => at), atClient.map(({ at }) => at)]).toEqual([[20], [40]])
    }))

  it.scoped("keeps the order of what is sent", () =>
    Effect.gen(function*() {
      const { names, send } = yield* between({ delayMillis: 10 })
      yield* send(...dats(5))
      yield* TestClock.adjust(20)
      yield* arrive
      expect(names()).toEqual(["DAT 1", "DAT 2", "DAT 3", "DAT 4", "DAT 5"])
    }))

  it.scoped("keeps the order of what is delayed one way by the same time", () =>
    Effect.gen(function*() {
      const { names, send } = yield* between(onItsWay({ fate: { delayMillis: 10 } }))
      yield* send(...dats(5))
      yield* TestClock.adjust(10)
      yield* arrive
      expect(names()).toEqual(["DAT 1", "DAT 2", "DAT 3", "DAT 4", "DAT 5"])
    }))

  it.scoped("adds to that of the script", () =>
    Effect.gen(function*() {
      const { atServer, send } = yield* between({ delayMillis: 10, ...onItsWay({ fate: { delayMillis: 5 } }) })
      yield* send(frame(dat, 1))
      for (let n = 0; n < 5; n++) yield* TestClock.adjust(5)
      expect(atServer.map(({ at }) => at)).toEqual([25])
    }))

  it.scoped("past the end of a socket does not reach its handler", () =>
    Effect.gen(function*() {
      const layer = Faults.layer({ seed: 1, script: [{ fate: { delayMillis: 10 }, direction: "received" }] })
      const socket = yield* Effect.provide(Socket, Layer.provide(layer, SocketMemory.layer()))
      const arrived: Array<number> = []
      const scope = yield* Scope.make()
      const onRun = () => arrived.push(1)
      yield* Scope.extend(socket.bind(here, { onRun, onError: () => {} }), scope)
      const client = yield* socket.connect(here, { onRun: () => {}, onError: () => {} })
      client.send(here, undefined, () => 13)
      yield* arrive
      yield* Scope.close(scope, Exit.void)
      yield* TestClock.adjust(10)
      expect(arrived).toEqual([])
    }))

  it.scoped("holds a bounded number of datagrams; the rest are lost", () =>
    Effect.gen(function*() {
      const { send } = yield* between(onItsWay({ fate: { delayMillis: 10 } }))
      const one = frame(dat, 1)
      yield* send(...Array.from({ length: NetLimits.queuedDatagrams + 10 }, () => one))
      const waiting = yield* TestClock.sleeps()
      expect(Chunk.size(waiting)).toBe(NetLimits.queuedDatagrams)
    }))
})
