import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import * as HostKeys from "../../../src/node/security/HostKeys.ts"
import * as KeyFile from "../../../src/node/security/KeyFile.ts"
import { KeyLimits } from "../../../src/security/KeyLimits.ts"
import { systemError, watched } from "../watchedFiles.ts"
import { keyFolder, tools } from "./keyFolder.ts"

const start = Date.UTC(2026, 10, 30, 14)

describe("the host key", () => {
  it.scoped("is made by a server that starts, and not by a look at it", () =>
    Effect.gen(function*() {
      const { at, names } = yield* keyFolder
      expect(yield* HostKeys.peek(tools, at("host.key"))).toBeUndefined()
      expect(names()).toEqual([])
      const { host, next } = yield* HostKeys.open(tools, at("host.key"))
      expect([(yield* HostKeys.peek(tools, at("host.key")))?.host.publicKey, next]).toEqual([host.publicKey, undefined])
    }))

  it.scoped("gets a next key, which takes its place at the first start after 30 days", () =>
    Effect.gen(function*() {
      const { at, names } = yield* keyFolder
      const path = at("host.key")
      yield* TestClock.setTime(start)
      const before = yield* HostKeys.rotate(tools, path)
      expect(before.next?.fromMillis).toBe(start + KeyLimits.rotationMillis)
      yield* TestClock.adjust(KeyLimits.rotationMillis - 1)
      const still = yield* HostKeys.open(tools, path)
      expect([still.host.publicKey, still.next?.keyPair.publicKey]).toEqual([
        before.host.publicKey,
        before.next?.keyPair.publicKey
      ])
      yield* TestClock.adjust(1)
      expect((yield* HostKeys.peek(tools, path))?.host.publicKey).toEqual(before.host.publicKey)
      const after = yield* HostKeys.open(tools, path)
      expect([after.host.publicKey, after.next]).toEqual([before.next?.keyPair.publicKey, undefined])
      expect(names()).toEqual(["host.key"])
    }))

  it.scoped("has one next key at a time", () =>
    Effect.gen(function*() {
      const { at, text } = yield* keyFolder
      yield* TestClock.setTime(start)
      yield* HostKeys.rotate(tools, at("host.key"))
      const next = text("host.key.next")
      const { message } = yield* Effect.flip(HostKeys.rotate(tools, at("host.key")))
      expect(message).toBe(
        `a next host key exists already and is used from 2026-12-30T14:00:00Z; wait until then, or remove ${
          at("host.key.next")
        } to give it up`
      )
      expect(text("host.key.next")).toBe(next)
    }))

  it.scoped("is whole although the program ends in the middle of the change", () =>
    Effect.gen(function*() {
      const { at } = yield* keyFolder
      const path = at("host.key")
      yield* TestClock.setTime(start)
      const before = yield* HostKeys.rotate(tools, path)
      yield* TestClock.adjust(KeyLimits.rotationMillis)
      for (const [call, end] of [["rename", "host.key"], ["unlink", "host.key.next"]] as const) {
        const files = watched(({ name, path: about }) => {
          if (name === call && about.endsWith(end)) throw systemError("EIO")
        })
        yield* Effect.flip(HostKeys.open({ ...tools, files }, path))
        const keys = yield* HostKeys.peek(tools, path)
        expect(keys?.host.publicKey).toEqual(call === "rename" ? before.host.publicKey : before.next?.keyPair.publicKey)
      }
      expect((yield* HostKeys.open(tools, path)).host.publicKey).toEqual(before.next?.keyPair.publicKey)
      expect((yield* HostKeys.rotate(tools, path)).next).toBeDefined()
    }))

  it.live("is replaced once by servers that start at the same time", () =>
    Effect.scoped(Effect.gen(function*() {
      const { at, names } = yield* keyFolder
      const path = at("host.key")
      yield* HostKeys.open(tools, path)
      yield* KeyFile.create(tools, at("host.key.next"), 0)
      const next = yield* KeyFile.load(tools, at("host.key.next"), "the key")
      const starting = Array.from({ length: 6 }, () => HostKeys.open(tools, path))
      const all = yield* Effect.all(starting, { concurrency: "unbounded" })
      for (const { host } of all) expect(host.publicKey).toEqual(next?.keyPair.publicKey)
      expect(names()).toEqual(["host.key"])
    })))
})
