import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NodeSecurity from "../../src/node/security/NodeSecurity.ts"
import type { ServerKey } from "../../src/security/Keyring.ts"
import type { Options } from "../../src/security/KeyringMemory.ts"
import { make } from "../../src/transport/ClientTrust.ts"
import { place, publicOf, secret } from "../suites/keyedSides.ts"

const [one, other] = [publicOf(1), publicOf(2)]
const known = (): Map<string, ServerKey> => new Map([["192.0.2.1:4040", { key: one, next: undefined }]])
const trust = (options: Options, key?: Uint8Array) =>
  Effect.provide(make({ ...place, key }), NodeSecurity.layerMemory(options))

describe("the trust of a client", () => {
  it.effect.each(
    [
      ["in a pinned key is in no other one", { acceptNew: true }, one, ["Accept", "Refuse"]],
      ["in a known key is in no other one", { acceptNew: true, known: known() }, undefined, ["Accept", "Refuse"]],
      ["in an unknown server is decided by a person", {}, undefined, ["Ask", "Ask"]],
      ["in an unknown server can be chosen beforehand", { acceptNew: true }, undefined, ["Accept", "Accept"]]
    ] as const
  )(
    "%s",
    ([, options, key, verdicts]) =>
      Effect.map(trust(options, key), ({ judge }) => expect([judge(one), judge(other)]).toEqual(verdicts))
  )

  it.effect("shows the identity, or the host key where this side is a server", () =>
    Effect.gen(function*() {
      const layer = NodeSecurity.layerMemory({ hostKey: secret(3) })
      const shown = (showsHostKey: boolean) =>
        Effect.map(Effect.provide(make({ ...place, key: one, showsHostKey }), layer), ({ ownKey }) => ownKey)
      expect([yield* shown(true), yield* shown(false)]).toEqual([publicOf(3), undefined])
    }))

  it.effect("learns a key that was accepted, but not one that was pinned", () =>
    Effect.gen(function*() {
      const [learned, pinned] = [new Map<string, ServerKey>(), new Map<string, ServerKey>()]
      yield* Effect.flatMap(trust({ acceptNew: true, known: learned }), ({ learn }) => learn(one, other))
      yield* Effect.flatMap(trust({ known: pinned }, one), ({ learn }) => learn(one, other))
      expect([[...learned.values()], pinned.size]).toEqual([[{ key: one, next: other }], 0])
    }))

  it.effect("ends as ChangedKey when another attempt has learned another first key in the meantime", () =>
    Effect.gen(function*() {
      const keys = new Map<string, ServerKey>()
      const { learn } = yield* trust({ acceptNew: true, known: keys })
      keys.set("192.0.2.1:4040", { key: other, next: undefined })
      expect(yield* Effect.flip(learn(one, undefined))).toMatchObject({ reason: "ChangedKey", key: one })
    }))

  it.effect("shows the identity, or a key of this session only", () =>
    Effect.gen(function*() {
      const identified = yield* trust({ identity: secret(3) })
      expect([identified.ownKey, identified.local.publicKey]).toEqual([publicOf(3), publicOf(3)])
      const [first, second] = [yield* trust({}), yield* trust({})]
      expect(first.ownKey).toBeUndefined()
      expect(first.local.publicKey).not.toEqual(second.local.publicKey)
    }))

  it.effect("does not begin with a key of another length", () =>
    Effect.map(
      Effect.flip(trust({}, new Uint8Array(31))),
      (error) => expect(error).toMatchObject({ reason: "Unsupported", detail: "Key" })
    ))
})
