/** Wildcards over the sockets that this machine has, and other programs at the same port. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Layer from "effect/Layer"
import { createSocket } from "node:dgram"
import { once } from "node:events"
import type { Address } from "../../../src/net/Address.ts"
import { format } from "../../../src/net/Address.ts"
import type { Handler, SocketOptions } from "../../../src/net/Socket.ts"
import { Socket } from "../../../src/net/Socket.ts"
import * as NodeSocket from "../../../src/node/net/NodeSocket.ts"
import * as OffloadSocket from "../../../src/node/net/OffloadSocket.ts"
import { recorder, sendRun } from "../../suites/socket.ts"
import { loopbacks } from "../loopbacks.ts"

const bind = (local: Address, handler: Handler = recorder().handler, options?: SocketOptions) =>
  Effect.flatMap(Socket, (socket) => socket.bind(local, handler, options))
const connect = (peer: Address, handler: Handler, options?: SocketOptions) =>
  Effect.flatMap(Socket, (socket) => socket.connect(peer, handler, options))

/** Binds as another program would, and returns the code of the error, if there is one. */
const bindAsAnother = ({ host, port }: Address, reuseAddr = false) =>
  Effect.promise(async () => {
    const other = createSocket({ type: host.includes(":") ? "udp6" : "udp4", reuseAddr })
    const failed = once(other, "error").then(([error]: ReadonlyArray<NodeJS.ErrnoException>) => error?.code)
    const bound = new Promise<undefined>((resolve) => other.bind(port, host, () => resolve(undefined)))
    const code = await Promise.race([bound, failed])
    other.close()
    return code
  })

const suite = (name: string, layer: Layer.Layer<Socket>, options?: SocketOptions): void => {
  const open = Effect.provide(layer)

  describe(`a wildcard over ${name}`, () => {
    for (const [wildcard, hosts] of [["0.0.0.0", ["127.0.0.1"]], ["::", loopbacks]] as const) {
      it.scoped(`is reached at ${wildcard} by clients at ${hosts.join(" and ")}, and answers each from there`, () =>
        open(Effect.gen(function*() {
          const server = recorder()
          const bound = yield* bind({ host: wildcard, port: 0 }, server.handler, options)
          expect(bound.local.host).toBe(wildcard)
          for (const host of hosts) {
            const [client, to] = [recorder(), { host, port: bound.local.port }]
            const connected = yield* connect(to, client.handler, options)
            const before = server.runs.length
            sendRun(connected, to, [100])
            yield* server.until(() => server.runs.length > before)
            const from = server.runs.at(-1)?.from ?? to
            expect(from).toEqual({ ...connected.local, local: host })
            sendRun(bound, from, [200])
            yield* client.until(() => client.runs.length > 0)
            expect(client.runs.map((run) => [run.bytes.length, format(run.from)])).toEqual([[200, format(to)]])
          }
          expect(bound.counters()).toMatchObject({ receivedBytes: 100 * hosts.length, sentBytes: 200 * hosts.length })
        })))
    }

    it.scoped("shares its port with no other program, at no address", () =>
      open(Effect.gen(function*() {
        const { local } = yield* bind({ host: "::", port: 0 }, undefined, options)
        for (const host of [...loopbacks, "0.0.0.0", "::"]) {
          for (const reuseAddr of [false, true]) {
            expect([host, yield* bindAsAnother({ host, port: local.port }, reuseAddr)]).toEqual([host, "EADDRINUSE"])
          }
        }
        for (const host of [...loopbacks, "0.0.0.0", "::"]) {
          expect(yield* Effect.flip(Effect.scoped(bind({ host, port: local.port }, undefined, options))))
            .toMatchObject({ reason: "AddressInUse" })
        }
      })))

    it.scoped("is refused where another socket has the port at one address, and leaves the other addresses free", () =>
      open(Effect.gen(function*() {
        const host = loopbacks.at(-1) ?? ""
        const { local } = yield* bind({ host, port: 0 }, undefined, options)
        const error = yield* Effect.flip(bind({ host: "::", port: local.port }, undefined, options))
        expect(error).toMatchObject({ reason: "AddressInUse", address: format(local) })
        for (const other of loopbacks) {
          const expected = other === host ? "EADDRINUSE" : undefined
          expect(yield* bindAsAnother({ host: other, port: local.port })).toBe(expected)
        }
      })))
  })
}

suite("node:dgram", NodeSocket.layer)
suite("the fastest sockets", OffloadSocket.layer)
suite("sockets whose datagrams may be fragmented", OffloadSocket.layer, { fragmentation: "allowed" })
