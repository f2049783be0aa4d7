import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { echo } from "../../src/apps/dialogues/Echo.ts"
import * as Rooms from "../../src/conversation/Rooms.ts"
import * as SessionListener from "../../src/conversation/SessionListener.ts"
import * as NodeCrypto from "../../src/node/security/NodeCrypto.ts"
import * as Router from "../../src/transfer/Router.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { address, network, passing } from "../suites/flockNetwork.ts"
import { crowdApp } from "../suites/listenedRoom.ts"

const flock = Layer.provide(FlockTransport.layer(), network())

/** Closes the scope of a test in virtual time. */
const ended = <A, E, R>(test: Effect.Effect<A, E, R>) =>
  Effect.gen(function*() {
    const scope = yield* Scope.make()
    return yield* Effect.onExit(Scope.extend(test, scope), (exit) => passing(Scope.close(scope, exit)))
  })

describe("a server of rooms", () => {
  it.effect("lists its rooms, leads each stream to its room, and refuses those to others", () =>
    Effect.gen(function*() {
      const listener = yield* listen(address)
      const rooms = [yield* Rooms.open(echo), yield* Rooms.open(crowdApp, { name: "crowd/kyiv" })]
      const handlers = yield* SessionListener.handlers(rooms, listener.local)
      yield* Effect.forkScoped(Stream.runDrain(Router.run(listener, handlers)))
      const session = yield* passing(connect(address))
      const listed = yield* passing(SessionListener.list(session))
      expect(listed.map(({ name, summary }) => [name, summary])).toEqual([
        ["echo", "sends each message back as it is"],
        ["crowd/kyiv", "says each message to all"]
      ])
      const codec = SessionListener.framing.open()
      const asked = (kind: string, text: string, messages: number) =>
        Effect.scoped(Effect.gen(function*() {
          const stream = yield* session.openService(kind)
          yield* stream.write(codec.encode({ bytes: Buffer.from(text) }) ?? new Uint8Array(0))
          const answers = SessionListener.framing.open()
          const told: Array<string> = []
          while (told.length < messages) {
            const bytes = yield* stream.read()
            if (bytes === undefined) break
            told.push(...answers.handleBytes(bytes, 0).messages.map((one) => Buffer.from(one.bytes).toString()))
          }
          return told
        }))
      expect(yield* passing(asked(SessionListener.kindOf("echo"), "coo", 1))).toEqual(["coo"])
      expect(yield* passing(asked("app/crowd/kyiv", "roo", 2))).toEqual(["1", "roo"])
      expect(yield* passing(Effect.flip(asked("app/words", "roo", 1)))).toMatchObject({ reason: "Declined" })
    }).pipe(ended, Effect.provide(flock), Effect.provide(NodeCrypto.layer)))

  it.effect("ends the streams of its clients when a room ends, and admits none after its scope", () =>
    Effect.gen(function*() {
      const listener = yield* listen(address)
      const [roomScope, scope] = [yield* Scope.make(), yield* Scope.make()]
      const room = yield* Scope.extend(Rooms.open(crowdApp), roomScope)
      const handlers = yield* Scope.extend(SessionListener.handlers([room], listener.local), scope)
      yield* Effect.forkScoped(Stream.runDrain(Router.run(listener, handlers)))
      const session = yield* passing(connect(address))
      const stream = yield* passing(session.openService("app/crowd"))
      yield* passing(stream.read())
      expect(room.present().map(({ transport }) => transport)).toEqual(["session"])
      yield* passing(Scope.close(roomScope, Exit.void))
      expect([yield* passing(stream.read()), room.present()]).toEqual([undefined, []])
      yield* passing(Scope.close(scope, Exit.void))
      const late = yield* passing(session.openService("app/crowd"))
      expect(yield* passing(Effect.flip(late.read()))).toMatchObject({ _tag: "SessionError" })
    }).pipe(ended, Effect.provide(flock), Effect.provide(NodeCrypto.layer)))
})
