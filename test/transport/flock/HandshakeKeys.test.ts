import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import { inspect } from "node:util"
import { KeyringError } from "../../../src/security/Keyring.ts"
import { connect, listen } from "../../../src/transport/flock/FlockEndpoint.ts"
import type { SessionSecrets } from "../../../src/transport/flock/HandshakeKeys.ts"
import type { SessionOptions } from "../../../src/transport/flock/SessionOptions.ts"
import { ofKeyring } from "../../../src/transport/KeyErrors.ts"
import { passing } from "../../suites/flockNetwork.ts"
import { observed, place, secret, withKeys } from "../../suites/keyedSides.ts"

const psk = (seed: number) => Redacted.make(Uint8Array.from({ length: 32 }, (_, at) => at * seed))

/** A server and a client with these options: the client's error, or the word that the session carried. */
const between = (server: SessionOptions, client: SessionOptions) =>
  Effect.gen(function*() {
    const listener = yield* withKeys({ hostKey: secret(1) })(listen({ ...place, ...server }))
    const connecting = withKeys({ acceptNew: true })(connect({ ...place, ...client }))
    const result = yield* passing(Effect.either(connecting))
    return { listener, result }
  })

/** The error of the client; the server has opened no session. */
const refused = (server: SessionOptions, client: SessionOptions) =>
  Effect.gen(function*() {
    const { listener, result } = yield* between(server, client)
    expect([result._tag, listener.open()]).toEqual(["Left", 0])
    return { error: result._tag === "Left" ? result.left : undefined, counters: listener.counters() }
  })

describe("a shared key", () => {
  it.scoped("on both sides opens sessions", () =>
    Effect.gen(function*() {
      const { listener, result } = yield* between({ psk: psk(3) }, { psk: psk(3) })
      expect([result._tag, listener.open()]).toEqual(["Right", 1])
    }).pipe(Effect.provide(observed())))

  it.scoped.each(
    [
      ["that is wrong", { psk: psk(5) }, "wrongGates"],
      ["that the client does not have", {}, "otherProtections"]
    ] as const
  )(
    "%s gets silence from the server, and the client ends as Silent",
    ([, client, counted]) =>
      Effect.gen(function*() {
        const { counters, error } = yield* refused({ psk: psk(3) }, client)
        expect([error?.reason, error?.detail]).toEqual(["Silent", undefined])
        expect(Object.entries(counters).find(([counter]) => counter === counted)?.[1]).toBeGreaterThan(0)
      }).pipe(Effect.provide(observed()))
  )

  it.scoped("that the server does not have is OtherVersion, and nothing falls back", () =>
    Effect.gen(function*() {
      const { error } = yield* refused({}, { psk: psk(3) })
      expect(error).toMatchObject({ reason: "OtherVersion", detail: "Protection" })
      expect(error?.message).toContain("offers another protection: aead")
    }).pipe(Effect.provide(observed())))
})

describe("the protection crc", () => {
  it.scoped("on both sides opens sessions without keys", () =>
    Effect.gen(function*() {
      const { listener, result } = yield* between({ protection: "crc" }, { protection: "crc" })
      const session = yield* result
      const theirs = yield* Effect.flatten(Stream.runHead(listener.sessions))
      expect([session.peer().publicKey, session.peer().isTrusted, session.channelBinding]).toEqual([
        undefined,
        false,
        undefined
      ])
      expect([theirs.peer().publicKey, theirs.channelBinding, listener.publicKey]).toEqual([
        undefined,
        undefined,
        undefined
      ])
    }).pipe(Effect.provide(observed())))

  it.scoped.each(
    [
      ["server", { protection: "crc" }, {}, "crc"],
      ["client", {}, { protection: "crc" }, "aead"]
    ] as const
  )(
    "on the %s only is OtherVersion with the detail Protection, and nothing falls back (C8)",
    ([, server, client, offer]) =>
      Effect.gen(function*() {
        const { error } = yield* refused(server, client)
        expect(error).toMatchObject({ reason: "OtherVersion", detail: "Protection" })
        expect(error?.message).toBe(`192.0.2.1:4040 offers another protection: ${offer}`)
      }).pipe(Effect.provide(observed()))
  )
})

describe("the secrets of a session", () => {
  const recorded = (options: SessionOptions) =>
    Effect.gen(function*() {
      const secrets = { client: [] as Array<SessionSecrets>, server: [] as Array<SessionSecrets> }
      yield* withKeys({ hostKey: secret(1) })(
        listen({ ...place, ...options, onSecrets: (one) => void secrets.server.push(one) })
      )
      const client = { ...place, ...options, onSecrets: (one: SessionSecrets) => void secrets.client.push(one) }
      const connecting = withKeys({ acceptNew: true })(connect(client))
      yield* passing(connecting)
      yield* passing(connecting)
      return secrets
    })

  it.scoped("are the same on both sides, with the ids of both, and other ones for each session", () =>
    Effect.gen(function*() {
      const { client, server } = yield* recorded({})
      expect(client).toEqual(server)
      expect(client.length).toBe(2)
      const keys = client.flatMap(({ clientToServer, serverToClient }) => [clientToServer, serverToClient])
      expect(new Set(keys.map((key) => key.join())).size).toBe(4)
      expect(keys.every((key) => key.length === 32 && key.some((byte) => byte !== 0))).toBe(true)
      expect(new Set(client.flatMap(({ clientId, serverId }) => [clientId, serverId])).size).toBe(4)
    }).pipe(Effect.provide(observed())))

  it.scoped("do not exist with crc", () =>
    Effect.gen(function*() {
      expect(yield* recorded({ protection: "crc" })).toEqual({ client: [], server: [] })
    }).pipe(Effect.provide(observed())))
})

describe("errors", () => {
  it("of keys tell the place and the cause", () => {
    const cause = new KeyringError({ message: "others can read host.key" })
    expect(ofKeyring("192.0.2.1:4040")(cause)).toMatchObject({ reason: "Keys", peer: "192.0.2.1:4040", cause })
  })

  it.scoped("of handshakes contain no shared key (C12)", () =>
    Effect.gen(function*() {
      const { error } = yield* refused({ psk: psk(3) }, { psk: psk(5) })
      const shown = inspect(error, { depth: 10 }) + JSON.stringify(error)
      for (const key of [psk(3), psk(5)]) {
        expect(shown).not.toContain(Redacted.value(key).join())
        expect(shown).not.toContain(Buffer.from(Redacted.value(key)).toString("hex"))
      }
    }).pipe(Effect.provide(observed())))
})
