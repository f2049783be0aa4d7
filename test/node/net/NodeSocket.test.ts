import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NodeSocket from "../../../src/node/net/NodeSocket.ts"
import { recorder, socketSuite } from "../../suites/socket.ts"
import { loopbacks } from "../loopbacks.ts"

for (const host of loopbacks) socketSuite(`dgram at ${host}`, NodeSocket.layer, host)

it.scoped("says why it has no offload, and that it cannot find out the MTU of a path", () =>
  Effect.gen(function*() {
    const socket = yield* NodeSocket.make("of a reason").bind({ host: "127.0.0.1", port: 0 }, recorder().handler)
    expect([socket.offload(), socket.discoversMtu]).toEqual([{ isOn: false, reason: "of a reason" }, false])
  }))

it.scoped("names the setting that keeps the kernel from giving the buffers asked for", () =>
  Effect.gen(function*() {
    const kernelBufferBytes = 1024 ** 3
    const { receiveBufferBytes, smallBuffers } = yield* NodeSocket.make("", { kernelBufferBytes })
      .bind({ host: "127.0.0.1", port: 0 }, recorder().handler)
    expect(smallBuffers.map(({ direction }) => direction)).toEqual(["receive", "send"])
    expect(receiveBufferBytes).toBe(smallBuffers[0]?.givenBytes)
    const settings = process.platform === "linux" ? ["net.core.rmem_max", "net.core.wmem_max"] : [undefined, undefined]
    expect(smallBuffers.map(({ setting }) => setting)).toEqual(settings)
    for (const { askedBytes, givenBytes, message, setting } of smallBuffers) {
      expect([askedBytes, givenBytes > 0 && givenBytes < askedBytes]).toEqual([kernelBufferBytes, true])
      expect(message).toContain(setting === undefined ? "raise the system's limit" : `${setting}=${kernelBufferBytes}`)
    }
  }))

it.scoped("has nothing to say about buffers that it was given", () =>
  Effect.gen(function*() {
    const { receiveBufferBytes, smallBuffers } = yield* NodeSocket.make("", { kernelBufferBytes: 65_536 })
      .bind({ host: "127.0.0.1", port: 0 }, recorder().handler)
    expect([receiveBufferBytes, smallBuffers]).toEqual([65_536, []])
  }))
