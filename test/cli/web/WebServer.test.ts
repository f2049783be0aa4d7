import { describe, expect, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as http from "node:http"
import { connect } from "node:net"
import { WebSocket } from "ws"
import * as ClientLimits from "../../../src/protocol/conversation/client/ClientLimits.ts"
import type { TextPort } from "../../../src/web/ReaderTexts.ts"
import * as Limits from "../../../src/web/WebLimits.ts"
import { testPage, webServer } from "./webServer.ts"

interface Opened {
  readonly socket: WebSocket
  /** The status of the answer, if it is no WebSocket. */
  readonly status: number | undefined
}

const opening = (
  authority: string,
  { headers = {}, origin = `http://${authority}`, path = "/socket" }: {
    readonly headers?: Record<string, string>
    readonly origin?: string | undefined
    readonly path?: string
  } = {}
): Effect.Effect<Opened, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.async<Opened>((resume) => {
      const socket = new WebSocket(`ws://${authority}${path}`, { autoPong: false, headers: { origin, ...headers } })
      socket.on("error", () => undefined)
      socket.on("unexpected-response", (_, { statusCode }) => resume(Effect.succeed({ socket, status: statusCode })))
      socket.on("open", () => resume(Effect.succeed({ socket, status: undefined })))
    }),
    ({ socket }) => Effect.sync(() => socket.terminate())
  )

const answerTo = (socket: WebSocket, data: string | Uint8Array): Effect.Effect<string> =>
  Effect.async((resume) => {
    socket.once("message", (text) => resume(Effect.succeed(String(text))))
    socket.once("close", (code, reason) => resume(Effect.succeed(`${code} ${reason}`)))
    socket.send(data)
  })

const ended = (socket: WebSocket): Effect.Effect<string> =>
  Effect.async((resume) => {
    socket.once("close", (code, reason) => resume(Effect.succeed(`${code} ${reason}`)))
  })

const requested = (options: http.RequestOptions, body = ""): Effect.Effect<{ status: number; text: string }> =>
  Effect.async((resume) => {
    const request = http.request(options, (response) => {
      let text = ""
      response.on("data", (part: Buffer) => (text += part.toString()))
      response.on("end", () => resume(Effect.succeed({ status: response.statusCode ?? 0, text })))
    })
    request.on("error", () => resume(Effect.succeed({ status: 0, text: "" })))
    request.end(body)
  })

describe("the web server", () => {
  it.scopedLive("serves the page", () =>
    Effect.gen(function*() {
      const { host, port } = yield* webServer()
      expect(yield* requested({ host, port })).toEqual({ status: 200, text: testPage.html })
    }))

  it.scopedLive("takes bodies and headers that are no longer than a browser needs", () =>
    Effect.gen(function*() {
      const { authority, host, port } = yield* webServer()
      const headers = { "content-type": "application/json", origin: `http://${authority}` }
      const post = { host, port, method: "POST", path: "/login", headers }
      expect((yield* requested(post, "x".repeat(Limits.bodyBytes + 1))).status).not.toBe(200)
      const long = { ...headers, cookie: "x".repeat(Limits.headerBytes) }
      expect((yield* requested({ ...post, headers: long })).status).toBe(431)
    }))

  it.scopedLive("serves so many connections of one source, and others still get theirs", () =>
    Effect.gen(function*() {
      const { host, port } = yield* webServer({ local: { host: "::", port: 0 } })
      expect(host).toBe("::")
      // Each connection of 127.0.0.1 is a source of its own; 127.0.0.2 is one source.
      const from = (localAddress: string) =>
        Effect.acquireRelease(
          Effect.async<{ readonly isServed: boolean; readonly destroy: () => void }>((resume) => {
            const socket = connect({ host: "127.0.0.1", port, localAddress })
            const isServed = (is: boolean) => resume(Effect.succeed({ isServed: is, destroy: () => socket.destroy() }))
            socket.on("error", () => isServed(false))
            socket.on("close", () => isServed(false))
            socket.on("data", () => isServed(true))
            socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
          }),
          ({ destroy }) => Effect.sync(destroy)
        )
      // One source may have half of what is free; the rest is for others.
      const most = Math.floor(Limits.connections / 3)
      const many = yield* Effect.all(Array.from({ length: most + 20 }, () => from("127.0.0.2")), { concurrency: 50 })
      const served = many.filter(({ isServed }) => isServed).length
      expect(served).toBeGreaterThanOrEqual(Limits.connectionsOfSource)
      expect(served).toBeLessThanOrEqual(most + 1)
      expect((yield* from("127.0.0.3")).isServed).toBe(true)
    }))
})

