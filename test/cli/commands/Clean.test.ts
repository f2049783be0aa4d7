import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Clean from "../../../src/cli/commands/Clean.ts"
import { commands } from "../../../src/cli/commands/Commands.ts"
import type { ReportEvent } from "../../../src/cli/report/Report.ts"
import { PartialFiles } from "../../../src/storage/PartialFiles.ts"
import { StorageError } from "../../../src/storage/Storage.ts"
import { fakeOutput, hostile, mischief } from "../fakes.ts"
import { valuesOf } from "../invoking.ts"

const denied = new StorageError({ reason: "Denied", path: "/inbox/b", message: "cannot remove \"/inbox/b\": denied" })

/** Cleans an inbox of three parts, of which the second cannot be removed. */
const cleaned = (...flags: ReadonlyArray<string>) =>
  Effect.gen(function*() {
    const events: Array<ReportEvent> = []
    const notes: Array<string> = []
    const tried: Array<string> = []
    const asked: Array<readonly [path: string, restMillis: number]> = []
    let printed = ""
    const partOf = (path: string, outcome: Effect.Effect<void, StorageError>) => ({
      path,
      size: 1024,
      ageMillis: 60_000,
      remove: Effect.suspend(() => {
        tried.push(path)
        return outcome
      })
    })
    const code = yield* Effect.scoped(Clean.run(valuesOf(["clean", "--dir", "/inbox", ...flags]), {
      commands,
      version: "0",
      sources: { given: [], environment: {}, configuration: undefined },
      place: { path: "/c.toml", isNamed: false },
      outputs: { stdout: fakeOutput(), stderr: fakeOutput(), redirect: () => undefined, terminal: fakeOutput() },
      report: {
        emit: (event) => Effect.sync(() => events.push(event)),
        detail: () => Effect.void,
        frame: () => undefined,
        note: (line) => Effect.sync(() => notes.push(line)),
        cleared: Effect.void,
        progress: () => Effect.never
      },
      onTraced: undefined,
      print: (text) => Effect.sync(() => printed += text),
      stopping: Effect.never
    })).pipe(Effect.provideService(PartialFiles, {
      find: (path, restMillis) =>
        Effect.sync(() => {
          asked.push([path, restMillis])
          const abandoned = [
            partOf(`/inbox/${hostile}`, Effect.void),
            partOf("/inbox/b", Effect.fail(denied)),
            partOf("/inbox/c", Effect.void)
          ]
          return { path, abandoned, younger: [{ path: "/inbox/d", size: 2048 }] }
        })
    }))
    return { code, events, notes, printed, tried, asked }
  })

describe("cleaning", () => {
  it.effect("goes on behind a part that stays, and ends with 8", () =>
    Effect.gen(function*() {
      const { asked, code, events, notes, printed, tried } = yield* cleaned("--older-than", "5m")
      expect([code, asked, tried.length]).toEqual([8, [["/inbox", 300_000]], 3])
      expect(events.map(({ type }) => type)).toEqual(["removed", "error", "removed"])
      expect(events[1]).toMatchObject({ code: "Denied", exitCode: 8, message: denied.message })
      expect(events[2]).toMatchObject({ path: "/inbox/c", size: 1024, ageMillis: 60_000 })
      expect(printed.split("\n").slice(1)).toEqual(["/inbox/c  1.0 KiB  1 min 00 s old", ""])
      expect(printed).not.toMatch(mischief)
      expect(notes).toEqual([
        "removed 2 parts, 2.0 KiB, in /inbox",
        "1 part, 2.0 KiB, younger than 5 min 00 s stays; if no server uses this inbox, --older-than 0s removes all"
      ])
    }))

  it.effect("under --dry-run tries nothing", () =>
    Effect.gen(function*() {
      const { code, events, notes, tried } = yield* cleaned("--dry-run")
      expect([code, tried]).toEqual([0, []])
      expect(events.map(({ type }) => type)).toEqual(["leftover", "leftover", "leftover"])
      expect(notes).toEqual([
        "3 parts, 3.0 KiB, in /inbox; without --dry-run they are removed",
        expect.stringMatching(/^1 part, 2\.0 KiB, younger than 1 h 00 min stays; /)
      ])
    }))
})
