import * as Socket from "@effect/platform/Socket"
import { describe, expect, it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import * as FlockTransport from "../../../src/transport/flock/FlockTransport.ts"
import { Framing, fromListener, make } from "../../../src/transport/platform/index.ts"
import { listen } from "../../../src/transport/Transport.ts"
import { address, network, passing } from "../../suites/flockNetwork.ts"

/** A socket without a peer: the test feeds what it reads, and sees what is written. */
const fed = Effect.gen(function*() {
  const end = yield* Deferred.make<void, Socket.SocketError>()
  const opened = yield* Deferred.make<(bytes: Uint8Array) => void>()
  const seen = { written: "", runs: 0 }
  const run: Socket.Socket["run"] = (handler) =>
    Effect.gen(function*() {
      seen.runs++
      yield* Deferred.succeed(opened, (bytes: Uint8Array) => void handler(bytes))
      yield* Deferred.await(end)
    }).pipe(Effect.ensuring(Effect.sync(() => seen.runs--)))
  const write = (chunk: Uint8Array | string | Socket.CloseEvent) =>
    Effect.zipRight(
      Deferred.await(opened),
      Effect.sync(() => void (seen.written += Buffer.from(chunk instanceof Uint8Array ? chunk : "").toString("latin1")))
    )
  return {
    seen,
    socket: Socket.Socket.of({
      [Socket.TypeId]: Socket.TypeId,
      run,
      runRaw: run,
      writer: Effect.succeed(write)
    }),
    feed: (text: string) =>
      Effect.map(Deferred.await(opened), (handle) => handle(Uint8Array.from(Buffer.from(text, "latin1")))),
    end: Deferred.succeed(end, undefined),
    fail: (error: Socket.SocketError) => Deferred.fail(end, error)
  }
})

const texts = (framed: Framing.FramedSocket) =>
  Effect.map(
    Stream.runCollect(Stream.map(framed.messages, ({ text }) => text)),
    (all) => Chunk.toReadonlyArray(all)
  )

describe("messages over a socket", () => {
  it.scoped("are isolated by the framing, in both directions", () =>
    Effect.gen(function*() {
      const { end, feed, seen, socket } = yield* fed
      const framed = yield* Framing.over(socket, Framing.delimiter("#"))
      yield* framed.send("one")
      yield* framed.send(Uint8Array.of(0x32))
      expect(seen.written).toBe("one#2#")
      yield* feed("a#b")
      yield* feed("c#\xff#d")
      expect((yield* framed.receive).text).toBe("a")
      yield* end
      expect(yield* texts(framed)).toEqual(["bc", undefined, "d"])
    }))

  it.scoped("have a type where the framing carries one", () =>
    Effect.gen(function*() {
      const { feed, seen, socket } = yield* fed
      const framed = yield* Framing.over(socket, Framing.typed)
      yield* framed.send({ bytes: Uint8Array.of(0x61), type: 7 })
      expect(seen.written).toBe("\x07\x01a")
      yield* feed("\x09\x01b")
      expect(yield* framed.receive).toMatchObject({ type: 9, text: "b" })
    }))

  it.scoped("that a framing holds arrive when it is due", () =>
    Effect.gen(function*() {
      const { feed, socket } = yield* fed
      const framed = yield* Framing.over(socket, Framing.auto)
      const full = "x".repeat(1024)
      yield* feed(full)
      const receiving = yield* Effect.fork(framed.receive)
      yield* TestClock.adjust("49 millis")
      expect(yield* Fiber.poll(receiving)).toMatchObject({ _tag: "None" })
      yield* TestClock.adjust("1 millis")
      expect((yield* Fiber.join(receiving)).text).toBe(full)
    }))

  it.scoped("are received also after the end, and then there are none", () =>
    Effect.gen(function*() {
      const { end, feed, socket } = yield* fed
      const framed = yield* Framing.over(socket, Framing.lines)
      yield* feed("a\nb")
      yield* end
      expect((yield* framed.receive).text).toBe("a")
      expect((yield* framed.receive).text).toBe("b")
      expect(yield* Effect.flip(framed.receive)).toMatchObject({ reason: "Ended" })
      expect(yield* texts(framed)).toEqual([])
      expect(yield* Effect.flip(framed.send("c"))).toMatchObject({ reason: "Ended" })
    }))

  it.scoped("before bytes that are no message are received; then the connection ends with the reason", () =>
    Effect.gen(function*() {
      const { feed, seen, socket } = yield* fed
      const framed = yield* Framing.over(socket, Framing.padded(2))
      yield* feed("1 ax a")
      expect((yield* framed.receive).text).toBe("a")
      const failure = {
        reason: "Malformed",
        message: "the header of a message is not a length of 1 to 7 decimal digits"
      }
      expect(yield* Effect.flip(framed.receive)).toMatchObject(failure)
      expect(yield* Effect.flip(texts(framed))).toMatchObject(failure)
      expect(yield* Effect.flip(framed.send("b"))).toMatchObject(failure)
      expect(seen.runs).toBe(0)
    }))

  it.scoped("have a longest one, which is an option", () =>
    Effect.gen(function*() {
      const { feed, socket } = yield* fed
      const framed = yield* Framing.over(socket, Framing.lines, { messageBytes: 3 })
      yield* feed("abcd\n")
      expect(yield* Effect.flip(framed.receive)).toMatchObject({ reason: "TooLong" })
    }))

  it.scoped("that the end has cut are a failure", () =>
    Effect.gen(function*() {
      const { end, feed, socket } = yield* fed
      const framed = yield* Framing.over(socket, Framing.prefix("u16"))
      yield* feed("\0\x01a\0\x02b")
      yield* end
      expect((yield* framed.receive).text).toBe("a")
      expect(yield* Effect.flip(framed.receive)).toMatchObject({ reason: "Truncated" })
    }))

  it.scoped("that the framing cannot carry are not sent, and the connection goes on", () =>
    Effect.gen(function*() {
      const { seen, socket } = yield* fed
      const framed = yield* Framing.over(socket, Framing.delimiter("#"))
      expect(yield* Effect.flip(framed.send("a#b"))).toMatchObject({ reason: "Unsendable" })
      yield* framed.send("c")
      expect(seen.written).toBe("c#")
    }))

  it.scoped("end with the error of the socket", () =>
    Effect.gen(function*() {
      const { fail, socket } = yield* fed
      const framed = yield* Framing.over(socket, Framing.lines)
      const cause = new Socket.SocketGenericError({ reason: "Open", cause: new Error("refused") })
      yield* fail(cause)
      expect(yield* Effect.flip(framed.receive)).toMatchObject({ reason: "Socket", cause })
      expect(yield* Effect.flip(framed.send("a"))).toMatchObject({ reason: "Socket", cause })
    }))

  it.scoped("that a program does not receive are bounded: 16 MiB wait, and more end the connection", () =>
    Effect.gen(function*() {
      const { feed, seen, socket } = yield* fed
      const framed = yield* Framing.over(socket, Framing.raw)
      const read = "x".repeat(65_536)
      for (let count = 0; count < 255; count++) yield* feed(read)
      expect((yield* framed.receive).bytes.length).toBe(65_536)
      yield* feed(read)
      yield* Effect.yieldNow()
      expect(seen.runs).toBe(1)
      yield* feed(read)
      for (let count = 0; count < 255; count++) yield* framed.receive
      expect(yield* Effect.flip(framed.receive)).toMatchObject({ reason: "Overrun" })
    }))

  it.scoped("end with the scope", () =>
    Effect.gen(function*() {
      const { seen, socket } = yield* fed
      const scope = yield* Scope.make()
      const framed = yield* Scope.extend(Framing.over(socket, Framing.lines), scope)
      yield* framed.send("a")
      yield* Scope.close(scope, Exit.void)
      expect(seen.runs).toBe(0)
      expect(yield* Effect.flip(framed.receive)).toMatchObject({ reason: "Ended" })
      expect(yield* Effect.flip(framed.send("b"))).toMatchObject({ reason: "Ended" })
    }))
})

describe("messages over flock", () => {
  it.scoped("are answered, and all arrive that were sent before the end of the scope", () =>
    Effect.gen(function*() {
      const server = yield* Effect.flatMap(listen(address), fromListener)
      const last = yield* Deferred.make<ReadonlyArray<string | undefined>>()
      yield* Effect.forkScoped(server.run((socket) =>
        Effect.scoped(Effect.gen(function*() {
          const framed = yield* Framing.over(socket, Framing.padded(10))
          yield* framed.send(`hello ${(yield* framed.receive).text}`)
          yield* Deferred.succeed(last, yield* texts(framed))
        }))
      ))
      const numbers = Array.from({ length: 200 }, (_, number) => `${number}`)
      yield* passing(Effect.scoped(Effect.gen(function*() {
        const framed = yield* Framing.over(yield* make(address), Framing.padded(10))
        yield* framed.send("ala")
        expect((yield* framed.receive).text).toBe("hello ala")
        yield* Effect.forEach(numbers, framed.send, { discard: true })
      })))
      expect(yield* passing(Deferred.await(last))).toEqual(numbers)
    }).pipe(Effect.provide(Layer.provide(FlockTransport.layer(), network()))))
})
