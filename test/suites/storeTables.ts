/** Tests of the tables of `Store` beside logs, for every implementation. */
import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Shape } from "../../src/conversation/store/Store.ts"
import type { SeenPost, StoredAccount, StoredRoom, StoredToken } from "../../src/conversation/store/StoredRows.ts"
import type { Write } from "../../src/conversation/store/StoreWrites.ts"
import { alpha, appended, beta, post } from "../conversation/store/events.ts"
import { type MakeStoreWorld, reasonOf } from "./storeWorld.ts"

const account = (id: string, fields: Partial<StoredAccount> = {}): StoredAccount => ({
  id,
  name: id.toUpperCase(),
  fold: id,
  look: `look of ${id}`,
  password: undefined,
  created: 1,
  ...fields
})
const token = (hash: string, fields: Partial<StoredToken> = {}): StoredToken => ({
  hash,
  account: "ala",
  created: 1,
  expires: 10,
  ...fields
})
const addAccount = (id: string, fields: Partial<StoredAccount> = {}): Write => ({
  _tag: "AddAccount",
  account: account(id, fields)
})
const addKey = (key: string, of: string): Write => ({ _tag: "AddKey", key: { key, account: of, created: 1 } })
const addToken = (hash: string, fields: Partial<StoredToken> = {}): Write => ({
  _tag: "AddToken",
  token: token(hash, fields)
})

const seen = (n: number, fields: Partial<SeenPost> = {}): SeenPost => ({
  room: "hall",
  author: "ala",
  device: "one",
  n,
  origin: alpha,
  seq: 1,
  ...fields
})

