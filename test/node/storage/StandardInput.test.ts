import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { closeSync, constants, openSync } from "node:fs"
import { devNull } from "node:os"
import * as StandardInput from "../../../src/node/storage/StandardInput.ts"
import { sample } from "../../suites/storage.ts"
import { temporaryFolder } from "../watchedFiles.ts"
import { fileOf } from "./sourceFiles.ts"

const opened = (path: string, flags: number) =>
  Effect.acquireRelease(Effect.sync(() => openSync(path, flags)), (fd) => Effect.sync(() => closeSync(fd)))

const { O_RDONLY, O_RDWR } = constants

describe("the descriptor of standard input", () => {
  it.scoped("can be read if it is a file, or the null device that a shell has opened", () =>
    Effect.gen(function*() {
      const path = yield* fileOf(sample(10))
      for (const fd of [yield* opened(path, O_RDONLY), yield* opened(path, O_RDWR), yield* opened(devNull, O_RDONLY)]) {
        expect(StandardInput.problemOf(fd)).toBeUndefined()
      }
    }))

  it.scoped("is closed if it is the null device that Node has opened instead, or no descriptor (T6)", () =>
    Effect.gen(function*() {
      expect(StandardInput.problemOf(yield* opened(devNull, O_RDWR))).toBe("it is closed")
      expect(StandardInput.problemOf(2 ** 20)).toBe("it is closed")
    }))

  it.scoped("cannot be read if it is a directory (T6)", () =>
    Effect.gen(function*() {
      expect(StandardInput.problemOf(yield* opened(yield* temporaryFolder, O_RDONLY))).toBe("it is a directory")
    }))
})
