import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as ClientStream from "../../../src/conversation/client/ClientStream.ts"
import type { ClientMessage } from "../../../src/protocol/conversation/client/ClientMessage.ts"
import type { ServerMessage } from "../../../src/protocol/conversation/client/ServerMessage.ts"
import { ModelServer } from "../../protocol/conversation/client/modelServers.ts"
import { encoded, streamTo } from "./memoryStreams.ts"

const running = Effect.gen(function*() {
  const stream = yield* streamTo(new ModelServer("alpha"))
  const toSend: Array<ClientMessage> = []
  const received: Array<ServerMessage> = []
  const news = Effect.unsafeMakeLatch(false)
  const options = {
    news,
    next: () => toSend.shift(),
    receive: (message: ServerMessage) => void received.push(message),
    isOver: () => received.at(-1)?.t === "goodbye"
  }
  const fiber = yield* Effect.fork(ClientStream.run(stream.bytes, options))
  yield* Effect.yieldNow()
  return { stream, toSend, received, news, fiber }
})

describe("a connection of a client", () => {
  it.scoped("sends what there is when there is news, and receives messages however they are cut", () =>
    Effect.gen(function*() {
      const { fiber, news, received, stream, toSend } = yield* running
      toSend.push({ t: "hello", v: 1, device: "d", login: { as: "guest", nick: "ala" } }, { t: "open", room: "hall" })
      news.unsafeOpen()
      const goodbye = encoded({ t: "goodbye", reason: "the server stops" })
      stream.sendBytes(goodbye.subarray(0, 3))
      stream.sendBytes(goodbye.subarray(3))
      expect(yield* Fiber.join(fiber)).toBe("the server has said goodbye")
      expect(received).toMatchObject([{ t: "goodbye" }])
      expect(stream.connection.toServer).toEqual([])
    }))

  it.scoped("ends when the server ends it, or sends what cannot be read", () =>
    Effect.gen(function*() {
      const one = yield* running
      one.stream.cut()
      expect(yield* Fiber.join(one.fiber)).toBe("the server has ended the connection")
      const other = yield* running
      other.stream.sendBytes(Uint8Array.of(0, 0, 0, 1, 123))
      expect(yield* Fiber.join(other.fiber)).toBe("the server has sent a message that is no JSON")
      const third = yield* running
      third.stream.sendBytes(Uint8Array.of(255, 255, 255, 255))
      expect(yield* Fiber.join(third.fiber)).toMatch(/^the messages of the server cannot be read: /)
    }))
})
