/**
 * Listens for browsers on node:http, or node:https. Requests go to the application through @effect/platform-node; WebSockets are opened here by
 * the library under it, because the one of the platform takes messages of 100 MiB and does not tell when a browser reads too slowly.
 */
import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import * as Schedule from "effect/Schedule"
import type * as Scope from "effect/Scope"
import * as http from "node:http"
import * as https from "node:https"
import type { Socket } from "node:net"
import type { Duplex } from "node:stream"
import { type WebSocket, WebSocketServer } from "ws"
import { type Address, format } from "../../net/Address.ts"
import type { SocketError } from "../../net/Socket.ts"
import { errorOf } from "../../node/net/SocketErrors.ts"
import * as ClientLimits from "../../protocol/conversation/client/ClientLimits.ts"
import { Shares } from "../../protocol/Shares.ts"
import { canonicalHost, sourceOf } from "../../protocol/Source.ts"
import { CloseCode, PageConnection } from "../../web/PageConnection.ts"
import * as SessionCookie from "../../web/SessionCookie.ts"
import * as WebApp from "../../web/WebApp.ts"
import * as Limits from "../../web/WebLimits.ts"
import { judge } from "../../web/WebPolicy.ts"

export interface ServerOptions extends Omit<WebApp.WebOptions, "port"> {
  /** Port 0 for any free one. */
  readonly local: Address
  /** Key and chain as PEM; undefined: without TLS. */
  readonly tls: string | undefined
}

/** Serves until the scope closes; the result is the address. */
export const listen = (options: ServerOptions): Effect.Effect<Address, SocketError, Scope.Scope> =>
  Effect.gen(function*() {
    const server = yield* opened(options)
    yield* bound(server, options.local)
    const address = server.address()
    const port = typeof address === "object" && address !== null ? address.port : options.local.port
    const app = yield* WebApp.make({ ...options, port })
    server.on("request", yield* NodeHttpServer.makeHandler(app))
    const sockets = yield* PageSockets.make({ ...options, port })
    server.on("upgrade", sockets.open)
    return { host: options.local.host, port }
  })

