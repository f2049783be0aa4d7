import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import { connect } from "../../../src/transport/tcp/TcpClient.ts"
import { passing } from "../../suites/flockNetwork.ts"
import { address, network, pair } from "../../suites/tcpNetwork.ts"

describe("the end of a scope", () => {
  it.scoped("closes the session, and the peer learns it at once", () =>
    Effect.gen(function*() {
      const { listener, server } = yield* pair()
      const scope = yield* Scope.make()
      const client = yield* Scope.extend(connect(address, {}), scope)
      expect(listener.open()).toBe(2)
      yield* passing(Scope.close(scope, Exit.void))
      yield* TestClock.adjust("1 millis")
      expect((yield* client.closed).reason).toBe("Left")
      expect([listener.open(), server.isClosed()]).toEqual([1, false])
    }).pipe(Effect.provide(network())))
})