export const storeTablesSuite = (kind: string, makeWorld: MakeStoreWorld): void => {
  /** Commits in a first store, and goes on in a second one at the same place. */
  const after = <A, E>(turn: ReadonlyArray<Write>, body: (store: Shape) => Effect.Effect<A, E, Scope.Scope>) =>
    Effect.flatMap(makeWorld, ({ open }) =>
      Effect.zipRight(
        Effect.scoped(Effect.flatMap(open, (store) => store.commit(turn))),
        Effect.flatMap(open, body)
      ))

  describe(`${kind}: rooms`, () => {
    const hall: StoredRoom = {
      name: "hall",
      app: "chat",
      config: { topic: "a\0b" },
      snapshot: undefined
    }
    const words: StoredRoom = {
      name: "words/kyiv",
      app: "words",
      config: {},
      access: { access: "private", servers: ["beta.example"] },
      snapshot: "{\"round\":3}"
    }

    it.scoped("are kept, replaced, and removed with what they have", () =>
      after([{ _tag: "PutRoom", room: words }, { _tag: "PutRoom", room: hall }], (store) =>
        Effect.gen(function*() {
          expect(yield* store.rooms).toEqual([hall, words])
          const later = { ...words, snapshot: undefined }
          yield* store.commit([
            { _tag: "PutRoom", room: later },
            ...appended([post(alpha, 1, { room: "words/kyiv" }), post(alpha, 1)]),
            { _tag: "See", post: seen(1, { room: "words/kyiv" }) },
            { _tag: "PutMark", mark: { account: "ala", room: "words/kyiv", vector: new Map([[alpha, 1]]) } }
          ])
          expect(yield* store.room("words/kyiv")).toEqual(later)
          yield* store.commit([{ _tag: "RemoveRoom", name: "words/kyiv" }])
          expect(yield* store.rooms).toEqual([hall])
          expect(yield* store.room("words/kyiv")).toBeUndefined()
          expect(yield* store.heads("words/kyiv")).toEqual(new Map())
          expect(yield* store.after("words/kyiv", new Map(), 9)).toEqual([])
          expect(yield* store.marks("ala")).toEqual([])
          expect(yield* store.seen("words/kyiv")).toEqual([])
          expect(yield* store.after("hall", new Map(), 9)).toHaveLength(1)
        })))

    it.scoped("know the last post of each device, whose number never goes down", () =>
      after(
        [
          seen(7),
          seen(5, { seq: 9 }),
          seen(0, { device: "two" }),
          seen(1, { author: "bo" }),
          seen(1, { room: "words" })
        ]
          .map((one): Write => ({ _tag: "See", post: one })),
        (store) =>
          Effect.gen(function*() {
            const posts = [seen(7), seen(0, { device: "two" }), seen(1, { author: "bo" })]
            expect(yield* store.seen("hall")).toEqual(posts)
            expect(yield* store.seen("hall", { author: "ala", device: "one" })).toEqual(posts.slice(1))
            expect(yield* store.seen("nowhere")).toEqual([])
          })
      ))
  })

  describe(`${kind}: accounts`, () => {
    it.scoped("are found by id, by name and by key", () =>
      after(
        [addAccount("ala", { password: "$scrypt$…" }), addAccount("bo"), addKey("k1", "ala")],
        (store) =>
          Effect.gen(function*() {
            const ala = account("ala", { password: "$scrypt$…" })
            expect(yield* store.account("ala")).toEqual(ala)
            expect(yield* store.accountNamed("bo")).toEqual(account("bo"))
            expect(yield* store.accountLike({ fold: "b0", look: "look of bo" })).toEqual(account("bo"))
            expect(yield* store.accountLike({ fold: "bo", look: "b0" })).toEqual(account("bo"))
            expect(yield* store.accountLike({ fold: "b0", look: "b0" })).toBeUndefined()
            expect(yield* store.accountOfKey("k1")).toEqual(ala)
            expect(yield* store.accountOfKey("k2")).toBeUndefined()
            expect(yield* store.account("eve")).toBeUndefined()
            expect(yield* store.keys("ala")).toEqual([{ key: "k1", account: "ala", created: 1 }])
            yield* store.commit([{ _tag: "SetPassword", account: "ala", password: undefined }, {
              _tag: "RemoveKey",
              key: "k1"
            }])
            expect(yield* store.account("ala")).toEqual(account("ala"))
            expect(yield* store.keys("ala")).toEqual([])
          })
      ))

    it.scoped("have names and keys of their own", () =>
      after([addAccount("ala"), addKey("k1", "ala")], (store) =>
        Effect.gen(function*() {
          const alike = addAccount("eve", { look: "look of ala" })
          for (const write of [addAccount("ala"), addAccount("eve", { fold: "ala" }), alike, addKey("k1", "eve")]) {
            expect(yield* reasonOf(store.commit([write]))).toBe("Conflict")
          }
          expect(yield* store.accountCount).toBe(1)
        })))

    it.scoped("are listed in pages, in the order of their folds by code points", () =>
      after(["ž", "a", "\uffee", "🕊", "Z"].map((fold) => addAccount(fold)), (store) =>
        Effect.gen(function*() {
          const folds = (yield* store.accounts(undefined)).map(({ fold }) => fold)
          expect(folds).toEqual(["Z", "a", "ž", "\uffee", "🕊"])
          expect((yield* store.accounts("ž")).map(({ fold }) => fold)).toEqual(["\uffee", "🕊"])
        })))

    it.scoped("are removed with their keys, tokens and marks, and nothing of others", () =>
      after([
        ...["ala", "bo"].flatMap((id) => [
          addAccount(id),
          addKey(`k ${id}`, id),
          addToken(`t ${id}`, { account: id }),
          { _tag: "PutMark", mark: { account: id, room: "hall", vector: new Map([[alpha, 1]]) } } as const
        ]),
        { _tag: "RemoveAccount", account: "ala" }
      ], (store) =>
        Effect.gen(function*() {
          expect([yield* store.account("ala"), yield* store.token("t ala"), yield* store.accountOfKey("k ala")])
            .toEqual(
              [undefined, undefined, undefined]
            )
          expect([yield* store.keys("ala"), yield* store.tokens("ala"), yield* store.marks("ala")]).toEqual([
            [],
            [],
            []
          ])
          expect([
            (yield* store.keys("bo")).length,
            (yield* store.tokens("bo")).length,
            (yield* store.marks("bo")).length
          ])
            .toEqual([1, 1, 1])
        })))

    it.scoped("have tokens, which are taken once, revoked together, and expire", () =>
      after([
        addToken("second", { created: 2 }),
        addToken("first"),
        addToken("late", { account: "bo", expires: 11 }),
        addToken("invitation", { account: undefined })
      ], (store) =>
        Effect.gen(function*() {
          expect((yield* store.tokens("ala")).map(({ hash }) => hash)).toEqual(["first", "second"])
          expect(yield* store.token("invitation")).toEqual(token("invitation", { account: undefined }))
          const takes = yield* Effect.all(
            [1, 2].map(() => reasonOf(store.commit([{ _tag: "TakeToken", hash: "invitation" }]))),
            { concurrency: 2 }
          )
          expect(takes.toSorted()).toEqual(["Conflict", undefined])
          yield* store.commit([{ _tag: "RemoveToken", hash: "second" }, { _tag: "RemoveToken", hash: "none" }])
          expect((yield* store.tokens("ala")).map(({ hash }) => hash)).toEqual(["first"])
          yield* store.commit([{ _tag: "ExpireTokens", now: 10 }])
          expect([yield* store.tokens("ala"), (yield* store.tokens("bo")).length]).toEqual([[], 1])
          yield* store.commit([{ _tag: "RevokeTokens", account: "bo" }])
          expect(yield* store.tokens("bo")).toEqual([])
        })))

    it.scoped("have marks, a vector for each room", () =>
      after([
        { _tag: "PutMark", mark: { account: "ala", room: "words", vector: new Map() } },
        { _tag: "PutMark", mark: { account: "ala", room: "hall", vector: new Map([[alpha, 1]]) } },
        { _tag: "PutMark", mark: { account: "ala", room: "hall", vector: new Map([[alpha, 2], [beta, 2 ** 40]]) } }
      ], (store) =>
        Effect.map(store.marks("ala"), (marks) =>
          expect(marks).toEqual([
            { account: "ala", room: "hall", vector: new Map([[alpha, 2], [beta, 2 ** 40]]) },
            { account: "ala", room: "words", vector: new Map() }
          ]))))
  })

  describe(`${kind}: attachments and links`, () => {
    const file = (sha256: string) => ({ kind: "file", body: { name: "plan.pdf", bytes: 3, sha256 } })
    const [one, two, three] = ["1".repeat(64), "2".repeat(64), "3".repeat(64)] as const

    it.scoped("know which rooms refer to a file, until nothing does", () =>
      after([
        ...[one, two, three].map((hash) =>
          ({ _tag: "PutAttachment", attachment: { hash, size: 3, added: 1 } }) as const
        ),
        ...appended([
          post(alpha, 1, file(one)),
          post(alpha, 2, file(two)),
          post(alpha, 1, { room: "words", ...file(two) }),
          post(beta, 1, { kind: "file", body: { sha256: "no hash" } }),
          post(beta, 2, { kind: "said", body: { text: "x", sha256: three } })
        ])
      ], (store) =>
        Effect.gen(function*() {
          const orphans = Effect.map(store.orphans, (found) => found.map(({ hash }) => hash))
          expect([yield* store.refersTo("hall", one), yield* store.refersTo("words", one)]).toEqual([true, false])
          expect(yield* store.attachment(two)).toEqual({ hash: two, size: 3, added: 1 })
          expect(yield* orphans).toEqual([three])
          yield* store.commit([{ _tag: "Erase", room: "hall", origin: alpha, seq: 2 }])
          expect([yield* store.refersTo("hall", two), yield* store.refersTo("words", two)]).toEqual([false, true])
          yield* store.commit([{ _tag: "EraseAuthor", author: "ala@alpha.example" }])
          expect(yield* orphans).toEqual([one, two, three])
          yield* store.commit([one, three].map((hash) => ({ _tag: "RemoveAttachment", hash })))
          expect([yield* store.attachment(one), yield* orphans]).toEqual([undefined, [two]])
        })))

    it.scoped("are let go by purging and by removing a room", () =>
      after([
        ...[one, two].map((hash) => ({ _tag: "PutAttachment", attachment: { hash, size: 3, added: 1 } }) as const),
        ...appended([post(alpha, 1, file(one)), post(alpha, 1, { room: "words", ...file(two) })]),
        { _tag: "Purge", room: "hall", origin: alpha, floor: 1 },
        { _tag: "RemoveRoom", name: "words" }
      ], (store) => Effect.map(store.orphans, (found) => expect(found.map(({ hash }) => hash)).toEqual([one, two]))))

    it.scoped("are linked servers, with their keys", () => {
      const link = { peer: "beta.example:4040", key: "0f", options: { relay: "true" }, added: 1 }
      return after([
        { _tag: "PutLink", link: { ...link, key: "00" } },
        { _tag: "PutLink", link },
        { _tag: "PutLink", link: { ...link, peer: "a" } },
        { _tag: "RemoveLink", peer: "a" }
      ], (store) => Effect.map(store.links, (links) => expect(links).toEqual([link])))
    })

    it.scoped("are values, of which a turn may require one", () =>
      after([{ _tag: "PutMeta", key: "owner", value: "one" }], (store) =>
        Effect.gen(function*() {
          const owned = (value: string): Write => ({ _tag: "RequireMeta", key: "owner", value })
          const missing: Write = { _tag: "RequireMeta", key: "none", value: "" }
          yield* store.commit([owned("one"), ...appended([post(alpha, 1)])])
          expect(yield* reasonOf(store.commit([missing, ...appended([post(alpha, 2)])]))).toBe("Conflict")
          yield* store.commit([owned("one"), { _tag: "PutMeta", key: "owner", value: "other" }])
          expect(yield* reasonOf(store.commit([...appended([post(alpha, 2)]), owned("one")]))).toBe("Conflict")
          expect(yield* store.after("hall", new Map(), 10)).toEqual([post(alpha, 1)])
        })))
  })
}
