/** A wildcard on a host whose addresses change, in virtual time. `WildcardSocket.loopback.test.ts` has the sockets of this machine. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import type { Address } from "../../../src/net/Address.ts"
import * as NetLimits from "../../../src/net/NetLimits.ts"
import type { Bound, Path, Sent } from "../../../src/net/Socket.ts"
import * as WildcardSocket from "../../../src/node/net/WildcardSocket.ts"
import { recorder } from "../../suites/socket.ts"
import { entriesOf, type FakeHost, make } from "./fakeHost.ts"

const port = 4040
const anywhere: Address = { host: "0.0.0.0", port }
const [lo, one, two, three] = ["127.0.0.1", "192.0.2.1", "192.0.2.2", "192.0.2.3"] as const
const peer: Address = { host: "198.51.100.1", port: 9 }

const bindAt = (host: FakeHost, local: Address = anywhere, handler = recorder().handler) =>
  WildcardSocket.serving(host.bind, host.interfaces)(local, handler)
const sendText = (socket: Bound, to: Path, text: string, segmentBytes?: number): Sent =>
  socket.send(to, segmentBytes, (target) => Buffer.from(target.buffer, target.byteOffset).write(text))
const aRefresh = TestClock.adjust(NetLimits.interfacesMillis)

describe("the addresses of a wildcard", () => {
  const interfaces = {
    lo: entriesOf([lo, "::1"]),
    eth0: entriesOf([one, two, "2001:db8::1", "fe80::1"]),
    eth1: entriesOf([one, "fe80::1"]),
    down: undefined
  }

  it("are for 0.0.0.0 those of IPv4, each once", () => {
    expect(WildcardSocket.addressesOf("0.0.0.0", interfaces)).toEqual([lo, one, two])
  })

  it("are for :: those of both families; a link-local one has its interface", () => {
    const [eth0, eth1] = process.platform === "win32" ? [7, 7] : ["eth0", "eth1"]
    expect(WildcardSocket.addressesOf("::", interfaces)).toEqual([
      ...new Set([lo, "::1", one, two, "2001:db8::1", `fe80::1%${eth0}`, `fe80::1%${eth1}`])
    ])
  })
})

describe("bind", () => {
  it.scoped("opens one socket for each address, and keeps the wildcard as its own", () =>
    Effect.gen(function*() {
      const host = make([lo, one, two, "2001:db8::1"])
      const bound = yield* bindAt(host)
      expect(host.open()).toEqual([`${lo}:4040`, `${one}:4040`, `${two}:4040`])
      expect(bound.local).toEqual(anywhere)
    }))

  it.scoped.each([
    { written: "::", host: "::", count: 3 },
    { written: "::0", host: "::", count: 3 },
    { written: "0:0:0:0:0:0:0:0", host: "::", count: 3 },
    { written: "::ffff:0.0.0.0", host: "0.0.0.0", count: 2 },
    { written: "::ffff:0:0", host: "0.0.0.0", count: 2 }
  ])("takes $written for a wildcard", ({ count, host, written }) =>
    Effect.gen(function*() {
      const fake = make([lo, one, "2001:db8::1"])
      const bound = yield* bindAt(fake, { host: written, port })
      expect([bound.local, fake.open().length]).toEqual([{ host, port }, count])
    }))

  it.scoped("at any other address opens one socket, and reads no list", () =>
    Effect.gen(function*() {
      const host = make([lo, one])
      const { handler } = recorder()
      const unread = () => {
        throw new Error("the list was read")
      }
      const bound = yield* WildcardSocket.serving(host.bind, unread)({ host: one, port }, handler)
      expect([bound.local, host.open(), host.at(one).handler]).toEqual([{ host: one, port }, [`${one}:4040`], handler])
      yield* aRefresh
    }))

  it.scoped("fails where one address has the port in use, and leaves no socket open", () =>
    Effect.gen(function*() {
      const host = make([lo, one, two])
      host.refusals.set(two, "AddressInUse")
      const error = yield* Effect.flip(bindAt(host))
      expect(error).toMatchObject({ reason: "AddressInUse", address: `${two}:4040` })
      expect([host.open(), host.attempts.length]).toEqual([[], 3])
    }))

  it.scoped("works where one address cannot be bound, and tries it again", () =>
    Effect.gen(function*() {
      const host = make([lo, one])
      host.refusals.set(lo, "AddressNotAvailable")
      yield* bindAt(host)
      expect(host.open()).toEqual([`${one}:4040`])
      host.refusals.clear()
      yield* aRefresh
      expect(host.open()).toEqual([`${one}:4040`, `${lo}:4040`])
    }))

  it.scoped.each([
    { name: "no address can be bound", addresses: [lo, one], reason: "Denied" },
    { name: "there is no address", addresses: [], reason: "AddressNotAvailable" }
  ])("fails where $name", ({ addresses, reason }) =>
    Effect.gen(function*() {
      const host = make(addresses)
      for (const address of addresses) host.refusals.set(address, "Denied")
      expect(yield* Effect.flip(bindAt(host))).toMatchObject({ _tag: "SocketError", reason })
    }))

  it.scoped("fails where the list of addresses cannot be read", () =>
    Effect.gen(function*() {
      const refused = () => {
        throw Object.assign(new Error("refused"), { code: "EACCES" })
      }
      const error = yield* Effect.flip(WildcardSocket.serving(make([]).bind, refused)(anywhere, recorder().handler))
      expect(error).toMatchObject({ _tag: "SocketError", reason: "Denied", address: "0.0.0.0:4040" })
    }))
})

describe("port 0", () => {
  const anyPort = { host: "0.0.0.0", port: 0 }

  it.scoped("is the port of the first socket, at every address", () =>
    Effect.gen(function*() {
      const host = make([lo, one])
      host.freePorts.push(50_001)
      const bound = yield* bindAt(host, anyPort)
      expect([bound.local.port, host.open()]).toEqual([50_001, [`${lo}:50001`, `${one}:50001`]])
      host.addresses = [lo, one, two]
      yield* aRefresh
      expect(host.open()).toContain(`${two}:50001`)
    }))

  it.scoped("becomes another one where an address has the first in use", () =>
    Effect.gen(function*() {
      const host = make([lo, one, two])
      host.freePorts.push(50_001, 50_002)
      host.refusals.set(`${two}:50001`, "AddressInUse")
      const bound = yield* bindAt(host, anyPort)
      expect([bound.local.port, host.open()]).toEqual([50_002, [`${lo}:50002`, `${one}:50002`, `${two}:50002`]])
    }))

  it.scoped("is given up after some tries", () =>
    Effect.gen(function*() {
      const host = make([lo, one])
      host.freePorts.push(...Array.from({ length: 99 }, (_, index) => 50_000 + index))
      host.refusals.set(one, "AddressInUse")
      expect(yield* Effect.flip(bindAt(host, anyPort))).toMatchObject({ reason: "AddressInUse" })
      expect([host.open(), host.attempts.length]).toEqual([[], 2 * NetLimits.wildcardPortTries])
    }))
})

describe("an address", () => {
  it.scoped("that is new has a socket after 2 s, one that is gone has none", () =>
    Effect.gen(function*() {
      const host = make([lo, one])
      yield* bindAt(host)
      host.addresses = [lo, two]
      yield* TestClock.adjust("1999 millis")
      expect(host.open()).toEqual([`${lo}:4040`, `${one}:4040`])
      yield* TestClock.adjust("1 millis")
      expect(host.open()).toEqual([`${lo}:4040`, `${two}:4040`])
      host.addresses = [lo, one, two]
      yield* aRefresh
      expect(host.open()).toEqual([`${lo}:4040`, `${two}:4040`, `${one}:4040`])
    }))

  it.scoped("that is tentative is tried again without a report; others go on", () =>
    Effect.gen(function*() {
      const [host, server] = [make([lo]), recorder()]
      yield* bindAt(host, anywhere, server.handler)
      host.addresses = [lo, one, two]
      host.refusals.set(one, "AddressNotAvailable")
      yield* aRefresh
      expect([host.open(), server.errors]).toEqual([[`${lo}:4040`, `${two}:4040`], []])
      host.refusals.clear()
      yield* aRefresh
      expect(host.open()).toContain(`${one}:4040`)
    }))

  it.scoped("whose port another program took is reported once, until that changes", () =>
    Effect.gen(function*() {
      const [host, server] = [make([lo]), recorder()]
      yield* bindAt(host, anywhere, server.handler)
      const arrives = (reason?: "AddressInUse" | "Denied") =>
        Effect.suspend(() => {
          host.addresses = [lo, one]
          if (reason === undefined) host.refusals.clear()
          else host.refusals.set(one, reason)
          return aRefresh
        })
      yield* Effect.repeatN(arrives("AddressInUse"), 2)
      expect(server.errors.map(({ reason }) => reason)).toEqual(["AddressInUse"])
      yield* arrives("Denied")
      expect(server.errors.map(({ reason }) => reason)).toEqual(["AddressInUse", "Denied"])
      host.addresses = [lo]
      yield* aRefresh
      yield* arrives("Denied")
      expect(server.errors.length).toBe(3)
      yield* arrives()
      expect([host.open().length, server.errors.length]).toEqual([2, 3])
    }))

  it.scoped("stays served while the list cannot be read", () =>
    Effect.gen(function*() {
      const host = make([lo, one])
      let isBroken = false
      yield* WildcardSocket.serving(host.bind, () => {
        if (isBroken) throw new Error("not now")
        return host.interfaces()
      })(anywhere, recorder().handler)
      isBroken = true
      yield* aRefresh
      expect(host.open().length).toBe(2)
      isBroken = false
      host.addresses = [lo]
      yield* aRefresh
      expect(host.open()).toEqual([`${lo}:4040`])
    }))

  it.effect("has no socket after the end of the scope, whenever it came", () =>
    Effect.gen(function*() {
      const host = make([lo, one])
      const scope = yield* Scope.make()
      const bound = yield* Scope.extend(bindAt(host), scope)
      host.addresses = [lo, one, three]
      yield* aRefresh
      expect(host.open().length).toBe(3)
      yield* Scope.close(scope, Exit.void)
      host.addresses = [lo, one, two, three]
      yield* aRefresh
      expect(host.open()).toEqual([])
      expect(sendText(bound, { ...peer, local: "192.0.2.9" }, "late")).toBe("Nothing")
    }))
})
