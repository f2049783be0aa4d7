/** Tests of `Socket`, for every implementation. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { Address } from "../../src/net/Address.ts"
import { format } from "../../src/net/Address.ts"
import * as NetLimits from "../../src/net/NetLimits.ts"
import type { Bound, Handler, Run, Sent } from "../../src/net/Socket.ts"
import { cut, runBytes, Socket } from "../../src/net/Socket.ts"
import type { Reason } from "../../src/net/Socket.ts"

/** The length of each datagram is written at its start, as packets contain theirs. */
const headBytes = 4
const strideOf = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0)

/** Records the events of a socket. */
export interface Recorder {
  readonly runs: Array<Run>
  readonly errors: Array<{ readonly reason: Reason; readonly datagramBytes: number | undefined }>
  readonly drains: () => number
  readonly handler: Handler
  /** Waits until the condition is true; it is evaluated after every event. */
  readonly until: (condition: () => boolean) => Effect.Effect<void>
  /** The received datagrams. */
  readonly datagrams: () => ReadonlyArray<Uint8Array>
}

/** A handler that records the events. */
export const recorder = (): Recorder => {
  const runs: Array<Run> = []
  const errors: Array<Recorder["errors"][number]> = []
  const waiting = new Set<() => void>()
  let drains = 0
  const notify = (): void => waiting.forEach((evaluate) => evaluate())
  return {
    runs,
    errors,
    drains: () => drains,
    handler: {
      onRun: (run) => {
        runs.push({ ...run, bytes: run.bytes.slice() })
        notify()
      },
      onPause: () => undefined,
      onError: ({ reason }, datagramBytes) => {
        errors.push({ reason, datagramBytes })
        notify()
      },
      onDrain: () => {
        drains++
        notify()
      }
    },
    until: (condition) =>
      Effect.async<void>((resume) => {
        const evaluate = (): void => {
          if (!condition()) return
          waiting.delete(evaluate)
          resume(Effect.void)
        }
        waiting.add(evaluate)
        evaluate()
      }),
    datagrams: () => runs.flatMap((run) => cut(run, strideOf))
  }
}

/** Sends datagrams of these lengths as one run; each is filled with `mark` plus its index. */
export const sendRun = (socket: Bound, to: Address, lengths: ReadonlyArray<number>, mark = 0): Sent =>
  socket.send(to, lengths[0] ?? 0, (target) => {
    let offset = 0
    lengths.forEach((length, place) => {
      target.fill(mark + place, offset, offset + length)
      if (length >= headBytes) new DataView(target.buffer, target.byteOffset).setUint32(offset, length)
      offset += length
    })
    return offset
  })

/** The length and the last byte of each datagram. */
const summaryOf = (datagrams: ReadonlyArray<Uint8Array>) => datagrams.map((bytes) => [bytes.length, bytes.at(-1)])

