import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { textBytes } from "../../src/protocol/ProtocolLimits.ts"
import * as SourceOfBytes from "../../src/storage/SourceOfBytes.ts"
import * as Outbox from "../../src/transfer/Outbox.ts"
import type { Session } from "../../src/transport/Transport.ts"

/** A wire without limits. */
const carrier: Pick<Session, "plan"> = {
  plan: () => Effect.succeed({ fragments: undefined, fragmentSize: undefined })
}

const fileCalled = (name: string) => SourceOfBytes.make({ name, path: undefined, bytes: new Uint8Array(3) })

describe("a check", () => {
  it.effect("refuses a file whose name every inbox refuses, on every wire, and says which and why (T5)", () =>
    Effect.gen(function*() {
      const unsafe = ["a?b", "con.txt", "a\u202egpj.exe", "x".repeat(256), "..", ""]
      const errors = yield* Effect.forEach(
        unsafe,
        (name) => Effect.flip(Outbox.check(carrier, Outbox.fileEnvelope(fileCalled(name))))
      )
      for (const error of errors) expect(error).toMatchObject({ reason: "Unsupported", detail: "UnsafeName" })
      expect(errors[1]?.message).toBe(
        "cannot send \"con.txt\": the file name is reserved for a device on Windows; give the file another name"
      )
      for (const name of ["a.txt", ".hidden", "می\u200cخ"]) {
        yield* Outbox.check(carrier, Outbox.fileEnvelope(fileCalled(name)))
      }
    }))

  it.effect("leaves the names of other kinds to their receivers", () =>
    Outbox.check(carrier, { kind: "backup", name: "C:/", body: () => Stream.empty }))

  it.effect("refuses a text over 16 MiB on every wire, counted in bytes", () =>
    Effect.gen(function*() {
      expect(textBytes).toBe(16 * 1024 * 1024)
      yield* Outbox.check(carrier, Outbox.textEnvelope("x".repeat(textBytes)))
      const error = yield* Effect.flip(Outbox.check(carrier, Outbox.textEnvelope("ž".repeat(textBytes / 2 + 1))))
      expect(error).toMatchObject({ _tag: "SessionError", reason: "Unsupported", detail: "TextTooLong" })
      expect(error.message).toMatch(/^a text has at most 16777216 bytes, not 16777218; send it as a file$/)
    }))
})

describe("a file whose name every inbox refuses", () => {
  it.effect("is not given to the session (T5)", () =>
    Effect.gen(function*() {
      const used: Array<PropertyKey> = []
      const session = new Proxy({} as Session, {
        get: (_, key) => {
          used.push(key)
          return () => ({ host: "192.0.2.7", port: 4040 })
        }
      })
      const error = yield* Effect.flip(Outbox.sendFile(session, fileCalled("a:b")))
      expect(error).toMatchObject({ _tag: "SessionError", detail: "UnsafeName", peer: "192.0.2.7:4040" })
      expect(new Set(used)).toEqual(new Set(["peer"]))
    }))
})
