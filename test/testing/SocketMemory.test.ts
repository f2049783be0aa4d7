import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import type { Address } from "../../src/net/Address.ts"
import { format } from "../../src/net/Address.ts"
import * as NetLimits from "../../src/net/NetLimits.ts"
import type { Bound, Handler, Sent, SocketError } from "../../src/net/Socket.ts"
import { Socket } from "../../src/net/Socket.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"

const here: Address = { host: "192.0.2.1", port: 4040 }
const nowhere: Address = { host: "192.0.2.9", port: 9 }

/** The input of a socket: datagrams as `text from address`, and errors. */
const recorder = (): {
  readonly received: Array<string>
  readonly errors: Array<SocketError>
  readonly handler: Handler
} => {
  const received: Array<string> = []
  const errors: Array<SocketError> = []
  const onRun: Handler["onRun"] = ({ bytes, from }) =>
    received.push(`${Buffer.from(bytes).toString()} from ${format(from)}`)
  return { received, errors, handler: { onRun, onError: (error) => errors.push(error) } }
}

const sendText = (socket: Bound, to: Address, text: string): Sent =>
  socket.send(to, undefined, (target) => Buffer.from(target.buffer).write(text))

/** Lets everything that is on its way arrive. */
const arrive = Effect.promise(() => Promise.resolve())
const bind = (local: Address, handler: Handler = recorder().handler) =>
  Effect.flatMap(Socket, (socket) => socket.bind(local, handler))
const connect = (peer: Address, handler: Handler = recorder().handler) =>
  Effect.flatMap(Socket, (socket) => socket.connect(peer, handler))

const inNetwork = <A, E>(program: Effect.Effect<A, E, Socket | Scope.Scope>) =>
  Effect.provide(program, SocketMemory.layer())

describe("a datagram", () => {
  it.scoped("arrives with the address of its sender", () =>
    inNetwork(Effect.gen(function*() {
      const { handler, received } = recorder()
      yield* bind(here, handler)
      const client = yield* connect(here)
      sendText(client, here, "hello")
      yield* arrive
      expect(received).toEqual([`hello from ${format(client.local)}`])
    })))

  it.scoped("is answered to the address that it came from", () =>
    inNetwork(Effect.gen(function*() {
      const { handler, received } = recorder()
      const server: Bound = yield* bind(here, {
        onRun: ({ from }) => sendText(server, from, "welcome"),
        onError: () => {}
      })
      const client = yield* connect(here, handler)
      sendText(client, here, "hello")
      yield* arrive
      expect(received).toEqual([`welcome from ${format(here)}`])
    })))

  it.scoped("does not arrive before its sender is done", () =>
    inNetwork(Effect.gen(function*() {
      const { handler, received } = recorder()
      yield* bind(here, handler)
      const client = yield* connect(here)
      sendText(client, here, "hello")
      expect(received).toEqual([])
    })))

  it.scoped("arrives in the order of all that were sent, whoever sent it", () =>
    inNetwork(Effect.gen(function*() {
      const { handler, received } = recorder()
      yield* bind(here, handler)
      const clients = [yield* connect(here), yield* connect(here)]
      for (let n = 0; n < 10; n++) clients.forEach((client, at) => sendText(client, here, `${n}${at}`))
      yield* arrive
      const expected = Array.from({ length: 20 }, (_, n) => `${Math.floor(n / 2)}${n % 2}`)
      expect(received.map((line) => line.split(" ")[0])).toEqual(expected)
    })))

  it.scoped("is its receiver's own: the sender's buffer can change", () =>
    inNetwork(Effect.gen(function*() {
      const { handler, received } = recorder()
      yield* bind(here, handler)
      const client = yield* connect(here)
      let buffer: Uint8Array = new Uint8Array(0)
      client.send(here, undefined, (target) => (buffer = target).fill(0x61, 0, 3).byteLength * 0 + 3)
      buffer.fill(0x7a)
      yield* arrive
      expect(received[0]).toMatch(/^aaa from/)
    })))

  it.scoped("that nobody wrote is not sent", () =>
    inNetwork(Effect.gen(function*() {
      const { handler, received } = recorder()
      yield* bind(here, handler)
      const client = yield* connect(here)
      expect([client.send(here, undefined, () => 0), sendText(client, here, "x")]).toEqual(["Nothing", "Sent"])
      yield* arrive
      expect(received.length).toBe(1)
    })))

  it.scoped("is lost when the link is full", () =>
    inNetwork(Effect.gen(function*() {
      const { handler, received } = recorder()
      yield* bind(here, handler)
      const client = yield* connect(here)
      for (let n = 0; n < NetLimits.queuedDatagrams + 10; n++) sendText(client, here, "x")
      yield* arrive
      expect(received.length).toBe(NetLimits.queuedDatagrams)
      sendText(client, here, "y")
      yield* arrive
      expect(received.length).toBe(NetLimits.queuedDatagrams + 1)
    })))
})

