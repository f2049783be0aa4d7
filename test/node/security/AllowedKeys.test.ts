import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as AllowedKeys from "../../../src/node/security/AllowedKeys.ts"
import { encode } from "../../../src/security/KeyText.ts"
import { hashing, keyOf } from "../../security/hashing.ts"
import { keyFolder, tools } from "./keyFolder.ts"

const load = (path: string) => AllowedKeys.load(tools.files, hashing, path)
const [one, two] = [encode(hashing, keyOf(1)), encode(hashing, keyOf(2))]

describe("the list of allowed keys", () => {
  it.scoped("has one key a line, with comments", () =>
    Effect.gen(function*() {
      const { write } = yield* keyFolder
      const admits = yield* load(write("allowed", `# office\n\n${one}  # Jana\r\n  ${two.toUpperCase()}`, 0o644))
      expect([1, 2, 3].map((byte) => admits(keyOf(byte)))).toEqual([true, true, false])
    }))

  it.scoped("admits no client if it is empty", () =>
    Effect.gen(function*() {
      const { write } = yield* keyFolder
      expect((yield* load(write("allowed", "")))(keyOf(1))).toBe(false)
    }))

  it.scoped("that has a wrong line is refused with its number", () =>
    Effect.gen(function*() {
      const { write } = yield* keyFolder
      const path = write("allowed", `${one}\n${two.slice(0, 58)}\n`)
      expect((yield* Effect.flip(load(path))).message).toBe(
        `line 2 of ${path} is not a key: it has 58 characters, not 59; a line has one key, and # begins a comment`
      )
      expect((yield* Effect.flip(load(write("allowed", `${one} ${two}`)))).message).toContain("line 1 of")
    }))

  it.scoped("must exist, and must not be open to changes by others", () =>
    Effect.gen(function*() {
      const { at, write } = yield* keyFolder
      expect((yield* Effect.flip(load(at("none")))).message).toContain("does not exist; check the path")
      expect((yield* Effect.flip(load(write("allowed", one, 0o622)))).message).toContain("chmod go-w")
    }))
})
