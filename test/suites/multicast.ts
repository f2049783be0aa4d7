/** Tests of sockets of multicast groups, for every implementation of `Socket`. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import type { Address } from "../../src/net/Address.ts"
import { format } from "../../src/net/Address.ts"
import { copyOf, Socket } from "../../src/net/Socket.ts"
import { recorder } from "./socket.ts"

export interface Groups {
  /** Two groups, and an interface on which both can be joined. */
  readonly group: string
  readonly other: string
  readonly interface: string
}

export const multicastSuite = (
  name: string,
  layer: Layer.Layer<Socket>,
  { group, interface: via, other }: Groups
): void => {
  /** A socket of a group with what it has received, as texts. */
  const join = (local: Address) =>
    Effect.gen(function*() {
      const { bind } = yield* Socket
      const { handler, runs, until } = recorder()
      const bound = yield* bind(local, handler, { multicast: { interface: via } })
      return {
        bound,
        texts: () => runs.map(({ bytes }) => Buffer.from(bytes).toString()),
        senders: () => runs.map(({ from }) => format(from)),
        received: (count: number) => until(() => runs.length >= count),
        say: (text: string, to: Address = bound.local) => bound.send(to, undefined, copyOf(Buffer.from(text)))
      }
    })

  describe(`a multicast group, ${name}`, () => {
    it.scopedLive("has several sockets at one port, and a datagram to it reaches all of them, the sender's too", () =>
      Effect.gen(function*() {
        const ala = yield* join({ host: group, port: 0 })
        const bo = yield* join(ala.bound.local)
        expect(ala.bound.local.port).toBeGreaterThan(0)
        expect(ala.say("hello")).toBe("Sent")
        yield* Effect.all([ala.received(1), bo.received(1)])
        expect(bo.say("welcome")).toBe("Sent")
        yield* Effect.all([ala.received(2), bo.received(2)])
        expect([ala.texts(), bo.texts()]).toEqual([["hello", "welcome"], ["hello", "welcome"]])
        // A datagram comes from the address of a machine, and the port of the group.
        expect(bo.senders()[0]).toMatch(new RegExp(`:${ala.bound.local.port}$`))
        expect(bo.senders()[0]).not.toBe(format(ala.bound.local))
      }).pipe(Effect.provide(layer)))

    it.scopedLive("gets nothing that was sent to another group at its port", () =>
      Effect.gen(function*() {
        const ala = yield* join({ host: group, port: 0 })
        const bo = yield* join({ host: other, port: ala.bound.local.port })
        ala.say("for all")
        yield* ala.received(1)
        bo.say("for others")
        yield* bo.received(1)
        expect([ala.texts(), bo.texts()]).toEqual([["for all"], ["for others"]])
      }).pipe(Effect.provide(layer)))

    it.scopedLive("loses a socket with its scope, and keeps the others", () =>
      Effect.gen(function*() {
        const ala = yield* join({ host: group, port: 0 })
        const scope = yield* Scope.make()
        const bo = yield* Scope.extend(join(ala.bound.local), scope)
        yield* Scope.close(scope, Exit.void)
        ala.say("still here")
        yield* ala.received(1)
        expect([ala.texts(), bo.texts()]).toEqual([["still here"], []])
      }).pipe(Effect.provide(layer)))

    it.scopedLive("is refused where the address is none", () =>
      Effect.gen(function*() {
        const error = yield* Effect.flip(join({ host: "192.0.2.1", port: 0 }))
        expect(error).toMatchObject({ reason: "AddressNotAvailable", address: "192.0.2.1:0" })
        expect(error.message).toMatch(/^192\.0\.2\.1 is not a multicast group/)
      }).pipe(Effect.provide(layer)))
  })
}
