import { describe, expect, it } from "@effect/vitest"
import { MemoryTables } from "../../../src/conversation/store/MemoryTables.ts"
import type { Turn, Write } from "../../../src/conversation/store/StoreWrites.ts"
import { alpha, appended, post, posts } from "./events.ts"

/** A copy of what tables have. An empty log is none. */
const contentOf = ({ logs, ...tables }: MemoryTables) => ({
  tables: structuredClone(tables),
  logs: Array.from(logs, ([name, log]) => [name, log.events.slice(), log.heads]).filter(([, , heads]) =>
    heads instanceof Map && heads.size > 0
  )
})

const account = (id: string): Write => ({
  _tag: "AddAccount",
  account: { id, name: id, fold: id, look: id, password: undefined, created: 1 }
})

const before: Turn = [
  {
    _tag: "PutRoom",
    room: { name: "hall", app: "chat", config: {}, snapshot: undefined }
  },
  ...appended(posts(alpha, 1, 3)),
  account("ala"),
  { _tag: "AddKey", key: { key: "k", account: "ala", created: 1 } },
  { _tag: "AddToken", token: { hash: "t", account: "ala", created: 1, expires: 5 } },
  { _tag: "PutMark", mark: { account: "ala", room: "hall", vector: new Map([[alpha, 1]]) } },
  { _tag: "PutAttachment", attachment: { hash: "h", size: 1, added: 1 } },
  { _tag: "PutLink", link: { peer: "p", key: "k", options: {}, added: 1 } },
  { _tag: "See", post: { room: "hall", author: "ala", device: "d", n: 4, origin: alpha, seq: 1 } },
  { _tag: "PutMeta", key: "m", value: "v" }
]

/** One write of each kind that changes something of these. */
const changes: Turn = [
  {
    _tag: "PutRoom",
    room: {
      name: "hall",
      app: "letstalk",
      config: { a: "b" },
      access: { access: "direct", servers: ["a", "b"] },
      snapshot: "{}"
    }
  },
  ...appended([post(alpha, 4)]),
  { _tag: "Erase", room: "hall", origin: alpha, seq: 2 },
  { _tag: "EraseAuthor", author: "ala@alpha.example" },
  { _tag: "Purge", room: "hall", origin: alpha, floor: 2 },
  { _tag: "SetPassword", account: "ala", password: "p" },
  account("bo"),
  { _tag: "AddKey", key: { key: "l", account: "bo", created: 1 } },
  { _tag: "RemoveKey", key: "k" },
  { _tag: "AddToken", token: { hash: "u", account: "bo", created: 1, expires: 9 } },
  { _tag: "ExpireTokens", now: 5 },
  { _tag: "TakeToken", hash: "u" },
  { _tag: "AddToken", token: { hash: "w", account: "bo", created: 1, expires: 9 } },
  { _tag: "RemoveToken", hash: "w" },
  { _tag: "PutMark", mark: { account: "bo", room: "hall", vector: new Map() } },
  { _tag: "RevokeTokens", account: "bo" },
  { _tag: "PutAttachment", attachment: { hash: "h", size: 2, added: 2 } },
  { _tag: "RemoveAttachment", hash: "h" },
  { _tag: "PutLink", link: { peer: "q", key: "k", options: {}, added: 1 } },
  { _tag: "RemoveLink", peer: "p" },
  { _tag: "See", post: { room: "hall", author: "ala", device: "d", n: 5, origin: alpha, seq: 2 } },
  { _tag: "RequireMeta", key: "m", value: "v" },
  { _tag: "PutMeta", key: "m", value: "w" },
  { _tag: "RemoveAccount", account: "ala" },
  { _tag: "RemoveRoom", name: "hall" }
]

describe("tables in memory", () => {
  it("are as before when a turn is undone, or conflicts, wherever that is", () => {
    for (let length = 1; length <= changes.length; length++) {
      const tables = new MemoryTables()
      tables.apply(before)
      const content = contentOf(tables)
      const turn = changes.slice(0, length)
      const undo = tables.apply(turn)
      expect(contentOf(tables)).not.toEqual(content)
      if (typeof undo === "string") throw new Error(undo)
      undo()
      expect(contentOf(tables)).toEqual(content)
      expect(tables.apply([...turn, { _tag: "TakeToken", hash: "none" }])).toBe("this token does not exist")
      expect(contentOf(tables)).toEqual(content)
    }
  })

  it("have a change of each kind in this test", () => {
    const kinds = new Set(changes.map(({ _tag }) => _tag))
    expect(kinds.size).toBe(24)
  })
})
