import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ServerKey } from "../../src/security/Keyring.ts"
import { Keyring } from "../../src/security/Keyring.ts"
import * as KeyringMemory from "../../src/security/KeyringMemory.ts"
import * as hashing from "./hashing.ts"
import { keyOf } from "./hashing.ts"

const place = { host: "Server.example", port: 4040 }
const keyring = (options?: KeyringMemory.Options) =>
  Effect.provide(Keyring, Layer.provide(KeyringMemory.layer(options), hashing.layer))

describe("keys in memory", () => {
  it.effect("have a host key of their own and no identity, unless they are given", () =>
    Effect.gen(function*() {
      const [one, other] = [yield* keyring(), yield* keyring({ hostKey: keyOf(1), identity: keyOf(2) })]
      expect((yield* one.host).publicKey).toHaveLength(32)
      expect(yield* one.identity).toBeUndefined()
      expect(yield* one.nextHostKey).toBeUndefined()
      expect((yield* other.host).publicKey).toEqual(hashing.hashing.keyPair(keyOf(1)).publicKey)
      expect((yield* other.identity)?.publicKey).toEqual(hashing.hashing.keyPair(keyOf(2)).publicKey)
    }))

  it.effect("learn a server and refuse another one at its place", () =>
    Effect.gen(function*() {
      const known = new Map<string, ServerKey>()
      const service = yield* keyring({ known, acceptNew: true })
      expect((yield* service.expected(place)).others).toBe("accept")
      yield* service.learn(place, { key: keyOf(5), next: undefined })
      expect(yield* service.expected({ host: "server.EXAMPLE", port: 4040 })).toEqual({
        keys: [keyOf(5)],
        others: "refuse"
      })
      expect((yield* service.expected({ ...place, port: 4041 })).keys).toEqual([])
      expect([...known.keys()]).toEqual(["server.example:4040"])
    }))

  it.effect("trust their own host key on this machine only, and do not store it", () =>
    Effect.gen(function*() {
      const known = new Map<string, ServerKey>()
      const service = yield* keyring({ known })
      const { publicKey } = yield* service.host
      for (const host of ["127.0.0.1", "127.8.9.10", "::1", "localhost"]) {
        expect((yield* service.expected({ host, port: 1 })).keys, host).toEqual([publicKey])
        yield* service.learn({ host, port: 1 }, { key: publicKey, next: undefined })
      }
      expect(known.size).toBe(0)
      expect((yield* service.expected(place)).keys).toEqual([])
    }))

  it.effect("admit every client, or those of a list", () =>
    Effect.gen(function*() {
      expect(yield* (yield* keyring()).allowed).toBeUndefined()
      const admits = yield* (yield* keyring({ allowed: [keyOf(1)] })).allowed
      expect([admits?.(keyOf(1)), admits?.(keyOf(2))]).toEqual([true, false])
    }))

  it.effect("have no place for a host that is none", () =>
    Effect.gen(function*() {
      const service = yield* keyring()
      const error = yield* Effect.flip(service.expected({ host: "a b", port: 1 }))
      expect(error.message).toBe("\"a b\" is not the name or address of a server")
    }))
})
