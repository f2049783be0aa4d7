import { expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach } from "vitest"
import * as RoomMemory from "../../src/node/RoomMemory.ts"
import * as Files from "../../src/node/storage/Files.ts"

const folders: Array<string> = []
const pathOf = (room: string): string => {
  const folder = mkdtempSync(join(tmpdir(), "holub-"))
  folders.push(folder)
  return RoomMemory.pathOf(folder, room)
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

it.effect("what a room remembers is read again; the latest is written before the end, and no other file stays", () =>
  Effect.gen(function*() {
    const path = pathOf("identify/kyiv")
    expect(yield* RoomMemory.read(Files.make(), path)).toBeUndefined()
    yield* Effect.scoped(Effect.gen(function*() {
      const write = yield* RoomMemory.writer(Files.make(), path, () => Effect.die("a warning"))
      write({ "192.0.2.1": "Ala" })
      write({ "192.0.2.1": "Bo" })
    }))
    expect(yield* RoomMemory.read(Files.make(), path)).toEqual({ "192.0.2.1": "Bo" })
    expect(readdirSync(dirname(path))).toEqual(["identify%2Fkyiv.json"])
  }))

it.effect("a damaged file is refused and kept", () =>
  Effect.gen(function*() {
    const path = pathOf("identify")
    yield* Effect.scoped(Effect.map(RoomMemory.writer(Files.make(), path, () => Effect.void), (write) => write({})))
    writeFileSync(path, "{\"a\": 1}")
    expect((yield* Effect.flip(RoomMemory.read(Files.make(), path))).message).toContain("is damaged: remove it")
    expect(readFileSync(path, "utf8")).toBe("{\"a\": 1}")
  }))

it.effect("a failure is a warning, and the next change is written", () =>
  Effect.gen(function*() {
    const path = pathOf("identify")
    const warnings: Array<string> = []
    writeFileSync(dirname(path), "a file where the folder belongs")
    const writing = (number: number) =>
      Effect.scoped(Effect.map(
        RoomMemory.writer(Files.make(), path, (message) => Effect.sync(() => warnings.push(message))),
        (write) => write({ number: String(number) })
      ))
    yield* writing(1)
    expect(warnings.length).toBe(1)
    rmSync(dirname(path))
    yield* writing(2)
    expect(warnings.length).toBe(1)
    expect(yield* RoomMemory.read(Files.make(), path)).toEqual({ number: "2" })
  }))
