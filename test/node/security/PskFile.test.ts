import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { readFileSync } from "node:fs"
import * as PskFile from "../../../src/node/security/PskFile.ts"
import { keyFolder, tools } from "./keyFolder.ts"

const load = (path: string) => PskFile.load(tools.files, path)
const key = Buffer.from("00ff1e2d3c4b5a69788796a5b4c3d2e1f00f10203040506070809fbfcfdfef7f", "hex")

describe("the shared key", () => {
  it.scoped.each([
    ["raw", key],
    ["hexadecimal", key.toString("hex")],
    ["hexadecimal with the end of a line", `${key.toString("hex").toUpperCase()}\n`],
    ["base64", `${key.toString("base64")}\n`],
    ["base64 for URLs", `${key.toString("base64url")}=`]
  ] as Array<[string, string | Buffer]>)("is 32 bytes: %s", ([, content = ""]) =>
    Effect.gen(function*() {
      const { write } = yield* keyFolder
      expect(Buffer.from(yield* load(write("psk", content)))).toEqual(key)
    }))

  it.scoped.each([
    "correct horse battery staple",
    "correct horse battery staple\n",
    // 32 characters, as many as the bytes of a key.
    "Tr0ub4dor&3 Tr0ub4dor&3 Tr0ub4do",
    "0123456789abcdef0123456789abcdef",
    "Tr0ub4dor&3 Tr0ub4dor&3 Tr0ub4d\n",
    // 43 letters, as many as base64 without padding.
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ",
    "",
    "x".repeat(5000)
  ])("is no password: %j is refused with the command that makes a key (C11)", (content) =>
    Effect.gen(function*() {
      const { write } = yield* keyFolder
      const path = write("psk", content)
      const { message } = yield* Effect.flip(load(path))
      if (content.length > 4096) return expect(message).toContain("is larger than 4096 bytes")
      expect(message).toBe(
        `${path} is not a shared key: it must be 32 random bytes, raw, as 64 hexadecimal digits or in base64, and no password; make one: (umask 077; head -c 32 /dev/urandom > ${path})`
      )
    }))

  it.scoped("is random: one of few different bytes is refused", () =>
    Effect.gen(function*() {
      const { write } = yield* keyFolder
      for (const content of [new Uint8Array(32), "00".repeat(32), "deadbeef".repeat(8)]) {
        expect((yield* Effect.flip(load(write("psk", content)))).message).toContain("is not random; make one: ")
      }
    }))

  it.scoped("is what the command of the message makes", () =>
    Effect.gen(function*() {
      const { at } = yield* keyFolder
      const { message } = yield* Effect.flip(load(at("my psk")))
      expect(message).toContain("does not exist; make one: ")
      execFileSync("sh", ["-c", message.slice(message.indexOf("(umask"))])
      expect(Buffer.from(yield* load(at("my psk")))).toEqual(readFileSync(at("my psk")))
    }))

  it.scoped("that others may read is refused", () =>
    Effect.gen(function*() {
      const { write } = yield* keyFolder
      expect((yield* Effect.flip(load(write("psk", key, 0o644)))).message).toContain("chmod 600")
    }))
})
