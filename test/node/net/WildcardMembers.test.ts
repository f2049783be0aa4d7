/** What the sockets of a wildcard do as one. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import type { Address } from "../../../src/net/Address.ts"
import * as NetLimits from "../../../src/net/NetLimits.ts"
import type { Bound, Path, Sent } from "../../../src/net/Socket.ts"
import * as WildcardSocket from "../../../src/node/net/WildcardSocket.ts"
import { recorder } from "../../suites/socket.ts"
import { type FakeHost, make } from "./fakeHost.ts"

const anywhere: Address = { host: "::", port: 4040 }
const [lo, lo6, one, two, six] = ["127.0.0.1", "::1", "192.0.2.1", "192.0.2.2", "2001:db8::1"] as const
const peer: Address = { host: "198.51.100.1", port: 9 }

const bindAt = (host: FakeHost, handler = recorder().handler) =>
  WildcardSocket.serving(host.bind, host.interfaces)(anywhere, handler)
const sendText = (socket: Bound, to: Path, text: string, segmentBytes?: number): Sent =>
  socket.send(to, segmentBytes, (target) => Buffer.from(target.buffer, target.byteOffset).write(text))
const aRefresh = TestClock.adjust(NetLimits.interfacesMillis)

describe("a send", () => {
  it.scoped("leaves from the local address of its path", () =>
    Effect.gen(function*() {
      const host = make([lo, one, two])
      const bound = yield* bindAt(host)
      expect(sendText(bound, { ...peer, local: two }, "hello")).toBe("Sent")
      expect([host.at(one).sent, host.at(two).sent]).toEqual([[], ["hello to 198.51.100.1:9"]])
    }))

  it.scoped.each([
    { host: "198.51.100.1", from: one },
    { host: "127.0.0.9", from: lo },
    { host: "2001:db8::9", from: six },
    { host: "::1", from: lo6 }
  ])("to $host without a local address leaves from $from", ({ from, host }) =>
    Effect.gen(function*() {
      const fake = make([lo, lo6, one, two, six])
      const bound = yield* bindAt(fake)
      sendText(bound, { host, port: 9 }, "x")
      expect([...fake.sockets.values()].filter(({ sent }) => sent.length > 0).map(({ local }) => local.host)).toEqual([
        from
      ])
    }))

  it.scoped("from an address that is gone is a lost run, with an error after it", () =>
    Effect.gen(function*() {
      const [host, server] = [make([lo, one]), recorder()]
      const bound = yield* bindAt(host, server.handler)
      host.addresses = [lo]
      yield* aRefresh
      expect(sendText(bound, { ...peer, local: one }, "hello", 2)).toBe("Sent")
      expect(server.errors).toEqual([])
      yield* Effect.promise(() => Promise.resolve())
      expect(server.errors).toEqual([{ reason: "AddressNotAvailable", datagramBytes: 2 }])
      expect(bound.send({ ...peer, local: one }, undefined, () => 0)).toBe("Nothing")
      expect(bound.counters().refusedDatagrams).toBe(3)
    }))
})

describe("a full socket", () => {
  it.scoped("returns Full, others send, and its drain calls the handler", () =>
    Effect.gen(function*() {
      const [host, server] = [make([lo, one, two]), recorder()]
      const bound = yield* bindAt(host, server.handler)
      host.at(one).sends = "Full"
      expect([sendText(bound, { ...peer, local: one }, "x"), sendText(bound, { ...peer, local: two }, "x")])
        .toEqual(["Full", "Sent"])
      expect(server.drains()).toBe(0)
      host.at(one).handler.onDrain?.()
      expect(server.drains()).toBe(1)
    }))

  it.scoped("whose address is gone calls it too; one that has drained does not", () =>
    Effect.gen(function*() {
      const [host, server] = [make([lo, one, two]), recorder()]
      const bound = yield* bindAt(host, server.handler)
      for (const local of [one, two]) {
        host.at(local).sends = "Full"
        sendText(bound, { ...peer, local }, "x")
      }
      host.at(two).handler.onDrain?.()
      host.addresses = [lo]
      yield* aRefresh
      expect(server.drains()).toBe(2)
    }))
})

describe("the handler", () => {
  it.scoped("receives the runs, pauses and errors of all sockets, but no run before all are open", () =>
    Effect.gen(function*() {
      const [host, server] = [make([lo, one]), recorder()]
      let pauses = 0
      const run = { bytes: Uint8Array.of(1), from: { ...peer, local: one }, segmentBytes: 1 }
      host.onOpen = ({ handler }) => handler.onRun(run)
      yield* bindAt(host, { ...server.handler, onPause: () => pauses++ })
      expect(server.runs).toEqual([])
      const { handler } = host.at(one)
      handler.onRun(run)
      handler.onPause?.()
      expect([server.runs, pauses]).toEqual([[run], 1])
    }))

  it.scoped("without onPause is given to sockets without one", () =>
    Effect.gen(function*() {
      const host = make([lo])
      yield* bindAt(host, { ...recorder().handler, onPause: undefined })
      expect(host.at(lo).handler.onPause).toBeUndefined()
    }))
})

describe("as one", () => {
  it.scoped("the sockets are counted together, those that are closed included", () =>
    Effect.gen(function*() {
      const host = make([lo, one, two])
      const bound = yield* bindAt(host)
      for (const local of [one, one, two]) sendText(bound, { ...peer, local }, "x")
      const expected = { sentDatagrams: 3, sentBytes: 30, droppedMessages: 3 }
      expect(bound.counters()).toMatchObject(expected)
      host.addresses = [lo]
      yield* aRefresh
      expect(bound.counters()).toMatchObject(expected)
    }))

  it.scoped("they have offload if all have it", () =>
    Effect.gen(function*() {
      const host = make([lo, one])
      const bound = yield* bindAt(host)
      expect([bound.offload(), bound.discoversMtu]).toEqual([{ isOn: true }, true])
      host.at(one).offload = { isOn: false, reason: "of a device" }
      expect(bound.offload()).toEqual({ isOn: false, reason: "of a device" })
    }))

  it.scoped("they name the smallest buffer of each direction, once", () =>
    Effect.gen(function*() {
      const host = make([lo, one, two])
      const small = { askedBytes: 9_000, setting: undefined, message: "small" }
      host.onOpen = (socket) => {
        socket.receiveBufferBytes = socket.local.host === one ? 500 : 700
        socket.smallBuffers = [
          { ...small, direction: "receive", givenBytes: socket.receiveBufferBytes },
          { ...small, direction: "send", givenBytes: 800 }
        ]
      }
      const { receiveBufferBytes, smallBuffers } = yield* bindAt(host)
      expect(receiveBufferBytes).toBe(500)
      expect(smallBuffers.map(({ direction, givenBytes }) => [direction, givenBytes]))
        .toEqual([["receive", 500], ["send", 800]])
    }))
})
