/** Tests of `Tcp`, for every implementation. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import { type Address, format } from "../../src/net/Address.ts"
import * as NetLimits from "../../src/net/NetLimits.ts"
import { Tcp, type TcpConnection, type TcpHandler } from "../../src/net/Tcp.ts"

/** One end of a connection, and what its handler has recorded. */
export class End {
  readonly connection: TcpConnection
  /** `end`, `drain`, `closed`, or the reason of a failure; reads are in `received`. */
  readonly events: Array<string> = []
  receivedBytes = 0
  readonly #blocks: Array<Uint8Array> = []
  readonly #waiting = new Set<() => void>()

  constructor(connection: TcpConnection, isStarted = true) {
    this.connection = connection
    if (isStarted) this.start()
  }

  start(more: Partial<TcpHandler> = {}): void {
    this.connection.start({
      onBytes: (bytes) => {
        this.receivedBytes += bytes.length
        this.#blocks.push(bytes)
        more.onBytes?.(bytes)
        this.#notify()
      },
      onEnd: () => this.#note("end"),
      onDrain: () => this.#note("drain"),
      onClose: (error) => this.#note(error?.reason ?? "closed")
    })
  }

  get received(): Uint8Array {
    return Buffer.concat(this.#blocks)
  }

  get text(): string {
    return new TextDecoder().decode(this.received)
  }

  write(text: string): boolean {
    return this.connection.write(new TextEncoder().encode(text))
  }

  /** Waits until the condition is true; it is evaluated after every event. */
  until(condition: (end: End) => boolean): Effect.Effect<void> {
    return Effect.async<void>((resume) => {
      const evaluate = (): void => {
        if (!condition(this)) return
        this.#waiting.delete(evaluate)
        resume(Effect.void)
      }
      this.#waiting.add(evaluate)
      evaluate()
    })
  }

  has(event: string): Effect.Effect<void> {
    return this.until(({ events }) => events.includes(event))
  }

  #note(event: string): void {
    this.events.push(event)
    this.#notify()
  }

  #notify(): void {
    for (const evaluate of this.#waiting) evaluate()
  }
}

/** Bytes in which adjacent blocks differ. */
const content = (count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, at) => (at * 31 + (at >>> 8)) & 255)

/** A listener; its connections start unless `isStarted` is false. */
export const listening = (host: string, isStarted = true) =>
  Effect.gen(function*() {
    const accepted: Array<End> = []
    const waiting = new Set<() => void>()
    const { listen } = yield* Tcp
    const local = yield* listen({ host, port: 0 }, (connection) => {
      accepted.push(new End(connection, isStarted))
      for (const evaluate of waiting) evaluate()
    })
    /** The connection with this index. */
    const end = (index = 0) =>
      Effect.async<End>((resume) => {
        const evaluate = (): void => {
          const found = accepted[index]
          if (found !== undefined) resume(Effect.succeed(found))
        }
        waiting.add(evaluate)
        evaluate()
      })
    return { local, end, accepted }
  })

const connecting = (peer: Address) =>
  Effect.flatMap(Tcp, ({ connect }) => Effect.map(connect(peer), (one) => new End(one)))

/** Both ends of a connection; that of the server is not started if `isStarted` is false. */
const pair = (host: string, isStarted = true) =>
  Effect.gen(function*() {
    const { end, local } = yield* listening(host, isStarted)
    const client = yield* connecting(local)
    return { client, server: yield* end(), local }
  })

