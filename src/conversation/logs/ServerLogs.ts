/** The exchange of a server on its store, with the rooms, posts and keys that earlier runs have left there. */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { Remembered } from "../../apps/App.ts"
import { Exchange } from "../../protocol/conversation/Exchange.ts"
import { hexOf } from "../../protocol/Hex.ts"
import { Crypto, type KeyPair } from "../../security/Crypto.ts"
import * as EventSigner from "../../security/EventSigner.ts"
import { Signatures } from "../../security/Signatures.ts"
import * as ExchangeDriver from "../links/ExchangeDriver.ts"
import { ServerKeys } from "../links/ServerKeys.ts"
import * as RememberedWriter from "../RememberedWriter.ts"
import { serverNameKey, Store, StoreError } from "../store/Store.ts"
import * as StoreLimits from "../store/StoreLimits.ts"
import * as Erasures from "./Erasures.ts"
import * as ExchangeLogs from "./ExchangeLogs.ts"
import type * as Logs from "./Logs.ts"

export interface Options {
  /** The name of the server; undefined: that of the store, or `fallback` for a new store. */
  readonly name: string | undefined
  readonly fallback: string
  /** The host key, from which that of signatures follows. */
  readonly host: Pick<KeyPair, "derive">
  /** A server has proved another key than the one that its events had here. The sentence has no full stop. */
  readonly warn: (sentence: string) => void
}

export interface ServerLogs {
  readonly logs: Logs.Shape
  readonly driver: ExchangeDriver.ExchangeDriver
}

/** Keys of `meta` in the store. */
const meta = { server: serverNameKey, keys: "server keys", servers: "servers of rooms" } as const

/** Opens what the store has, until the scope closes. Fails with `Invalid` if the store belongs to a server of another name. */
export const open = (
  options: Options
): Effect.Effect<ServerLogs, StoreError, Store | Crypto | Signatures | Scope.Scope> =>
  Effect.gen(function*() {
    const store = yield* Store
    const { checks, keys, newSigner, server } = yield* identity(options)
    const signer = newSigner()
    const exchange = new Exchange({
      signer,
      checks,
      trusts: keys.trusts,
      proves: (other, key) => keys.proves(other, key, options.warn),
      // Whether this server may have it was checked; the number of rooms is limited.
      takes: () => true
    })
    const servers = yield* roomServers(store)
    yield* restore(store, exchange, servers.of)
    const driver = yield* ExchangeDriver.make(exchange, signer.origin)
    const erase = yield* Erasures.make(store)
    yield* driver.listen((event) => {
      if (event._tag === "Recorded") erase(event.event)
      if (event._tag === "ServerJoined") servers.add(event.room, event.server)
      keys.write()
    })
    return { logs: ExchangeLogs.make(driver, server), driver }
  })

/** The name of the server of the store, and what makes and checks its events. Fails as `open` does. */
export const identity = (options: Options) =>
  Effect.gen(function*() {
    const store = yield* Store
    const crypto = yield* Crypto
    const signatures = yield* Signatures
    const server = yield* nameOf(store, options)
    const keys = yield* serverKeys(store)
    const newSigner = () => EventSigner.eventSigner(crypto, signatures, options.host, server)
    if (keys.proves(server, hexOf(newSigner().key), options.warn) !== undefined) return yield* otherHostKey(server)
    keys.write()
    return { server, keys, newSigner, checks: EventSigner.eventChecks(crypto, signatures) }
  })

const nameOf = (
  store: Store["Type"],
  { fallback, name }: Options
): Effect.Effect<string, StoreError> =>
  Effect.gen(function*() {
    const stored = yield* store.meta(meta.server)
    const server = name ?? stored ?? fallback
    if (stored === server) return server
    if (stored !== undefined) {
      return yield* new StoreError({
        reason: "Invalid",
        message: `the store belongs to the server ${stored}, whose events have this name, and not to ${server}`
      })
    }
    yield* store.commit([{ _tag: "PutMeta", key: meta.server, value: server }])
    return server
  })

const otherHostKey = (server: string): StoreError =>
  new StoreError({
    reason: "Invalid",
    message:
      `the store has events of ${server} that were signed with another host key, so other servers refuse new ones; take the host key of that time, or another name and another store`
  })

/** Opens the rooms that have a log, with the last posts of their devices. */
const restore = (
  store: Store["Type"],
  exchange: Exchange,
  serversOf: (room: string) => ReadonlyArray<string>
): Effect.Effect<void, StoreError> =>
  Effect.gen(function*() {
    for (const { access, name } of yield* store.rooms) {
      if (access === undefined) continue
      const heads = Array.from(yield* store.heads(name), ([origin, head]) => ({ origin, ...head }))
      exchange.openRoom(name, access, { heads, servers: serversOf(name) })
      for (let after = yield* store.seen(name); after.length > 0;) {
        for (const post of after) exchange.restorePost(post)
        after = after.length < StoreLimits.pageRows ? [] : yield* store.seen(name, after.at(-1))
      }
    }
  })

/** A table of `meta`, written soon after each change. A failure of the store ends the server by its exchange. */
const table = (
  store: Store["Type"],
  key: string
): Effect.Effect<
  { readonly stored: Remembered; readonly write: (table: Remembered) => void },
  StoreError,
  Scope.Scope
> =>
  Effect.gen(function*() {
    const text = yield* store.meta(key)
    const stored = text === undefined
      ? {}
      : yield* Effect.orElseSucceed(Schema.decode(RememberedWriter.RememberedJson)(text), () => ({}))
    const write = yield* RememberedWriter.make((content) =>
      Effect.ignore(store.commit([{ _tag: "PutMeta", key, value: JSON.stringify(content) }]))
    )
    return { stored, write }
  })

/** The other servers of each room, for which ✓✓ waits. */
const roomServers = (store: Store["Type"]) =>
  Effect.map(table(store, meta.servers), ({ stored, write }) => {
    const servers = new Map(Object.entries(stored).map(([room, names]) => [room, names.split(" ")]))
    return {
      of: (room: string): ReadonlyArray<string> => servers.get(room) ?? [],
      add: (room: string, server: string): void => {
        const names = servers.get(room) ?? []
        if (names.includes(server)) return
        servers.set(room, [...names, server])
        write(Object.fromEntries(Array.from(servers, ([name, all]) => [name, all.join(" ")])))
      }
    }
  })

const proved = "proved "

/** The keys of other servers: those that a link has proved begin with `proved` in the table. */
const serverKeys = (store: Store["Type"]) =>
  Effect.map(table(store, meta.keys), ({ stored, write }) => {
    const known = new Map(Object.entries(stored))
    const keys = new ServerKeys(Array.from(known, ([server, text]) => ({
      server,
      key: text.replace(proved, ""),
      isProved: text.startsWith(proved)
    })))
    return {
      trusts: (server: string, key: string): boolean => keys.trusts(server, key),
      proves: (server: string, key: string, warn: Options["warn"]): string | undefined => {
        switch (keys.prove(server, key)) {
          case "Contradicted":
            return "signs its events with another key than before"
          case "Changed":
            warn(
              `events under the name ${server} were signed with another key than the one that its link has proved: a third server may have forged them`
            )
        }
        return undefined
      },
      write: (): void => {
        const news = keys.take()
        if (news.length === 0) return
        for (const { isProved, key, server } of news) known.set(server, isProved ? proved + key : key)
        write(Object.fromEntries(known))
      }
    }
  })