const opened = ({ tls }: ServerOptions): Effect.Effect<http.Server, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const limits = {
        maxHeaderSize: Limits.headerBytes,
        headersTimeout: Limits.headersMillis,
        requestTimeout: Limits.requestMillis,
        keepAliveTimeout: Limits.idleMillis,
        keepAlive: true,
        keepAliveInitialDelay: Limits.pingMillis
      }
      const server = tls === undefined
        ? http.createServer(limits)
        : https.createServer({ ...limits, handshakeTimeout: Limits.headersMillis, cert: tls, key: tls })
      const places = new Shares(Limits.connections, Limits.connectionsOfSource, Limits.connectionsForNewcomers)
      server.on("connection", (socket: Socket) => take(places, socket))
      return server
    }),
    (server) =>
      Effect.async<void>((resume) => {
        if (!server.listening) return resume(Effect.void)
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )

/** A connection beyond the share of its source is reset. */
const take = (places: Shares, socket: Socket): void => {
  const source = sourceOf(peerOf(socket))
  if (!places.take(source)) return void socket.on("error", () => undefined).resetAndDestroy()
  socket.once("close", () => places.give(source))
}

const peerOf = ({ remoteAddress = "0.0.0.0", remotePort = 0 }: Socket): Address => ({
  host: remoteAddress.startsWith("::ffff:") ? canonicalHost(remoteAddress) : remoteAddress,
  port: remotePort
})

const bound = (server: http.Server, { host, port }: Address): Effect.Effect<void, SocketError> =>
  Effect.async<void, SocketError>((resume) => {
    const onError = (cause: unknown): void => resume(Effect.fail(errorOf(cause, format({ host, port }))))
    server.once("error", onError)
    server.listen({ host, port, exclusive: true }, () => {
      server.off("error", onError)
      // An accept that fails, for example because too many files are open, costs that connection alone.
      server.on("error", () => undefined)
      resume(Effect.void)
    })
  })

type SocketOptions = Pick<WebApp.WebOptions, "onProblem" | "policy" | "port" | "serve">

class PageSockets {
  readonly #options: SocketOptions
  readonly #report: (peer: Address, message: string) => void
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: ClientLimits.messageBytes,
    perMessageDeflate: false
  })
  readonly #connections = new Map<WebSocket, PageConnection>()
  /** Those that have given a sign of life since the last ping. */
  readonly #alive = new Set<WebSocket>()

  private constructor(options: SocketOptions, report: (peer: Address, message: string) => void) {
    this.#options = options
    this.#report = report
  }

  static readonly make = (options: SocketOptions): Effect.Effect<PageSockets, never, Scope.Scope> =>
    Effect.gen(function*() {
      const run = Runtime.runFork(yield* Effect.runtime<never>())
      const sockets = new PageSockets(options, (peer, message) => void run(options.onProblem(peer, message)))
      yield* Effect.addFinalizer(() => sockets.#farewell)
      yield* Effect.forkScoped(
        Effect.repeat(Effect.sync(() => sockets.#ping()), Schedule.spaced(Limits.pingMillis))
      )
      return sockets
    })

  /** A request to open a WebSocket. */
  readonly open = (request: http.IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { headers } = request
    const peer = peerOf(request.socket)
    const verdict = judge({
      peer,
      host: headers.host,
      origin: headers.origin,
      forwardedProto: onlyText(headers["x-forwarded-proto"]),
      forwardedFor: onlyText(headers["x-forwarded-for"]),
      needsOrigin: true
    }, this.#options.policy)
    socket.on("error", () => undefined)
    if (verdict._tag === "Refused") {
      this.#report(
        peer,
        `WebSocket with Host ${headers.host} and Origin ${headers.origin}: ${verdict.reason}`
      )
      return refuse(socket, verdict.status, verdict.reason)
    }
    if (request.url !== "/socket") return refuse(socket, 404, "there is nothing here")
    const token = SessionCookie.tokenIn(headers.cookie, { port: this.#options.port, isSecure: verdict.isSecure })
    this.#server.handleUpgrade(request, socket, head, (socketOfPage) => this.#serve(socketOfPage, verdict.peer, token))
  }

  #serve(socket: WebSocket, from: Address, token: string | undefined): void {
    const connection = new PageConnection(
      {
        send: (text, onTaken) => socket.send(text, () => onTaken()),
        pause: () => socket.pause(),
        resume: () => socket.resume(),
        bufferedBytes: () => socket.bufferedAmount,
        close: (code, reason) => socket.close(code, reason)
      },
      this.#options.serve,
      from,
      token
    )
    this.#connections.set(socket, connection)
    this.#alive.add(socket)
    socket.on("message", (data, isBinary) => {
      this.#alive.add(socket)
      if (isBinary) connection.end(CloseCode.notText, "messages are texts")
      else connection.onText(data.toString())
    })
    socket.on("pong", () => this.#alive.add(socket))
    // The library closes the connection after an error: a message that is too long, or not of the protocol.
    socket.on("error", (error) => this.#report(from, `WebSocket: ${error.message}`))
    socket.on("close", () => {
      this.#connections.delete(socket)
      this.#alive.delete(socket)
      connection.onEnd()
    })
  }

  #ping(): void {
    for (const [socket, connection] of this.#connections) {
      if (this.#alive.delete(socket)) socket.ping()
      else {
        connection.end(CloseCode.goingAway, "this browser does not answer")
        socket.terminate()
      }
    }
  }

  /** Says goodbye, and does not wait long for the answers. */
  readonly #farewell: Effect.Effect<void> = Effect.suspend(() => {
    const left = Array.from(this.#connections.keys(), (socket) =>
      Effect.async<void>((resume) => {
        if (socket.readyState === socket.CLOSED) resume(Effect.void)
        else socket.once("close", () => resume(Effect.void))
      }))
    for (const connection of this.#connections.values()) connection.end(CloseCode.goingAway, "the server stops")
    return Effect.all(left, { concurrency: "unbounded", discard: true }).pipe(
      Effect.timeoutOption(Limits.farewellMillis),
      Effect.zipRight(Effect.sync(() => {
        for (const socket of this.#connections.keys()) socket.terminate()
      }))
    )
  })
}

const onlyText = (value: string | ReadonlyArray<string> | undefined): string | undefined =>
  typeof value === "string" ? value : value?.join(",")

const refuse = (socket: Duplex, status: number, reason: string): void => {
  const body = JSON.stringify({ reason })
  const lines = [
    `HTTP/1.1 ${status} ${http.STATUS_CODES[status]}`,
    "Connection: close",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "",
    body
  ]
  socket.end(lines.join("\r\n"))
}
