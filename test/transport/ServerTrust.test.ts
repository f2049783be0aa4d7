import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as NodeSecurity from "../../src/node/security/NodeSecurity.ts"
import { Keyring, KeyringError } from "../../src/security/Keyring.ts"
import { make } from "../../src/transport/ServerTrust.ts"
import { publicOf, secret } from "../suites/keyedSides.ts"

describe("the keys of a server", () => {
  it.effect("are its host key, the next one, and those of the clients that it allows", () =>
    Effect.gen(function*() {
      const { allows, host, nextKey } = yield* make("h:1")
      expect([host.publicKey, nextKey]).toEqual([publicOf(1), publicOf(2)])
      expect([allows?.(publicOf(3)), allows?.(publicOf(4))]).toEqual([true, false])
    }).pipe(
      Effect.provide(
        NodeSecurity.layerMemory({ hostKey: secret(1), nextHostKey: publicOf(2), allowed: [publicOf(3)] })
      )
    ))

  it.effect("that cannot be used are an error of the listener", () => {
    const keys = NodeSecurity.layerMemory()
    const host = new KeyringError({ message: "others can read the host key" })
    const unreadable = Layer.effect(Keyring, Effect.map(Keyring, (keyring) => ({ ...keyring, host })))
    return Effect.map(
      Effect.flip(Effect.provide(make("h:1"), Layer.provide(unreadable, keys))),
      (error) => expect(error).toMatchObject({ reason: "Keys", peer: "h:1", message: "others can read the host key" })
    )
  })
})
