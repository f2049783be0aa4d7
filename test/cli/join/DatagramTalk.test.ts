import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Mailbox from "effect/Mailbox"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as DatagramTalk from "../../../src/cli/join/DatagramTalk.ts"
import type { Face } from "../../../src/cli/join/Talk.ts"
import type { TalkPlan } from "../../../src/cli/join/TalkPlan.ts"
import { type Address, format } from "../../../src/net/Address.ts"
import { copyOf, Socket } from "../../../src/net/Socket.ts"
import * as SocketMemory from "../../../src/testing/SocketMemory.ts"
import { fakeReport } from "../commandsInMemory.ts"

const inNetwork = <A, E>(program: Effect.Effect<A, E, Socket | Scope.Scope>) =>
  Effect.provide(program, SocketMemory.layer())

const arrive = TestClock.adjust(0)

const plan = (more: Partial<TalkPlan>): TalkPlan => ({
  app: "peer",
  transport: "udp",
  local: undefined,
  to: undefined,
  interface: undefined,
  listens: false,
  ...more
})

/** A talk whose lines the test types. */
const talking = (of: TalkPlan, { isOnce = false, isPerson = false } = {}) =>
  Effect.gen(function*() {
    const lines = yield* Mailbox.make<string>()
    const shown: Array<string> = []
    const report = fakeReport()
    const face: Face = {
      show: (text) => Effect.sync(() => void shown.push(text)),
      ask: () => Effect.void,
      lines: Mailbox.toStream(lines),
      isPerson
    }
    const talk = yield* Effect.fork(Effect.scoped(Effect.either(DatagramTalk.run(of, { face, isOnce, report }))))
    yield* arrive
    return {
      shown,
      report,
      talk,
      type: (line: string) => Effect.zipRight(lines.offer(line), arrive),
      end: Effect.zipRight(lines.end, arrive),
      isOver: Effect.map(Fiber.poll(talk), (exit) => exit._tag === "Some")
    }
  })

/** The other program. */
const program = (local: Address, multicast?: { readonly interface: string }) =>
  Effect.gen(function*() {
    const { bind } = yield* Socket
    const received: Array<string> = []
    const bound = yield* bind(local, {
      onRun: ({ bytes, from }) => void received.push(`${Buffer.from(bytes).toString()} from ${format(from)}`),
      onError: () => undefined
    }, { multicast })
    const say = (text: string | Uint8Array, to: Address) =>
      Effect.zipRight(Effect.sync(() => bound.send(to, undefined, copyOf(Buffer.from(text)))), arrive)
    return { received, say }
  })

const here: Address = { host: "127.0.0.1", port: 8005 }
const there: Address = { host: "127.0.0.1", port: 8006 }
const group: Address = { host: "239.255.40.40", port: 4041 }

