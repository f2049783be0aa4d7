import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { echo } from "../../../src/apps/dialogues/Echo.ts"
import { sum } from "../../../src/apps/dialogues/Sum.ts"
import { Dialog } from "../../../src/cli/interactive/Dialog.ts"
import * as RoomChoice from "../../../src/cli/join/RoomChoice.ts"
import * as RoomLimits from "../../../src/conversation/RoomLimits.ts"
import * as Rooms from "../../../src/conversation/Rooms.ts"
import * as SessionListener from "../../../src/conversation/SessionListener.ts"
import * as NodeCrypto from "../../../src/node/security/NodeCrypto.ts"
import * as Router from "../../../src/transfer/Router.ts"
import * as FlockTransport from "../../../src/transport/flock/FlockTransport.ts"
import { connect, listen } from "../../../src/transport/Transport.ts"
import { address, network, passing } from "../../suites/flockNetwork.ts"
import { back, person } from "../interactive/DialogMemory.ts"

const services = Layer.merge(Layer.provide(FlockTransport.layer(), network()), NodeCrypto.layer)

/** A session with a server of rooms with these names, which are of echo. */
const sessionWith = (...names: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const listener = yield* listen(address)
    const rooms = yield* Effect.forEach(names, (name) => Rooms.open(name === "sum" ? sum : echo, { name }))
    const handlers = names.length === 0 ? [] : yield* SessionListener.handlers(rooms, listener.local)
    yield* Effect.forkScoped(Stream.runDrain(Router.run(listener, handlers)))
    return yield* passing(connect(address))
  })

const inVirtualTime = <A, E>(test: Effect.Effect<A, E, Effect.Effect.Context<ReturnType<typeof sessionWith>>>) =>
  passing(Effect.scoped(test)).pipe(Effect.provide(services))

describe("the room of join", () => {
  it.effect("is the one that is wanted, if the server offers it", () =>
    inVirtualTime(Effect.gen(function*() {
      const session = yield* sessionWith("echo", "echo/kyiv")
      expect(yield* passing(RoomChoice.chosen(session, "echo/kyiv", undefined))).toBe("echo/kyiv")
      expect(yield* passing(Effect.flip(RoomChoice.chosen(session, "words\u001b[2J", undefined)))).toMatchObject({
        code: "Unsupported",
        exitCode: 6,
        message: "127.0.0.1:4040 does not offer \"words\\u{1b}[2J\"",
        hint: "it offers echo and echo/kyiv"
      })
    })))

  it.effect("may be missing in a list that has no place for more", () =>
    inVirtualTime(Effect.gen(function*() {
      const session = yield* sessionWith(...Array.from({ length: RoomLimits.listedRooms }, (_, at) => `echo/${at}`))
      expect(yield* passing(RoomChoice.chosen(session, "words", undefined))).toBe("words")
    })))

  it.effect("is none at a server without rooms", () =>
    inVirtualTime(Effect.gen(function*() {
      const session = yield* sessionWith()
      const refused = { exitCode: 6, message: "127.0.0.1:4040 offers no app" }
      expect(yield* passing(Effect.flip(RoomChoice.chosen(session, "echo", undefined)))).toMatchObject(refused)
      expect(yield* passing(Effect.flip(RoomChoice.chosen(session, undefined, undefined)))).toMatchObject(refused)
    })))

  it.effect("is chosen by a person, and a script gets the list as an error", () =>
    inVirtualTime(Effect.gen(function*() {
      const session = yield* sessionWith("echo", "sum")
      const { layer, types } = person()
      const dialog = yield* Effect.provide(Dialog, layer)
      yield* types("sum", back)
      expect(yield* passing(RoomChoice.chosen(session, undefined, dialog))).toBe("sum")
      expect(yield* passing(RoomChoice.chosen(session, undefined, dialog))).toBeUndefined()
      expect(yield* passing(Effect.flip(RoomChoice.chosen(session, undefined, undefined)))).toMatchObject({
        exitCode: 2,
        message: "no app is named; 127.0.0.1:4040 offers echo and sum"
      })
    })))
})
