/** A store in memory: of a server without a file, and of simulations, on a disk that loses what was not synced. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { comparePlaces } from "../../protocol/conversation/RoomOrder.ts"
import { hasEvent } from "../../protocol/conversation/Vector.ts"
import * as GroupCommit from "./GroupCommit.ts"
import type { MemoryDisk } from "./MemoryDisk.ts"
import { MemoryTables } from "./MemoryTables.ts"
import { type Shape, Store, StoreError } from "./Store.ts"
import type { SeenPost } from "./StoredRows.ts"
import * as Limits from "./StoreLimits.ts"

export interface Options {
  /** Keeps all turns; without it nothing outlives the store. One store at a time may use it. */
  readonly disk?: MemoryDisk | undefined
  /** Runs between the write of turns and their sync, for example a sleep: a crash meanwhile loses them. */
  readonly syncing?: Effect.Effect<void> | undefined
}

export const layer = (options: Options = {}): Layer.Layer<Store> => Layer.scoped(Store, make(options))

export const make = ({ disk, syncing = Effect.void }: Options = {}): Effect.Effect<Shape, never, Scope.Scope> =>
  Effect.gen(function*() {
    const tables = new MemoryTables()
    for (const turn of disk?.durable ?? []) tables.apply(turn)
    const commit = yield* GroupCommit.make((turns) =>
      Effect.gen(function*() {
        // Tried and undone: readers see a turn when it is durable, not before.
        const tried = tables.apply(turns.flat())
        if (typeof tried === "string") return yield* new StoreError({ reason: "Conflict", message: tried })
        tried()
        for (const turn of turns) disk?.write(turn)
        yield* syncing
        disk?.sync()
        tables.apply(turns.flat())
      })
    )
    return { ...readsOf(tables), commit }
  })

const readsOf = (tables: MemoryTables): Omit<Shape, "commit"> => {
  const eventsOf = (room: string) => tables.logs.get(room)?.events ?? []
  const pageOf = (limit: number) => Math.max(0, Math.min(limit, Limits.pageEvents))
  const all = <A>(table: ReadonlyMap<string, A>, isWanted: (row: A) => boolean = () => true): ReadonlyArray<A> =>
    Array.from(table.values()).filter(isWanted)
  return {
    rooms: Effect.sync(() => sorted(all(tables.rooms), ({ name }) => name)),
    room: (name) => Effect.sync(() => tables.rooms.get(name)),
    heads: (room) => Effect.sync(() => new Map(tables.logs.get(room)?.heads)),
    after: (room, vector, limit, behind) =>
      Effect.sync(() =>
        eventsOf(room).filter((event) =>
          !hasEvent(vector, event) && (behind === undefined || comparePlaces(event, behind) > 0)
        ).slice(0, pageOf(limit))
      ),
    before: (room, place, limit) =>
      Effect.sync(() => {
        const end = place === undefined ? eventsOf(room).length : tables.logs.get(room)?.firstFrom(place) ?? 0
        return eventsOf(room).slice(Math.max(0, end - pageOf(limit)), end)
      }),
    event: (room, ref) => Effect.sync(() => tables.logs.get(room)?.event(ref)),
    about: (room, ref) =>
      Effect.sync(() =>
        eventsOf(room).filter(({ re }) => re?.origin === ref.origin && re.seq === ref.seq).slice(0, Limits.pageEvents)
      ),
    seen: (room, after) =>
      Effect.sync(() =>
        all(tables.seen, (post) => post.room === room && (after === undefined || bySeen(post, after) > 0))
          .toSorted(bySeen).slice(0, Limits.pageRows)
      ),
    account: (id) => Effect.sync(() => tables.accounts.get(id)),
    accountNamed: (fold) => Effect.sync(() => all(tables.accounts, (one) => one.fold === fold)[0]),
    accountLike: ({ fold, look }) =>
      Effect.sync(() => all(tables.accounts, (one) => one.fold === fold || one.look === look)[0]),
    accountOfKey: (key) => Effect.sync(() => tables.accounts.get(tables.keys.get(key)?.account ?? "")),
    accounts: (afterFold) =>
      Effect.sync(() =>
        sorted(all(tables.accounts), ({ fold }) => fold)
          .filter(({ fold }) => afterFold === undefined || byCodePoints(fold, afterFold) > 0)
          .slice(0, Limits.pageRows)
      ),
    accountCount: Effect.sync(() => tables.accounts.size),
    keys: (account) => Effect.sync(() => sorted(all(tables.keys, (one) => one.account === account), ({ key }) => key)),
    token: (hash) => Effect.sync(() => tables.tokens.get(hash)),
    tokens: (account) =>
      Effect.sync(() =>
        all(tables.tokens, (one) => one.account === account)
          .toSorted((one, other) => one.created - other.created || byCodePoints(one.hash, other.hash))
      ),
    marks: (account) =>
      Effect.sync(() => sorted(all(tables.marks, (one) => one.account === account), ({ room }) => room)),
    attachment: (hash) => Effect.sync(() => tables.attachments.get(hash)),
    refersTo: (room, hash) => Effect.sync(() => tables.logs.get(room)?.refersTo(hash) ?? false),
    orphans: Effect.sync(() => {
      const logs = Array.from(tables.logs.values())
      const orphans = all(tables.attachments, ({ hash }) => !logs.some((log) => log.refersTo(hash)))
      return sorted(orphans, ({ hash }) => hash).slice(0, Limits.pageRows)
    }),
    links: Effect.sync(() => sorted(all(tables.links), ({ peer }) => peer)),
    meta: (key) => Effect.sync(() => tables.meta.get(key))
  }
}

const sorted = <A>(rows: ReadonlyArray<A>, keyOf: (row: A) => string): ReadonlyArray<A> =>
  rows.toSorted((one, other) => byCodePoints(keyOf(one), keyOf(other)))

const bySeen = (one: Pick<SeenPost, "author" | "device">, other: Pick<SeenPost, "author" | "device">): number =>
  byCodePoints(one.author, other.author) || byCodePoints(one.device, other.device)

/** The order of UTF-8 bytes, which databases have; that of UTF-16 units differs beyond U+FFFF. */
const byCodePoints = (one: string, other: string): number => {
  const [ones, others] = [Array.from(one), Array.from(other)]
  const at = ones.findIndex((sign, index) => sign !== others[index])
  if (at < 0) return ones.length - others.length
  const [mine, theirs] = [ones[at]?.codePointAt(0) ?? 0, others[at]?.codePointAt(0)]
  return theirs === undefined ? 1 : mine - theirs
}
