import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ExecutionStrategy from "effect/ExecutionStrategy"
import * as Exit from "effect/Exit"
import * as Schema from "effect/Schema"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { isSame } from "../../src/protocol/SameBytes.ts"
import type { Options } from "../../src/security/KeyringMemory.ts"
import * as Channel from "../../src/transfer/Channel.ts"
import * as Router from "../../src/transfer/Router.ts"
import * as Service from "../../src/transfer/Service.ts"
import { listen } from "../../src/transport/Transport.ts"
import { passing } from "../suites/flockNetwork.ts"
import {
  ended,
  observed,
  type Observer,
  observer,
  onFlock,
  place,
  publicOf,
  secret,
  sentOf
} from "../suites/keyedSides.ts"

class Door extends Channel.Tag<Door>()("door", {
  open: { message: Schema.Null, receipt: Schema.String }
}) {}

/** Lets in one key only. */
const serving = Channel.serve(Door, {
  open: ({ peer: { publicKey } }) =>
    publicKey !== undefined && isSame(publicKey, publicOf(3))
      ? Effect.succeed("come in")
      : new Service.Refusal({ reason: "NotMember", message: "only members enter" })
})

/** A server with these keys until the returned effect. */
const started = (keys: Options) =>
  Effect.gen(function*() {
    const scope = yield* Scope.fork(yield* Effect.scope, ExecutionStrategy.sequential)
    const listener = yield* Scope.extend(onFlock(keys)(listen(place)), scope)
    yield* Effect.forkIn(Stream.runDrain(Router.run(listener, [serving])), scope)
    return passing(Scope.close(scope, Exit.void))
  })

const client = (keys: Options, key?: Uint8Array) => onFlock(keys)(Channel.client(Door, { ...place, key }))

/** How many times clients tried to connect. */
const attempts = (seen: Observer): number =>
  new Set(sentOf(seen, "hello").map((packet) => Buffer.from(packet.subarray(15, 23)).toString("hex"))).size

describe("a channel on a wire with keys", () => {
  it.effect("lets a handler decide by the key of its caller", () =>
    Effect.gen(function*() {
      yield* started({ hostKey: secret(1) })
      const member = yield* client({ acceptNew: true, identity: secret(3) })
      expect(yield* passing(member.open(null))).toBe("come in")
      for (const identity of [secret(4), undefined]) {
        const stranger = yield* client({ acceptNew: true, identity })
        const error = yield* passing(Effect.flip(stranger.open(null)))
        expect(error).toMatchObject({ reason: "Refused", cause: { detail: "NotMember" } })
      }
    }).pipe(ended, Effect.provide(observed())))

  it.effect("keeps the pinned key when it connects anew; another key ends the call at once, and nothing is delivered", () => {
    const seen = observer()
    return Effect.gen(function*() {
      const stop = yield* started({ hostKey: secret(1) })
      const door = yield* client({ acceptNew: true, identity: secret(3) }, publicOf(1))
      expect(yield* passing(door.open(null))).toBe("come in")
      yield* stop
      const stopOther = yield* started({ hostKey: secret(2) })
      const before = attempts(seen)
      const error = yield* passing(Effect.flip(door.open(null)))
      expect(error).toMatchObject({
        reason: "Untrusted",
        delivered: "No",
        cause: { reason: "ChangedKey", key: publicOf(2) }
      })
      expect(attempts(seen) - before).toBe(1)
      yield* stopOther
      yield* started({ hostKey: secret(1) })
      expect(yield* passing(door.open(null))).toBe("come in")
    }).pipe(ended, Effect.provide(observed(seen)))
  })

  it.effect("ends a call to an unknown server at once, with its key", () => {
    const seen = observer()
    return Effect.gen(function*() {
      yield* started({ hostKey: secret(1) })
      const door = yield* client({})
      const error = yield* passing(Effect.flip(door.open(null)))
      expect(error).toMatchObject({ reason: "Untrusted", cause: { reason: "UnknownKey", key: publicOf(1) } })
      expect(attempts(seen)).toBe(1)
    }).pipe(ended, Effect.provide(observed(seen)))
  })

  it.effect("ends a call with a key that the server does not allow, and says that nothing was delivered", () => {
    const seen = observer()
    return Effect.gen(function*() {
      yield* started({ hostKey: secret(1), allowed: [publicOf(3)] })
      const door = yield* client({ acceptNew: true, identity: secret(4) })
      const error = yield* passing(Effect.flip(door.open(null)))
      expect(error).toMatchObject({
        reason: "Untrusted",
        delivered: "No",
        cause: { reason: "NotAllowed", key: publicOf(4) }
      })
      expect(attempts(seen)).toBe(1)
    }).pipe(ended, Effect.provide(observed(seen)))
  })
})
