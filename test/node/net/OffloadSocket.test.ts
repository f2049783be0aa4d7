/** Without support in the kernel or koffi, the same tests run with the fallback; their names show which one it was. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import { existsSync, readdirSync } from "node:fs"
import * as NetLimits from "../../../src/net/NetLimits.ts"
import { Socket } from "../../../src/net/Socket.ts"
import * as Libc from "../../../src/node/net/Libc.ts"
import * as NodeSocket from "../../../src/node/net/NodeSocket.ts"
import * as OffloadSocket from "../../../src/node/net/OffloadSocket.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { recorder, sendRun, socketSuite } from "../../suites/socket.ts"
import { loopbacks } from "../loopbacks.ts"

const anyPort = { host: "127.0.0.1", port: 0 }
const shape = await OffloadSocket.make()
const { isOn, kind } = await Effect.runPromise(
  Effect.scoped(Effect.map(shape.bind(anyPort, recorder().handler), (socket) => {
    const offload = socket.offload()
    return { isOn: offload.isOn, kind: offload.isOn ? "offload" : `without offload, as ${offload.reason}` }
  }))
)

const absent = () => Promise.reject(Object.assign(new Error("no such package"), { code: "ERR_MODULE_NOT_FOUND" }))
const withoutKoffi = () => Libc.load(absent, "linux")

for (const host of loopbacks) socketSuite(`${kind} at ${host}`, OffloadSocket.layer, host)
socketSuite(
  "offload without koffi",
  Layer.effect(Socket, Effect.promise(() => OffloadSocket.make(withoutKoffi))),
  anyPort.host
)

const descriptors = (): number =>
  existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").length : process.getActiveResourcesInfo().length

describe(kind, () => {
  it.scoped("hands over a run as it left, without its segment length, where runs are merged", () =>
    Effect.gen(function*() {
      const server = recorder()
      const { discoversMtu, local } = yield* shape.bind(anyPort, server.handler)
      const client = yield* shape.connect(local, recorder().handler)
      sendRun(client, local, Array.from({ length: Limits.runDatagrams }, () => 1_000))
      yield* server.until(() => server.datagrams().length >= Limits.runDatagrams)
      const whole = isOn ? [[64_000, undefined]] : Array.from({ length: Limits.runDatagrams }, () => [1_000, 1_000])
      expect(server.runs.map(({ bytes, segmentBytes }) => [bytes.length, segmentBytes])).toEqual(whole)
      expect(discoversMtu).toBe(isOn)
    }))

  it.scoped("tells how many messages found the kernel's buffer full, where the kernel tells", () =>
    Effect.gen(function*() {
      const small = yield* Effect.promise(() => OffloadSocket.make(undefined, { kernelBufferBytes: 4_096 }))
      const server = recorder()
      const bound = yield* small.bind(anyPort, server.handler)
      const client = yield* shape.connect(bound.local, recorder().handler)
      // In one turn, during which the receiver does not read.
      for (let count = 0; count < NetLimits.sendRuns; count++) sendRun(client, bound.local, [60_000])
      yield* server.until(() => server.runs.length > 0)
      const { droppedMessages, receivedRuns } = bound.counters()
      expect(receivedRuns).toBeLessThan(NetLimits.sendRuns)
      expect(droppedMessages).toBe(isOn ? NetLimits.sendRuns - receivedRuns : undefined)
    }))

  it.scoped("shares its port with no program that would like to", () =>
    Effect.gen(function*() {
      const { local } = yield* shape.bind(anyPort, recorder().handler)
      const other = createSocket({ type: "udp4", reuseAddr: true })
      other.bind(local.port, local.host)
      const [error] = yield* Effect.promise(() => once(other, "error"))
      expect(error).toMatchObject({ code: "EADDRINUSE" })
      other.close()
    }))

  it.effect("leaves no descriptor behind: neither what was open, nor what could not be opened", () =>
    Effect.gen(function*() {
      const before = descriptors()
      const scope = yield* Scope.make()
      const fresh = yield* Effect.promise(() => OffloadSocket.make())
      expect(descriptors()).toBe(before)
      const { local } = yield* Scope.extend(fresh.bind(anyPort, recorder().handler), scope)
      yield* Scope.extend(shape.connect(local, recorder().handler), scope)
      expect(descriptors()).toBeGreaterThan(before)
      for (const wrong of [local, { host: "192.0.2.1", port: 4040 }]) {
        const error = yield* Effect.flip(Effect.scoped(shape.bind(wrong, recorder().handler)))
        expect(error.reason).toBe(wrong === local ? "AddressInUse" : "AddressNotAvailable")
      }
      yield* Scope.close(scope, Exit.void)
      expect(descriptors()).toBe(before)
    }))
})

describe("without offload the reason is told:", () => {
  const oldKernel: Libc.Libc = {
    openDatagram: () => 1_000,
    close: () => {},
    bind: () => {},
    setOption: () => {
      throw new Libc.LibcError("setsockopt", 92)
    },
    drops: () => 0,
    keepFreed: () => {}
  }
  it.scoped.each([
    { name: "koffi is absent", load: withoutKoffi, reason: "the package koffi is not installed" },
    {
      name: "the kernel is too old",
      load: () => Promise.resolve(oldKernel),
      reason: "this system has no segmentation offload: setsockopt ENOPROTOOPT"
    }
  ])("$name", ({ load, reason }) =>
    Effect.gen(function*() {
      const { bind } = yield* Effect.promise(() => OffloadSocket.make(load, NodeSocket.defaults))
      const socket = yield* bind(anyPort, recorder().handler)
      expect([socket.offload(), socket.discoversMtu]).toEqual([{ isOn: false, reason }, false])
    }))
})

it.effect("a descriptor that node:dgram does not take is closed", () =>
  Effect.gen(function*() {
    const [closed, kept]: [Array<number>, Array<number>] = [[], []]
    let next = 1_000
    const unreal: Libc.Libc = {
      openDatagram: () => next++,
      close: (fd) => void closed.push(fd),
      bind: () => {},
      setOption: () => {},
      drops: () => 0,
      keepFreed: (bytes) => void kept.push(bytes)
    }
    const { bind } = yield* Effect.promise(() => OffloadSocket.make(() => Promise.resolve(unreal)))
    const error = yield* Effect.flip(Effect.scoped(bind(anyPort, recorder().handler)))
    expect(error.reason).toBe("Io")
    expect(closed).toEqual([1_000, 1_001])
    expect(kept).toEqual([NetLimits.keptBytes])
  }))
