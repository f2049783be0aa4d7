import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as LinkTable from "../../../src/cli/services/LinkTable.ts"
import * as LinkLimits from "../../../src/conversation/links/LinkLimits.ts"
import { Store } from "../../../src/conversation/store/Store.ts"
import * as StoreMemory from "../../../src/conversation/store/StoreMemory.ts"

const keyOf = (number: number): Uint8Array => new Uint8Array(32).fill(number)
const linkTo = (server: string, number: number, port?: number) => ({
  server,
  key: keyOf(number),
  address: port === undefined ? undefined : { host: "192.0.2.7", port }
})
const inMemory = <A, E>(body: Effect.Effect<A, E, Store>) =>
  Effect.scoped(Effect.flatMap(StoreMemory.make(), (store) => Effect.provideService(body, Store, store)))

describe("the table of links", () => {
  it.effect("has the link of each server once, with and without an address, in the order in which they were added", () =>
    inMemory(Effect.gen(function*() {
      yield* LinkTable.put(linkTo("beta", 1, 4040), 1)
      yield* LinkTable.put(linkTo("gamma", 2), 2)
      yield* LinkTable.put(linkTo("beta", 3, 4041), 3)
      const servers = yield* LinkTable.servers
      expect(servers.toSorted((one, other) => one.server < other.server ? -1 : 1)).toEqual([
        linkTo("beta", 3, 4041),
        linkTo("gamma", 2)
      ])
      expect([yield* LinkTable.remove("beta"), yield* LinkTable.remove("beta")]).toEqual([true, false])
      expect((yield* LinkTable.servers).map(({ server }) => server)).toEqual(["gamma"])
    })))

  it.effect("takes no key of another server, and no more servers than a server has links", () =>
    inMemory(Effect.gen(function*() {
      for (let at = 0; at < LinkLimits.links; at++) yield* LinkTable.put(linkTo(`server-${at}`, at), at)
      const more = yield* Effect.flip(LinkTable.put(linkTo("one-more", 200), 0))
      expect([more.exitCode, more.message]).toEqual([2, expect.stringContaining(`${LinkLimits.links} links`)])
      const same = yield* Effect.flip(LinkTable.put(linkTo("server-0", 1), 0))
      expect(same.message).toContain("server-1")
      yield* LinkTable.put(linkTo("server-0", 201), 0)
    })))
})
