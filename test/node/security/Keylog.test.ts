import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { symlinkSync } from "node:fs"
import * as Keylog from "../../../src/node/security/Keylog.ts"
import { keyOf } from "../../security/hashing.ts"
import { keyFolder, tools } from "./keyFolder.ts"

const keys = {
  session: { clientId: new Uint8Array(8).fill(1), serverId: new Uint8Array(8).fill(2) },
  clientToServer: keyOf(3),
  serverToClient: keyOf(4)
}
const line = `HOLUB1 ${"01".repeat(8)} ${"02".repeat(8)} ${"03".repeat(32)} ${"04".repeat(32)}\n`

describe("the file of session keys", () => {
  it.scoped("is made for its user alone, and gets a line for each session", () =>
    Effect.gen(function*() {
      const { at, mode, text } = yield* keyFolder
      yield* Keylog.append(tools.files, at("keys"), keys)
      yield* Keylog.append(tools.files, at("keys"), keys)
      expect([text("keys"), mode("keys")]).toEqual([line + line, 0o600])
      yield* Keylog.append(tools.files, at("keys"), { ...keys, session: { clientEphemeral: keyOf(5) } })
      const ofTcp = `HOLUB1-TCP ${"05".repeat(32)} ${"03".repeat(32)} ${"04".repeat(32)}\n`
      expect(text("keys")).toBe(line + line + ofTcp)
    }))

  it.scoped("that others may read, or that is a link, gets none", () =>
    Effect.gen(function*() {
      const { at, text, write } = yield* keyFolder
      write("keys", "", 0o644)
      expect((yield* Effect.flip(Keylog.append(tools.files, at("keys"), keys))).message).toContain("chmod 600")
      symlinkSync(at("keys"), at("link"))
      yield* Effect.flip(Keylog.append(tools.files, at("link"), keys))
      expect(text("keys")).toBe("")
    }))
})
