import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import { textOf, wordsOf } from "../../../src/cli/trust/KeyName.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import * as NodeSecurity from "../../../src/node/security/NodeSecurity.ts"
import type { ServerKey } from "../../../src/security/Keyring.ts"
import * as StorageMemory from "../../../src/storage/StorageMemory.ts"
import * as Endpoint from "../../../src/transport/flock/FlockEndpoint.ts"
import { address, network } from "../../suites/flockNetwork.ts"
import { communicator } from "./communicating.ts"
import { person } from "./DialogMemory.ts"

const hostKey = new Uint8Array(32).fill(1)
const key = nodeCrypto.keyPair(hostKey).publicKey
const otherKey = nodeCrypto.keyPair(new Uint8Array(32).fill(2)).publicKey
const world = Layer.merge(network(), StorageMemory.layer(new Map()))

/** A server, and a communicator of a user on another machine. */
const starting = (known = new Map<string, ServerKey>(), environment: Readonly<Record<string, string>> = {}) =>
  Effect.gen(function*() {
    const me = person(500)
    const listener = yield* Effect.provide(Endpoint.listen(address), NodeSecurity.layerMemory({ hostKey }))
    yield* Effect.provide(communicator(me, environment), NodeSecurity.layerMemory({ known }))
    return { known, listener, me }
  })

const question = "trust it from now on? (yes, no, or paste its key): "
const asClient = ["client", "127.0.0.1", "4040"]

describe("the communicator at a server that is not known", () => {
  it.scoped("asks for as long as it takes, without another prompt, connects, and remembers the key", () =>
    Effect.gen(function*() {
      const { known, listener, me } = yield* starting()
      yield* me.types(...asClient)
      expect(yield* me.sees).toContain(wordsOf(key))
      yield* TestClock.adjust("5 minutes")
      expect([me.asked(), listener.open()]).toEqual([question, 0])
      yield* me.types("yes")
      expect(yield* me.sees).toContain("connected to 127.0.0.1:4040, round trip under 1 ms\n")
      expect(known.get("127.0.0.1:4040")?.key).toEqual(key)
      yield* me.types("log out", ...asClient)
      expect(me.asked()).toBe("your choice [1]: ")
    }).pipe(Effect.provide(world)))

  it.scoped("asks for the address again when the person declines", () =>
    Effect.gen(function*() {
      const { known, listener, me } = yield* starting()
      yield* me.types(...asClient, "no")
      expect(yield* me.sees).toContain("holub: nothing was sent: the key of 127.0.0.1:4040 was not accepted\n")
      expect([me.asked(), listener.open(), known.size]).toEqual(["address of the server [127.0.0.1]: ", 0, 0])
    }).pipe(Effect.provide(world)))

  it.scoped("takes the key with the address, as the server shows both, keeps it, and stores nothing", () =>
    Effect.gen(function*() {
      const { known, me } = yield* starting()
      yield* me.types("client", `holub send --to ${textOf(key)}@127.0.0.1:4040 FILE`, "")
      expect(yield* me.sees).toContain("connected to 127.0.0.1:4040")
      yield* me.types("log out", "client", "", "")
      expect(yield* me.sees).toContain("connected to 127.0.0.1:4040")
      expect(known.size).toBe(0)
    }).pipe(Effect.provide(world)))

  it.scoped("takes the key of --to", () =>
    Effect.gen(function*() {
      const { me } = yield* starting(new Map(), { HOLUB_TO: `${textOf(key)}@127.0.0.1` })
      yield* me.types("client", "", "")
      expect(yield* me.sees).toContain("connected to 127.0.0.1:4040")
    }).pipe(Effect.provide(world)))

  it.scoped("says what is wrong with a key, and asks for the address again", () =>
    Effect.gen(function*() {
      const { me } = yield* starting()
      yield* me.types("client", `${textOf(key).slice(0, 50)}@127.0.0.1`)
      expect(yield* me.sees).toContain("this one has 50 characters, not 59")
      expect(me.asked()).toBe("address of the server [127.0.0.1]: ")
    }).pipe(Effect.provide(world)))

  it.scoped("refuses another key than the known one, with both in words, and never asks (C7)", () =>
    Effect.gen(function*() {
      const { listener, me } = yield* starting(new Map([["127.0.0.1:4040", { key: otherKey, next: undefined }]]))
      yield* me.types(...asClient)
      yield* TestClock.adjust("11 seconds")
      const seen = yield* me.sees
      expect(seen).toContain(`its words are: ${wordsOf(key)}; before: ${wordsOf(otherKey)}`)
      expect(seen).not.toContain(question)
      expect(listener.open()).toBe(0)
    }).pipe(Effect.provide(world)))
})
