import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import type { ServerKey } from "../../../src/security/Keyring.ts"
import { connect } from "../../../src/transport/tcp/TcpClient.ts"
import { listen } from "../../../src/transport/tcp/TcpListener.ts"
import type { TcpOptions } from "../../../src/transport/tcp/TcpOptions.ts"
import { passing } from "../../suites/flockNetwork.ts"
import { publicOf, secret, withKeys } from "../../suites/keyedSides.ts"
import { address, network, strangeServer } from "../../suites/tcpNetwork.ts"

/** A server that is not on this machine, so that its key is not known by itself. */
const place = { host: "192.0.2.1", port: 4040 }
const serving = (options: TcpOptions = {}) => withKeys({ hostKey: secret(1) })(listen(place, options))
const psk = (seed: number) => Redacted.make(secret(seed))

describe("a client of tcp", () => {
  it.scoped("accepts the pinned key, and refuses another one before the server opens a session", () =>
    Effect.gen(function*() {
      const listener = yield* serving()
      const refused = yield* Effect.flip(withKeys({ acceptNew: true })(connect({ ...place, key: publicOf(2) }, {})))
      expect(refused).toMatchObject({ reason: "ChangedKey", key: publicOf(1), peer: "192.0.2.1:4040" })
      expect(listener.open()).toBe(0)
      const session = yield* withKeys()(connect({ ...place, key: publicOf(1) }, {}))
      expect(session.peer()).toMatchObject({ ...place, publicKey: publicOf(1), isTrusted: true })
    }).pipe(Effect.provide(network())))

  it.scoped("asks about an unknown key, learns an accepted one, and refuses a change", () =>
    Effect.gen(function*() {
      yield* serving()
      expect(yield* Effect.flip(withKeys()(connect(place, {})))).toMatchObject({
        reason: "UnknownKey",
        key: publicOf(1)
      })
      const known = new Map<string, ServerKey>()
      yield* withKeys({ acceptNew: true, known })(connect(place, {}))
      expect([...known.values()]).toEqual([{ key: publicOf(1), next: undefined }])
      const other = new Map([["192.0.2.1:4040", { key: publicOf(2), next: undefined }]])
      const changed = yield* Effect.flip(withKeys({ acceptNew: true, known: other })(connect(place, {})))
      expect(changed.reason).toBe("ChangedKey")
    }).pipe(Effect.provide(network())))

  it.scoped.each(
    [
      ["with the same shared key gets a session", psk(3), psk(3), undefined],
      ["with another shared key gets no answer", psk(3), psk(4), "Silent"],
      ["without the shared key of the server gets no answer", psk(3), undefined, "Silent"],
      ["with a shared key that the server has not gets no answer", undefined, psk(3), "Silent"]
    ] as const
  )("%s", ([, server, own, reason]) =>
    Effect.gen(function*() {
      const listener = yield* serving({ psk: server })
      const result = yield* Effect.either(withKeys({ acceptNew: true })(connect(place, { psk: own })))
      expect(result._tag === "Left" ? result.left.reason : undefined).toBe(reason)
      expect(listener.open()).toBe(reason === undefined ? 1 : 0)
    }).pipe(Effect.provide(network())))

  it.scoped.each(
    [
      ["nothing listens", Effect.void, "Unreachable"],
      ["the connection is reset at once", strangeServer(undefined), "Silent"],
      ["the server says nothing", strangeServer(new Uint8Array(0)), "Silent"],
      [
        "the server speaks HTTP",
        strangeServer(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n")),
        "OtherVersion"
      ],
      ["the answer is garbage", strangeServer(Uint8Array.of(0, 4, 1, 2, 3, 4)), "OtherVersion"]
    ] as const
  )("fails where %s", ([, server, reason]) =>
    Effect.gen(function*() {
      yield* server
      const error = yield* passing(Effect.flip(connect(address, {})))
      expect(error).toMatchObject({ reason, peer: "127.0.0.1:4040" })
    }).pipe(Effect.provide(network())))
})
