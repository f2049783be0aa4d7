import { describe, expect, it } from "@effect/vitest"
import { MemoryDisk } from "../../../src/conversation/store/MemoryDisk.ts"
import type { Turn } from "../../../src/conversation/store/StoreWrites.ts"

const turn = (key: string): Turn => [{ _tag: "PutMeta", key, value: "" }]

describe("a disk of turns", () => {
  it("keeps what was synced, and in a crash the first of the rest at most", () => {
    const disk = new MemoryDisk()
    disk.write(turn("a"))
    disk.sync()
    for (const key of ["b", "c", "d"]) disk.write(turn(key))
    const copy = disk.copy()
    disk.crash(2)
    expect([disk.durable, disk.unsynced]).toEqual([[turn("a"), turn("b"), turn("c")], []])
    expect([copy.durable, copy.unsynced]).toEqual([[turn("a")], []])
    copy.write(turn("e"))
    copy.crash()
    expect(copy.durable).toEqual([turn("a")])
  })
})
