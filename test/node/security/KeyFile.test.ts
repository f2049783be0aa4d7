import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { symlinkSync } from "node:fs"
import * as KeyFile from "../../../src/node/security/KeyFile.ts"
import { encode, privatePrefix } from "../../../src/security/KeyText.ts"
import { hashing, keyOf } from "../../security/hashing.ts"
import { keyFolder, tools } from "./keyFolder.ts"

const privateText = encode(hashing, keyOf(1), privatePrefix)

describe("a key file", () => {
  it.scoped("is made at its first use, in a folder of its user alone, and keeps its key", () =>
    Effect.gen(function*() {
      const { at, mode, names, text } = yield* keyFolder
      const path = at("holub/host.key")
      const first = yield* KeyFile.loadOrCreate(tools, path, "the host key")
      const again = yield* KeyFile.loadOrCreate(tools, path, "the host key")
      expect(again.keyPair.publicKey).toEqual(first.keyPair.publicKey)
      expect([mode("holub"), mode("holub/host.key"), names()]).toEqual([0o700, 0o600, ["holub"]])
      expect(text("holub/host.key")).toMatch(/^hs1[a-z2-7]{56}\n$/)
      expect(first.fromMillis).toBeUndefined()
    }))

  it.live("is the same for all that make it at the same time", () =>
    Effect.scoped(Effect.gen(function*() {
      const { at } = yield* keyFolder
      const all = Array.from({ length: 8 }, () => KeyFile.loadOrCreate(tools, at("host.key"), "the host key"))
      const keys = yield* Effect.all(all, { concurrency: "unbounded" })
      expect(new Set(keys.map(({ text }) => text)).size).toBe(1)
    })))

  it.scoped("may have the time from which its key is used", () =>
    Effect.gen(function*() {
      const { at, text } = yield* keyFolder
      expect(yield* KeyFile.create(tools, at("next"), 1_800_000_000_123)).toBe(true)
      expect(yield* KeyFile.create(tools, at("next"), 0)).toBe(false)
      expect(text("next")).toMatch(/^hs1\w{56} 2027-01-15T08:00:00Z\n$/)
      expect((yield* KeyFile.load(tools, at("next"), "the key"))?.fromMillis).toBe(1_800_000_000_000)
    }))

  it.scoped.each([
    ["", "does not have the form of one"],
    ["\n", "does not have the form of one"],
    [privateText.slice(0, 40), "has 40 characters, not 59"],
    [privateText.replace(/.$/, "z"), "has a typing mistake: its checksum does not match"],
    [`${privateText} soon\n`, "does not have the form of one"],
    [`${privateText}\n${privateText}\n`, "does not have the form of one"],
    [encode(hashing, keyOf(1)), "is a public key, not a private one"]
  ])("that is damaged is refused without its content: %j", ([content = "", why]) =>
    Effect.gen(function*() {
      const { text, write } = yield* keyFolder
      const path = write("host.key", content)
      const { message } = yield* Effect.flip(KeyFile.loadOrCreate(tools, path, "the host key"))
      expect(message).toBe(
        `the host key in ${path} is damaged: it ${why}; restore the file, or remove it to have a new key made`
      )
      expect(text("host.key")).toBe(content)
    }))

  it.scoped("that others may read, or that is a link, is refused and not made anew", () =>
    Effect.gen(function*() {
      const { at, text, write } = yield* keyFolder
      write("host.key", privateText, 0o640)
      const open = yield* Effect.flip(KeyFile.loadOrCreate(tools, at("host.key"), "the host key"))
      expect(open.message).toContain("can be read or changed by other users (mode 0640)")
      expect(text("host.key")).toBe(privateText)
      symlinkSync(at("none"), at("link"))
      const linked = yield* Effect.flip(KeyFile.loadOrCreate(tools, at("link"), "the host key"))
      expect(linked.message).toContain("is a symbolic link")
    }))
})
