/** Attempts that learn the first key of a server at the same time. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Crc } from "../../../src/net/Crc.ts"
import * as NodeSecurity from "../../../src/node/security/NodeSecurity.ts"
import type { ServerKey } from "../../../src/security/Keyring.ts"
import * as ClientSecurity from "../../../src/transport/flock/ClientSecurity.ts"

const place = { host: "192.0.2.7", port: 4040 }
const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)]

describe("the first key of a server", () => {
  it.effect("is not replaced by that of another host that answered at the same time", () => {
    const known = new Map<string, ServerKey>()
    return Effect.gen(function*() {
      const first = yield* ClientSecurity.make({}, place)
      const second = yield* ClientSecurity.make({}, place)
      expect([first.handshake.judge(one), second.handshake.judge(other)]).toEqual(["Accept", "Accept"])
      yield* first.learn(one, undefined)
      expect(yield* Effect.flip(second.learn(other, undefined))).toMatchObject({ reason: "ChangedKey", key: other })
      yield* second.learn(one, undefined)
      expect(Array.from(known.values())).toEqual([{ key: one, next: undefined }])
    }).pipe(Effect.provide(Layer.merge(NodeSecurity.layerMemory({ acceptNew: true, known }), Crc.layer)))
  })
})