describe("a WebSocket", () => {
  it.scopedLive("of the page is served, with the token of its cookie", () =>
    Effect.gen(function*() {
      const { authority, port } = yield* webServer()
      const { socket, status } = yield* opening(authority, { headers: { cookie: `holub-${port}=ht1abc` } })
      expect(status).toBeUndefined()
      const hello = JSON.stringify({ t: "hello", login: { as: "token", token: "" } })
      expect(JSON.parse(yield* answerTo(socket, hello)).login.token).toBe("ht1abc")
      expect(yield* answerTo(socket, "more")).toBe("more")
    }))

  it.scopedLive("of another page, under another name, or at another path is refused", () =>
    Effect.gen(function*() {
      const { authority, problems } = yield* webServer()
      const statusOf = (given: Parameters<typeof opening>[1]) =>
        Effect.map(opening(authority, given), ({ status }) => status)
      expect(yield* statusOf({ origin: "http://evil.example" })).toBe(403)
      expect(yield* statusOf({ origin: "null" })).toBe(403)
      expect(yield* statusOf({ headers: { host: "evil.example" }, origin: "http://evil.example" })).toBe(421)
      expect(yield* statusOf({ path: "/" })).toBe(404)
      expect(problems.length).toBe(3)
      expect(problems[0]).toContain("Origin http://evil.example")
    }))

  it.scopedLive("that sends too much at once, or no text, is ended", () =>
    Effect.gen(function*() {
      const { authority } = yield* webServer()
      const long = yield* opening(authority)
      expect(yield* answerTo(long.socket, "x".repeat(ClientLimits.messageBytes + 1))).toMatch(/^1009 /)
      const binary = yield* opening(authority)
      expect(yield* answerTo(binary.socket, Uint8Array.of(1))).toBe("1003 messages are texts")
    }))

  it.scopedLive("is ended by the server of rooms with its reason, and the server of rooms knows its end", () =>
    Effect.gen(function*() {
      const ports: Array<TextPort> = []
      const gone = yield* Deferred.make<void>()
      const { authority } = yield* webServer({
        serve: (port) => {
          ports.push(port)
          return { onText: () => undefined, onEnd: () => Deferred.unsafeDone(gone, Effect.void) }
        }
      })
      const first = yield* opening(authority)
      ports[0]?.close("the room is closed")
      expect(yield* ended(first.socket)).toBe("1000 the room is closed")
      const second = yield* opening(authority)
      second.socket.terminate()
      yield* Deferred.await(gone)
    }))

  it.scoped("that gives no sign of life is ended", () =>
    Effect.gen(function*() {
      const gone = yield* Deferred.make<void>()
      const { authority } = yield* webServer({
        serve: () => ({ onText: () => undefined, onEnd: () => Deferred.unsafeDone(gone, Effect.void) })
      })
      const { socket } = yield* opening(authority)
      const pinged = yield* Deferred.make<void>()
      socket.once("ping", () => Deferred.unsafeDone(pinged, Effect.void))
      yield* TestClock.adjust(Limits.pingMillis)
      yield* Deferred.await(pinged)
      expect(yield* Deferred.isDone(gone)).toBe(false)
      yield* TestClock.adjust(Limits.pingMillis)
      yield* Deferred.await(gone)
    }))

  it.scopedLive("is told when the server stops", () =>
    Effect.gen(function*() {
      const scope = yield* Scope.make()
      const { authority } = yield* Scope.extend(webServer(), scope)
      const { socket } = yield* opening(authority)
      const end = yield* Effect.fork(ended(socket))
      yield* Effect.yieldNow()
      yield* Scope.close(scope, Exit.void)
      expect(yield* Fiber.join(end)).toBe("1001 the server stops")
    }))
})
