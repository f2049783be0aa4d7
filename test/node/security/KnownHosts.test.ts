import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { chmodSync, lstatSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import * as KnownHosts from "../../../src/node/security/KnownHosts.ts"
import * as KnownHostsText from "../../../src/node/security/KnownHostsText.ts"
import { encode } from "../../../src/security/KeyText.ts"
import { hashing, keyOf } from "../../security/hashing.ts"
import { systemError, watched } from "../watchedFiles.ts"
import { keyFolder, tools } from "./keyFolder.ts"

const time = "2026-11-30T14:00:00Z"
const adding = (name: string) => (lines: ReadonlyArray<KnownHostsText.Line>) =>
  KnownHostsText.learned(hashing, lines, name, { key: keyOf(1), next: undefined }, time)
const lineOf = (name: string): string => `${name} ${encode(hashing, keyOf(1))} ${time}\n`

describe("known_hosts", () => {
  it.scoped("is empty if it does not exist, and is made with its first server", () =>
    Effect.gen(function*() {
      const { at, mode, names, text } = yield* keyFolder
      const path = at("holub/known_hosts")
      expect(yield* KnownHosts.read(tools, path)).toEqual([])
      expect(names()).toEqual([])
      yield* KnownHosts.change(tools, path, adding("a:1"))
      expect([text("holub/known_hosts"), mode("holub/known_hosts"), mode("holub")]).toEqual([
        lineOf("a:1"),
        0o600,
        0o700
      ])
    }))

  it.live("loses no change of several processes at the same time", () =>
    Effect.scoped(Effect.gen(function*() {
      const { at, names, text } = yield* keyFolder
      const all = Array.from(
        { length: 8 },
        (_, port) => KnownHosts.change(tools, at("known_hosts"), adding(`h:${port}`))
      )
      yield* Effect.all(all, { concurrency: "unbounded" })
      expect(text("known_hosts").split("\n").filter((line) => line !== "").length).toBe(8)
      expect(names()).toEqual(["known_hosts"])
    })))

  it.scoped("is left as it was by a change that fails", () =>
    Effect.gen(function*() {
      const { at, names, text, write } = yield* keyFolder
      write("known_hosts", "# mine\n")
      for (const failing of ["sync", "rename"]) {
        const files = watched(({ name }) => {
          if (name === failing) throw systemError("ENOSPC")
        })
        const { message } = yield* Effect.flip(KnownHosts.change({ ...tools, files }, at("known_hosts"), adding("a:1")))
        expect(message).toContain("the disk is full")
        expect([text("known_hosts"), names()]).toEqual(["# mine\n", ["known_hosts"]])
      }
    }))

  it.scoped("is not written when nothing changes, and its times stay", () =>
    Effect.gen(function*() {
      const { at, write } = yield* keyFolder
      write("known_hosts", lineOf("a:1"))
      const { ino } = lstatSync(at("known_hosts"))
      yield* KnownHosts.change(tools, at("known_hosts"), adding("a:1"))
      expect(lstatSync(at("known_hosts")).ino).toBe(ino)
    }))

  it.scoped("may be a link, which stays one", () =>
    Effect.gen(function*() {
      const { at, text } = yield* keyFolder
      mkdirSync(at("dotfiles"), { mode: 0o700 })
      writeFileSync(at("dotfiles/known"), "# mine\n", { mode: 0o600 })
      symlinkSync(at("dotfiles/known"), at("known_hosts"))
      yield* KnownHosts.change(tools, at("known_hosts"), adding("a:1"))
      expect(lstatSync(at("known_hosts")).isSymbolicLink()).toBe(true)
      expect(text("dotfiles/known")).toBe(`# mine\n${lineOf("a:1")}`)
    }))

  it.scoped("that others may change is refused, and so is one that is too large", () =>
    Effect.gen(function*() {
      const { at, write } = yield* keyFolder
      write("known_hosts", lineOf("a:1"))
      chmodSync(at("known_hosts"), 0o666)
      expect((yield* Effect.flip(KnownHosts.read(tools, at("known_hosts")))).message).toContain("chmod go-w")
      write("known_hosts", Buffer.alloc(8 * 1024 * 1024 - 1, "#"))
      const { message } = yield* Effect.flip(KnownHosts.change(tools, at("known_hosts"), adding("b:2")))
      expect(message).toContain("would be larger than")
    }))

  it("names the line that cannot be read", () => {
    const [line] = KnownHostsText.parse(hashing, Buffer.from("nonsense"))
    expect(line && KnownHosts.sentenceOf("/k", line)).toBe("line 1 of /k does not begin with HOST:PORT")
  })
})