describe("a connected socket", () => {
  it.scoped("reports that nobody listens", () =>
    inNetwork(Effect.gen(function*() {
      const { errors, handler } = recorder()
      const client = yield* connect(nowhere, handler)
      sendText(client, nowhere, "hello")
      yield* arrive
      expect(errors).toMatchObject([{ _tag: "SocketError", reason: "Refused", address: format(nowhere) }])
    })))

  it.scoped("stays usable after a refusal", () =>
    inNetwork(Effect.gen(function*() {
      const { handler, received } = recorder()
      const client = yield* connect(here)
      sendText(client, here, "early")
      yield* arrive
      yield* bind(here, handler)
      sendText(client, here, "late")
      yield* arrive
      expect(received.length).toBe(1)
    })))

  it.scoped("receives from its peer alone", () =>
    inNetwork(Effect.gen(function*() {
      const { handler, received } = recorder()
      const server = yield* bind(here)
      const stranger = yield* bind({ host: here.host, port: 4041 })
      const client = yield* connect(here, handler)
      sendText(stranger, client.local, "psst")
      sendText(server, client.local, "hello")
      yield* arrive
      expect(received).toEqual([`hello from ${format(here)}`])
    })))

  it.scoped("has an address of its own", () =>
    inNetwork(Effect.gen(function*() {
      const clients = [yield* connect(here), yield* connect(here), yield* connect(here)]
      expect(new Set(clients.map(({ local }) => format(local))).size).toBe(3)
      expect(clients.every(({ local }) => local.host === "127.0.0.1" && local.port >= 49_152)).toBe(true)
    })))
})

describe("a bound socket", () => {
  it.scoped("does not hear that nobody listens", () =>
    inNetwork(Effect.gen(function*() {
      const { errors, handler } = recorder()
      const server = yield* bind(here, handler)
      sendText(server, nowhere, "hello")
      yield* arrive
      expect(errors).toEqual([])
    })))

  it.scoped("has the address asked for, and a port when none was", () =>
    inNetwork(Effect.gen(function*() {
      const fixed = yield* bind(here)
      const free = yield* bind({ host: here.host, port: 0 })
      expect(fixed.local).toEqual(here)
      expect([free.local.host, free.local.port > 0]).toEqual([here.host, true])
    })))

  it.scoped("fails with AddressInUse where another is", () =>
    inNetwork(Effect.gen(function*() {
      yield* bind(here)
      const error = yield* Effect.flip(bind(here))
      expect(error).toMatchObject({ _tag: "SocketError", reason: "AddressInUse", address: "192.0.2.1:4040" })
    })))

  it.scoped("leaves the first one working when a second fails", () =>
    inNetwork(Effect.gen(function*() {
      const { handler, received } = recorder()
      yield* bind(here, handler)
      yield* Effect.flip(Effect.scoped(bind(here)))
      const client = yield* connect(here)
      sendText(client, here, "hello")
      yield* arrive
      expect(received.length).toBe(1)
    })))

  it.scoped("shares its port with another host", () =>
    inNetwork(Effect.gen(function*() {
      yield* bind(here)
      const other = yield* bind({ host: "192.0.2.2", port: here.port })
      expect(other.local.port).toBe(here.port)
    })))
})

describe("a socket at a wildcard", () => {
  it.scoped.each([
    { wildcard: "0.0.0.0", host: "127.0.0.2" },
    { wildcard: "::", host: "2001:db8::2" }
  ])(
    "of $wildcard answers from $host, the address that the client used",
    ({ host, wildcard }) =>
      inNetwork(Effect.gen(function*() {
        const { handler, received } = recorder()
        const locals: Array<string | undefined> = []
        const server: Bound = yield* bind({ host: wildcard, port: here.port }, {
          onRun: ({ from }) => {
            locals.push(from.local)
            sendText(server, { host: from.host, port: from.port }, "from no address in particular")
            sendText(server, from, "welcome")
          },
          onError: () => {}
        })
        const to = { host, port: here.port }
        const client = yield* connect(to, handler)
        sendText(client, to, "hello")
        yield* arrive
        expect([locals, received]).toEqual([[host], [`welcome from ${format(to)}`]])
        expect(server.local).toEqual({ host: wildcard, port: here.port })
      }))
  )
})

describe("a scope", () => {
  it.scoped("that ends closes its socket: the address is free again", () =>
    inNetwork(Effect.gen(function*() {
      yield* Effect.scoped(bind(here))
      const again = yield* bind(here)
      expect(again.local).toEqual(here)
    })))

  it.scoped("that ends closes its socket: what is on its way is refused", () =>
    inNetwork(Effect.gen(function*() {
      const [server, client] = [recorder(), recorder()]
      const scope = yield* Scope.make()
      yield* Scope.extend(bind(here, server.handler), scope)
      const sender = yield* connect(here, client.handler)
      sendText(sender, here, "hello")
      yield* Scope.close(scope, Exit.void)
      yield* arrive
      expect([server.received, client.errors.map(({ reason }) => reason)]).toEqual([[], ["Refused"]])
    })))
})

describe("a network", () => {
  it.effect("is a fresh one in each layer", () =>
    Effect.gen(function*() {
      const local = Effect.scoped(inNetwork(Effect.map(bind(here), (bound) => bound.local)))
      expect(yield* Effect.all([local, local])).toEqual([here, here])
    }))

  it.effect("has every name as an address, and localhost as 127.0.0.1", () =>
    Effect.gen(function*() {
      const socket = yield* Socket
      const addresses = yield* Effect.forEach(["localhost", "example.org", "::1"], (host) => socket.resolve(host))
      expect(addresses).toEqual([["127.0.0.1"], ["example.org"], ["::1"]])
    }).pipe(Effect.provide(SocketMemory.layer())))
})
