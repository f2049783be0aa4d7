import { describe, expect, it } from "vitest"
import { isAlike, keysOf, type NameKeys, nickOf } from "../../../src/protocol/conversation/Names.ts"
import { NickTable } from "../../../src/protocol/conversation/NickTable.ts"
import { Random } from "../../simulation/Random.ts"

const refused = (reason: string) => ({ _tag: "Refused", reason })
const claimed = (nick: string) => ({ _tag: "Claimed", nick })

describe("the nicks of a server", () => {
  it("show guests with ~, and accounts without", () => {
    const table = new NickTable()
    expect(table.claim("ala\n", "1", "a")).toEqual(claimed("~ala"))
    expect(table.claim("~bo", "2", "a")).toEqual(claimed("~bo"))
    expect(table.register("cyr", "account")).toEqual(claimed("cyr"))
    expect(table.nickOf("account")).toBe("cyr")
    expect(table.ownerOf("~ALA")).toEqual({ _tag: "Guest", guest: "1", source: "a" })
    expect(table.ownerOf("Cyr")).toEqual({ _tag: "Account", account: "account" })
  })

  it("refuse one that is in use, in any case and any look, with the reason", () => {
    const table = new NickTable()
    table.claim("Ivan", "1", "a")
    table.register("marta", "account")
    expect(table.claim("IVAN", "2", "a")).toEqual(refused("the nick IVAN is in use"))
    expect(table.claim("lvan", "2", "a")).toEqual(refused("the nick lvan looks like ~Ivan, which is in use"))
    expect(table.claim("Marta", "2", "a")).toEqual(refused("the nick Marta belongs to an account"))
    expect(table.claim("rnarta", "2", "a")).toEqual(refused("the nick rnarta looks like marta, which is in use"))
    expect(table.register("ivan", "other")).toEqual(refused("the nick ivan is in use"))
    expect(table.claim("a b", "2", "a")).toEqual(refused("the nick has a space in it; - and _ are allowed"))
    expect(table.size).toBe(2)
  })

  it("rename nobody by force, and give a nick on when it is free", () => {
    const table = new NickTable()
    table.claim("ala", "1", "a")
    expect(table.register("ala", "new")._tag).toBe("Refused")
    expect(table.claim("ALA", "1", "a")).toEqual(claimed("~ALA"))
    expect(table.claim("bo", "1", "a")).toEqual(claimed("~bo"))
    expect(table.register("ala", "new")).toEqual(claimed("ala"))
    expect(table.register("Ala2", "new")).toEqual(claimed("Ala2"))
    expect(table.claim("ala", "2", "a")).toEqual(claimed("~ala"))
    table.release("1")
    table.release("2")
    table.unregister("new")
    table.unregister("none")
    table.release("none")
    expect(table.size).toBe(0)
  })

  it("let a guest who registers keep the nick", () => {
    const table = new NickTable()
    table.claim("ala", "1", "a")
    expect(table.register("ala", "account", "1")).toEqual(claimed("ala"))
    table.release("1")
    expect(table.ownerOf("ala")).toEqual({ _tag: "Account", account: "account" })
    expect(table.size).toBe(1)
  })

  it("keep the nick of the operator", () => {
    const table = new NickTable()
    expect(table.register("Operator", "account")).toEqual(
      refused("the nick Operator is kept for the operator of the server")
    )
    expect(table.claim("0perator", "1", "a")).toEqual(
      refused("the nick 0perator is kept for the operator of the server")
    )
  })

  it("are shared among sources, and bounded", () => {
    const table = new NickTable({ nicks: 12, guestsOfSource: 2, guestsForNewcomers: 2 })
    const taken = Array.from({ length: 30 }, (_, at) => table.claim(`ala${at}`, String(at), "flood")._tag === "Claimed")
    expect(taken.filter(Boolean).length).toBe(4)
    expect(table.claim("bo", "bo", "other")).toEqual(claimed("~bo"))
    expect(table.claim("bo2", "bo", "other")).toEqual(claimed("~bo2"))
    table.release("0")
    expect(table.claim("ala0", "30", "flood")._tag).toBe("Claimed")
    for (let at = 0; at < 30; at++) table.register(`cyr${at}`, String(at))
    expect(table.register("last", "last")).toEqual(refused("the server has no room for another nick"))
    expect(table.register("cyrO", "0")._tag).toBe("Claimed")
  })

  it("hold no two that look alike, after 10,000 hostile names", () => {
    const table = new NickTable()
    const random = new Random(7)
    const parts: readonly [string, ...Array<string>] = [
      "a",
      "а",
      "α",
      "ɑ",
      "A",
      "o",
      "0",
      "ο",
      "о",
      "l",
      "1",
      "I",
      "і",
      "i",
      "rn",
      "m",
      "vv",
      "w",
      "\u202e",
      "\u200b",
      " ",
      "\u0301",
      "ß",
      "SS",
      "~",
      "@"
    ]
    const held = new Map<string, NameKeys>()
    for (let at = 0; at < 10_000; at++) {
      const text = Array.from({ length: random.integer(1, 4) }, () => random.pick(parts)).join("")
      const guest = String(random.integer(0, 99))
      const claim = table.claim(text, guest, guest)
      const bare = nickOf(text.trimStart().replace(/^~/, ""))
      const keys = bare._tag === "NoName" ? undefined : keysOf(bare.name)
      const isFree = keys !== undefined &&
        !Array.from(held).some(([one, others]) => one !== guest && isAlike(keys, others))
      expect([text, claim._tag]).toEqual([text, isFree ? "Claimed" : "Refused"])
      if (keys !== undefined && isFree) held.set(guest, keys)
      if (random.chance(0.1) && held.delete(guest)) table.release(guest)
      expect(table.size).toBe(held.size)
    }
    expect(held.size).toBeGreaterThan(20)
  })
})