export const tcpSuite = (name: string, layer: Layer.Layer<Tcp>, host: string): void => {
  const open = <A, E>(program: Effect.Effect<A, E, Tcp | Scope.Scope>) => Effect.provide(program, layer)

  describe(`${name}: a connection`, () => {
    it.scoped("carries bytes in order, in both directions", () =>
      open(Effect.gen(function*() {
        const { client, server } = yield* pair(host)
        const all = content(300_000)
        for (let at = 0; at < all.length; at += 7_001) client.connection.write(all.subarray(at, at + 7_001))
        server.write("you are ")
        server.write("welcome")
        yield* server.until(({ receivedBytes }) => receivedBytes >= all.length)
        yield* client.until(({ text }) => text === "you are welcome")
        expect(Buffer.compare(server.received, all)).toBe(0)
      })))

    it.scoped("knows both addresses", () =>
      open(Effect.gen(function*() {
        const { client, local, server } = yield* pair(host)
        expect(format(client.connection.peer)).toBe(format(local))
        expect(format(server.connection.local)).toBe(format(local))
        expect(format(server.connection.peer)).toBe(format(client.connection.local))
      })))

    it.scoped("that the client has ended still carries the answer, and closes when both have ended it", () =>
      open(Effect.gen(function*() {
        const { client, server } = yield* pair(host)
        client.write("question")
        client.connection.finish()
        yield* server.has("end")
        expect(server.text).toBe("question")
        server.write("answer")
        yield* client.until(({ text }) => text === "answer")
        expect(client.events).toEqual([])
        server.connection.finish()
        yield* client.has("closed")
        yield* server.has("closed")
        expect([client.events, server.events]).toEqual([["end", "closed"], ["end", "closed"]])
        expect(server.write("late")).toBe(true)
      })))

    it.scoped("that the server has ended still carries what the client writes", () =>
      open(Effect.gen(function*() {
        const { client, server } = yield* pair(host)
        server.write("that is all")
        server.connection.finish()
        yield* client.has("end")
        client.write("thanks")
        client.connection.finish()
        yield* server.has("closed")
        yield* client.has("closed")
        expect([client.text, server.text]).toEqual(["that is all", "thanks"])
      })))

    it.scoped("that one side resets fails on the other, and sends nothing more", () =>
      open(Effect.gen(function*() {
        const { client, server } = yield* pair(host)
        client.write("x")
        yield* server.until(({ text }) => text === "x")
        client.connection.reset()
        yield* client.has("closed")
        yield* server.has("Reset")
        expect([client.events, server.events]).toEqual([["closed"], ["Reset"]])
        expect([server.write("late"), server.connection.unsentBytes()]).toEqual([true, 0])
      })))

    it.scoped("whose client has vanished fails when something is written", () =>
      open(Effect.gen(function*() {
        const scope = yield* Scope.make()
        const { end, local } = yield* listening(host)
        const client = yield* Scope.extend(connecting(local), scope)
        const server = yield* end()
        client.write("x")
        yield* server.until(({ text }) => text === "x")
        yield* Scope.close(scope, Exit.void)
        server.write("are you there?")
        yield* server.has("Reset")
        yield* client.has("closed")
      })))

    it.scoped("that both sides have finished delivers everything after the end of its scope", () =>
      open(Effect.gen(function*() {
        const scope = yield* Scope.make()
        const { end, local } = yield* listening(host)
        const client = yield* Scope.extend(connecting(local), scope)
        const server = yield* end()
        server.connection.finish()
        yield* client.has("end")
        client.connection.write(content(200_000))
        client.connection.finish()
        yield* Scope.close(scope, Exit.void)
        yield* server.has("closed")
        expect(server.receivedBytes).toBe(200_000)
      })))

    it.scoped("reads nothing before it is started", () =>
      open(Effect.gen(function*() {
        const { client, server } = yield* pair(host, false)
        client.write("early")
        client.connection.finish()
        server.write("greeting")
        yield* client.until(({ text }) => text === "greeting")
        expect(server.receivedBytes).toBe(0)
        server.start()
        yield* server.has("end")
        expect(server.text).toBe("early")
      })))

    it.scoped("that failed before it is started says so then", () =>
      open(Effect.gen(function*() {
        const { client, server } = yield* pair(host, false)
        server.connection.reset()
        yield* client.has("Reset")
        server.start()
        yield* server.has("closed")
        expect(server.events).toEqual(["closed"])
      })))
  })

  describe(`${name}: a peer that does not read`, () => {
    it.scoped("leaves what is written unsent, a write says so, and a drain follows when it reads again", () =>
      open(Effect.gen(function*() {
        const { client, server } = yield* pair(host, false)
        const block = content(64 * 1024)
        let written = 0
        for (let isRoom = true; isRoom; written += block.length) {
          isRoom = client.connection.write(block)
          // The kernel takes some megabytes.
          if (isRoom) yield* Effect.promise(() => Promise.resolve())
        }
        expect(client.connection.unsentBytes()).toBeGreaterThanOrEqual(NetLimits.unsentBytes)
        expect(client.connection.unsentBytes()).toBeLessThan(NetLimits.unsentBytes + block.length)
        expect(client.events).toEqual([])
        server.start()
        yield* client.has("drain")
        expect(client.connection.unsentBytes()).toBeLessThan(NetLimits.unsentBytes / 2)
        yield* server.until(({ receivedBytes }) => receivedBytes === written)
      })))

    it.scoped("reads on after a pause, and loses nothing", () =>
      open(Effect.gen(function*() {
        const { client, server } = yield* pair(host, false)
        let reads = 0
        server.start({
          onBytes: () => {
            reads++
            server.connection.pause()
          }
        })
        const all = content(400_000)
        client.connection.write(all)
        client.connection.finish()
        for (let read = 1; server.receivedBytes < all.length; read++) {
          yield* server.until(() => reads >= read)
          expect(server.events).toEqual([])
          server.connection.resume()
        }
        yield* server.has("end")
        expect(Buffer.compare(server.received, all)).toBe(0)
      })))
  })

  describe(`${name}: a listener`, () => {
    it.scoped("has its port exclusively, and frees it with its scope; its connections go on", () =>
      open(Effect.gen(function*() {
        const { listen } = yield* Tcp
        const scope = yield* Scope.make()
        const { end, local } = yield* Scope.extend(listening(host), scope)
        const client = yield* connecting(local)
        const server = yield* end()
        const error = yield* Effect.flip(listen(local, () => undefined))
        expect(error).toMatchObject({ _tag: "SocketError", reason: "AddressInUse", address: format(local) })
        yield* Scope.close(scope, Exit.void)
        client.write("still there?")
        yield* server.until(({ text }) => text === "still there?")
        expect(yield* Effect.flip(connecting(local))).toMatchObject({ reason: "Refused", address: format(local) })
        expect(yield* listen(local, () => undefined)).toEqual(local)
      })))
  })
}
