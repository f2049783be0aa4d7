import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { readdirSync } from "node:fs"
import { join } from "node:path"
import { afterAll, vi } from "vitest"
import * as HolubNode from "../../src/node/index.ts"
import * as Flock from "../../src/transport/flock/index.ts"
import { connect, listen } from "../../src/transport/Transport.ts"
import { folder, removeFolders } from "../processes/folders.ts"

const state = folder()
vi.stubEnv("XDG_STATE_HOME", state)
afterAll(() => {
  vi.unstubAllEnvs()
  removeFolders()
})

/** A server on this machine, and the keys of both sides as a client sees them. */
const session = Effect.gen(function*() {
  const { local, publicKey } = yield* listen({ host: "127.0.0.1", port: 0 })
  const peer = (yield* connect(local)).peer()
  expect([peer.publicKey, peer.isTrusted]).toEqual([publicKey, true])
  return publicKey
})

describe("Node's layer of all services", () => {
  it.scopedLive("has the keys of the user: a server on this machine is known, and is not remembered", () =>
    Effect.gen(function*() {
      const keys = [yield* session, yield* session]
      expect(keys[0]).toEqual(keys[1])
      expect(readdirSync(join(state, "holub"))).toEqual(["host.key"])
    }).pipe(Effect.provide(Layer.provide(Flock.layer(), HolubNode.layer))))

  it.scopedLive("gives way to the keys of a program", () => {
    const directory = join(folder(), "keys")
    const own = Layer.merge(HolubNode.layer, HolubNode.NodeSecurity.layer({ directory }))
    return Effect.gen(function*() {
      const key = yield* session
      expect(readdirSync(directory)).toEqual(["host.key"])
      const user = yield* Effect.provide(session, Layer.provide(Flock.layer(), HolubNode.layer))
      expect(user).not.toEqual(key)
    }).pipe(Effect.provide(Layer.provide(Flock.layer(), own)))
  })
})