describe("a talk", () => {
  it.scoped("sends each line as one datagram from its port, and shows each datagram", () =>
    inNetwork(Effect.gen(function*() {
      const other = yield* program(there)
      const { shown, type } = yield* talking(plan({ local: here, to: there, listens: true }))
      yield* type("hello")
      yield* type("")
      yield* type("again")
      yield* other.say("welcome", here)
      yield* other.say(Uint8Array.of(0xff, 0x01), here)
      expect(other.received).toEqual(["hello from 127.0.0.1:8005", "again from 127.0.0.1:8005"])
      expect(shown).toEqual(["welcome", "ff 01 (2 bytes)"])
    })))

  it.scoped("shows the sender of a datagram that is not from the destination", () =>
    inNetwork(Effect.gen(function*() {
      const stranger = yield* program({ host: "127.0.0.1", port: 9 })
      const { shown } = yield* talking(plan({ local: here, to: there, listens: true }))
      yield* stranger.say("hello", here)
      expect(shown).toEqual(["127.0.0.1:9: hello"])
    })))

  it.scoped("answers the last sender where it has no destination", () =>
    inNetwork(Effect.gen(function*() {
      const other = yield* program(there)
      const { report, type } = yield* talking(plan({ local: here, listens: true }))
      yield* type("too early")
      yield* other.say("hello", here)
      yield* type("welcome")
      expect(other.received).toEqual(["welcome from 127.0.0.1:8005"])
      expect(report.notes).toEqual([expect.stringMatching(/^this line was not sent: no datagram has come yet/)])
    })))

  it.scoped("reports what it does", () =>
    inNetwork(Effect.gen(function*() {
      const other = yield* program(there)
      const { report, type } = yield* talking(plan({ local: here, to: there, listens: true }))
      yield* type("hello")
      yield* other.say("welcome", here)
      expect(report.events).toEqual([
        { type: "listening", app: "peer", transport: "udp", host: "127.0.0.1", port: 8005 },
        { type: "sent", app: "peer", transport: "udp", peer: "127.0.0.1:8006", bytes: 5 },
        { type: "received", app: "peer", transport: "udp", peer: "127.0.0.1:8006", bytes: 7, text: "welcome" }
      ])
    })))

  it.scoped("does not send a line that no datagram can carry", () =>
    inNetwork(Effect.gen(function*() {
      const { report, type } = yield* talking(plan({ local: here, to: there, listens: true }))
      yield* type("x".repeat(65_508))
      expect(report.notes).toEqual(["this line was not sent: a datagram has 65507 bytes at most"])
    })))

  it.scoped("in a group reaches its members, shows theirs with their address, and not its own that come back", () =>
    inNetwork(Effect.gen(function*() {
      const other = yield* program(group, { interface: "192.0.2.2" })
      const { shown, type } = yield* talking(plan({
        app: "multicast",
        transport: "multicast",
        local: group,
        to: group,
        interface: "192.0.2.1",
        listens: true
      }))
      yield* type("hello")
      yield* other.say("hello", group)
      expect(other.received).toEqual(["hello from 192.0.2.1:4041", "hello from 192.0.2.2:4041"])
      expect(shown).toEqual(["192.0.2.2:4041: hello"])
    })))

  it.scoped("fails where its port is in use, with the remedy", () =>
    inNetwork(Effect.gen(function*() {
      yield* program(here)
      const { talk } = yield* talking(plan({ local: here, listens: true }))
      const result = yield* Fiber.join(talk)
      expect(result).toMatchObject({
        _tag: "Left",
        left: { code: "AddressInUse", hint: expect.stringContaining("--listen") }
      })
    })))
})

describe("the end of a talk", () => {
  it.scoped("of a script that listens is not the end of its lines", () =>
    inNetwork(Effect.gen(function*() {
      const other = yield* program(there)
      const { end, isOver, shown } = yield* talking(plan({ local: here, to: there, listens: true }))
      yield* end
      yield* TestClock.adjust("1 hours")
      yield* other.say("still here?", here)
      expect([yield* isOver, shown]).toEqual([false, ["still here?"]])
    })))

  it.scoped("of a script that only sends is 2 s of silence after the last line", () =>
    inNetwork(Effect.gen(function*() {
      const other = yield* program(there)
      const { end, isOver, shown, type } = yield* talking(plan({ to: there }))
      yield* type("hello")
      yield* end
      yield* TestClock.adjust("1 seconds")
      const [, port] = /from 127\.0\.0\.1:(\d+)$/.exec(other.received[0] ?? "") ?? []
      yield* other.say("welcome", { host: "127.0.0.1", port: Number(port) })
      yield* TestClock.adjust("2 seconds")
      expect([yield* isOver, shown]).toEqual([false, ["welcome"]])
      yield* TestClock.adjust("2 seconds")
      expect(yield* isOver).toBe(true)
    })))

  it.scoped("of a person is the end of the lines", () =>
    inNetwork(Effect.gen(function*() {
      const { end, isOver } = yield* talking(plan({ local: here, listens: true }), { isPerson: true })
      yield* end
      expect(yield* isOver).toBe(true)
    })))

  it.scoped("with --once is the first datagram, which is shown", () =>
    inNetwork(Effect.gen(function*() {
      const other = yield* program(there)
      const { isOver, shown } = yield* talking(plan({ local: here, listens: true }), { isOnce: true })
      expect(yield* isOver).toBe(false)
      yield* other.say("hello", here)
      expect([yield* isOver, shown]).toEqual([true, ["127.0.0.1:8006: hello"]])
    })))
})