export const socketSuite = (name: string, layer: Layer.Layer<Socket>, host: string): void => {
  const anyPort: Address = { host, port: 0 }
  const bind = (handler: Handler = recorder().handler, local = anyPort) =>
    Effect.flatMap(Socket, (socket) => socket.bind(local, handler))
  const connect = (peer: Address, handler: Handler = recorder().handler) =>
    Effect.flatMap(Socket, (socket) => socket.connect(peer, handler))
  const open = <A, E>(program: Effect.Effect<A, E, Socket | Scope.Scope>) => Effect.provide(program, layer)

  describe(`${name}: a run`, () => {
    it.scoped("arrives as sent: datagrams of equal length, the last one shorter", () =>
      open(Effect.gen(function*() {
        const server = recorder()
        const { local } = yield* bind(server.handler)
        const client = yield* connect(local)
        const lengths = [...Array.from({ length: 10 }, () => 1_000), 300]
        expect(sendRun(client, local, lengths)).toBe("Sent")
        yield* server.until(() => server.datagrams().length >= lengths.length)
        expect(summaryOf(server.datagrams())).toEqual(lengths.map((length, place) => [length, place]))
        expect(new Set(server.runs.map(({ from }) => format(from)))).toEqual(new Set([format(client.local)]))
      })))

    it.scoped("holds at most 64 datagrams, and at most the bytes of one send", () =>
      open(Effect.gen(function*() {
        const server = recorder()
        const { local } = yield* bind(server.handler)
        const client = yield* connect(local)
        for (const [length, count] of [[1_000, 64], [8_900, 7], [40_000, 1]] as const) {
          let room = 0
          client.send(local, length, (target) => (room = target.length) * 0)
          expect([room, runBytes(length)]).toEqual([length * count, length * count])
          const before = server.datagrams().length
          sendRun(client, local, Array.from({ length: count }, () => length))
          yield* server.until(() => server.datagrams().length >= before + count)
        }
        expect(server.datagrams().length).toBe(64 + 7 + 1)
      })))

    it.scoped("with another length, or with one datagram, is not segmented like the previous run", () =>
      open(Effect.gen(function*() {
        const server = recorder()
        const { local } = yield* bind(server.handler)
        const client = yield* connect(local)
        const all = [[500, 500, 500], [1_200], [200, 200], [60], [1_472, 1_472, 10]]
        all.forEach((lengths) => sendRun(client, local, lengths))
        yield* server.until(() => server.datagrams().length >= all.flat().length)
        expect(server.datagrams().map(({ length }) => length)).toEqual(all.flat())
      })))

    it.scoped("does not share memory with other runs of the same turn", () =>
      open(Effect.gen(function*() {
        const server = recorder()
        const { local } = yield* bind(server.handler)
        const client = yield* connect(local)
        for (let mark = 0; mark < NetLimits.sendRuns; mark++) sendRun(client, local, [100, 100], mark)
        yield* server.until(() => server.datagrams().length >= NetLimits.sendRuns * 2)
        const expected = Array.from({ length: NetLimits.sendRuns }, (_, mark) => [[100, mark], [100, mark + 1]]).flat()
        expect(summaryOf(server.datagrams())).toEqual(expected)
      })))

    it.scoped("of 0 bytes is not sent", () =>
      open(Effect.gen(function*() {
        const server = recorder()
        const { local } = yield* bind(server.handler)
        const client = yield* connect(local)
        expect([client.send(local, 100, () => 0), sendRun(client, local, [100], 7)]).toEqual(["Nothing", "Sent"])
        yield* server.until(() => server.runs.length > 0)
        expect(summaryOf(server.datagrams())).toEqual([[100, 7]])
      })))

    it.scoped("is answered to its source address, by a socket for any peer", () =>
      open(Effect.gen(function*() {
        const [server, client] = [recorder(), recorder()]
        const bound = yield* bind(server.handler)
        const connected = yield* connect(bound.local, client.handler)
        sendRun(connected, bound.local, [100])
        yield* server.until(() => server.runs.length > 0)
        sendRun(bound, server.runs[0]?.from ?? anyPort, [200, 200, 50])
        yield* client.until(() => client.datagrams().length >= 3)
        expect(client.datagrams().map(({ length }) => length)).toEqual([200, 200, 50])
        expect(format(client.runs[0]?.from ?? anyPort)).toBe(format(bound.local))
      })))
  })

  describe(`${name}: a send`, () => {
    it.scoped("of a too large datagram emits an error with its length, and the next datagram is sent", () =>
      open(Effect.gen(function*() {
        const [server, client] = [recorder(), recorder()]
        const { local } = yield* bind(server.handler)
        const connected = yield* connect(local, client.handler)
        const tooLarge = 65_535
        sendRun(connected, local, [tooLarge])
        yield* client.until(() => client.errors.length > 0)
        expect(client.errors).toEqual([{ reason: "TooLarge", datagramBytes: tooLarge }])
        sendRun(connected, local, [100])
        yield* server.until(() => server.runs.length > 0)
        expect(server.datagrams().map(({ length }) => length)).toEqual([100])
        expect(connected.counters()).toMatchObject({ refusedDatagrams: 1, sentDatagrams: 1, sentBytes: 100 })
      })))

    it.scoped("returns Full when a turn has reached its limit, and onDrain follows", () =>
      open(Effect.gen(function*() {
        const [server, client] = [recorder(), recorder()]
        const { local } = yield* bind(server.handler)
        const connected = yield* connect(local, client.handler)
        const sent = Array.from({ length: NetLimits.sendRuns + 2 }, () => sendRun(connected, local, [100]))
        expect(sent.filter((one) => one === "Sent").length).toBe(NetLimits.sendRuns)
        expect(sent.slice(-2)).toEqual(["Full", "Full"])
        expect(client.drains()).toBe(0)
        yield* client.until(() => client.drains() > 0)
        expect(sendRun(connected, local, [100])).toBe("Sent")
        yield* server.until(() => server.runs.length > NetLimits.sendRuns)
        expect([client.drains(), connected.counters().fullSends]).toEqual([1, 2])
      })))

    it.scoped("is counted at the sender and at the receiver", () =>
      open(Effect.gen(function*() {
        const server = recorder()
        const bound = yield* bind(server.handler)
        const client = yield* connect(bound.local)
        sendRun(client, bound.local, [1_000, 1_000, 1_000, 10])
        yield* server.until(() => server.datagrams().length >= 4)
        expect(client.counters()).toMatchObject({
          sentDatagrams: 4,
          sentBytes: 3_010,
          refusedDatagrams: 0,
          fullSends: 0
        })
        expect(bound.counters()).toMatchObject({ receivedRuns: server.runs.length, receivedBytes: 3_010 })
        expect(bound.counters().droppedMessages ?? 0).toBe(0)
      })))
  })

  describe(`${name}: a socket`, () => {
    it.scoped("for one peer emits an error when no socket listens, and stays usable", () =>
      open(Effect.gen(function*() {
        const { local } = yield* Effect.scoped(bind())
        const [server, client] = [recorder(), recorder()]
        const connected = yield* connect(local, client.handler)
        sendRun(connected, local, [100, 100])
        yield* client.until(() => client.errors.length > 0)
        expect(client.errors[0]?.reason).toBe("Refused")
        yield* bind(server.handler, local)
        sendRun(connected, local, [200])
        yield* server.until(() => server.datagrams().some(({ length }) => length === 200))
      })))

    it.scoped("for one peer receives from no other", () =>
      open(Effect.gen(function*() {
        const client = recorder()
        const [server, stranger] = [yield* bind(), yield* bind()]
        const connected = yield* connect(server.local, client.handler)
        const toClient = { host, port: connected.local.port }
        sendRun(stranger, toClient, [100])
        sendRun(server, toClient, [200])
        yield* client.until(() => client.runs.length > 0)
        expect(client.datagrams().map(({ length }) => length)).toEqual([200])
      })))

    it.scoped("has its port exclusively, and frees it with its scope", () =>
      open(Effect.gen(function*() {
        const scope = yield* Scope.make()
        const { local } = yield* Scope.extend(bind(), scope)
        expect(local.host).toBe(host)
        const error = yield* Effect.flip(Effect.scoped(bind(recorder().handler, local)))
        expect(error).toMatchObject({ _tag: "SocketError", reason: "AddressInUse", address: format(local) })
        yield* Scope.close(scope, Exit.void)
        expect((yield* bind(recorder().handler, local)).local).toEqual(local)
      })))

    it.scoped("that is closed sends nothing and keeps its counters", () =>
      open(Effect.gen(function*() {
        const server = recorder()
        const { local } = yield* bind(server.handler)
        const scope = yield* Scope.make()
        const client = yield* Scope.extend(connect(local), scope)
        sendRun(client, local, [100])
        yield* server.until(() => server.runs.length > 0)
        yield* Scope.close(scope, Exit.void)
        expect([sendRun(client, local, [100]), client.counters().sentBytes]).toEqual(["Nothing", 100])
      })))
  })
}
