import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as TestClock from "effect/TestClock"
import * as HostKeys from "../../../src/node/security/HostKeys.ts"
import * as KeyFile from "../../../src/node/security/KeyFile.ts"
import * as NodeKeyring from "../../../src/node/security/NodeKeyring.ts"
import { Keyring } from "../../../src/security/Keyring.ts"
import { encode } from "../../../src/security/KeyText.ts"
import * as cryptography from "../../security/hashing.ts"
import { hashing, keyOf } from "../../security/hashing.ts"
import { keyFolder, tools } from "./keyFolder.ts"

const place = { host: "Server.example", port: 4040 }
const here = { host: "127.0.0.1", port: 4040 }
const text = (byte: number): string => encode(hashing, keyOf(byte))

describe("keys in files", () => {
  it.scoped("are a layer over the cryptography of the platform", () =>
    Effect.gen(function*() {
      const { names, root } = yield* keyFolder
      const layer = Layer.provide(NodeKeyring.layer({ directory: root }), cryptography.layer)
      const { publicKey } = yield* Effect.flatMap(Keyring, ({ host }) => host).pipe(Effect.provide(layer))
      expect([publicKey.length, names()]).toEqual([32, ["host.key"]])
    }))

  it.scoped("are made by a server, and not by a client", () =>
    Effect.gen(function*() {
      const { names, root } = yield* keyFolder
      const keyring = yield* NodeKeyring.make(tools, { directory: root })
      expect(yield* keyring.expected(here)).toEqual({ keys: [], others: "ask" })
      expect([yield* keyring.identity, yield* keyring.allowed, names()]).toEqual([undefined, undefined, []])
      const { publicKey } = yield* keyring.host
      expect([names(), yield* keyring.nextHostKey]).toEqual([["host.key"], undefined])
      expect((yield* keyring.expected(here)).keys).toEqual([publicKey])
    }))

  it.scoped("of a server that runs stay as they were at its start", () =>
    Effect.gen(function*() {
      const { at, root } = yield* keyFolder
      const keyring = yield* NodeKeyring.make(tools, { directory: root })
      const { next } = yield* HostKeys.rotate(tools, at("host.key"))
      const { publicKey } = yield* keyring.host
      yield* TestClock.adjust("31 days")
      expect([(yield* keyring.host).publicKey, yield* keyring.nextHostKey]).toEqual([
        publicKey,
        next?.keyPair.publicKey
      ])
      const restarted = yield* NodeKeyring.make(tools, { directory: root })
      expect((yield* restarted.host).publicKey).toEqual(next?.keyPair.publicKey)
    }))

  it.scoped("remember a server by the name that was typed, with the time and the next key", () =>
    Effect.gen(function*() {
      const { root, text: textOf } = yield* keyFolder
      const keyring = yield* NodeKeyring.make(tools, { directory: root, acceptNew: true })
      expect((yield* keyring.expected(place)).others).toBe("accept")
      yield* TestClock.setTime(Date.UTC(2026, 10, 30, 14, 5, 6))
      yield* keyring.learn(place, { key: keyOf(1), next: keyOf(2) })
      expect(textOf("known_hosts")).toBe(`server.example:4040 ${text(1)} 2026-11-30T14:05:06Z ${text(2)}\n`)
      expect(yield* keyring.expected(place)).toEqual({ keys: [keyOf(1), keyOf(2)], others: "refuse" })
      yield* keyring.learn(place, { key: keyOf(2), next: undefined })
      expect(yield* keyring.expected(place)).toEqual({ keys: [keyOf(2)], others: "refuse" })
    }))

  it.scoped("trust the own host key on this machine, do not store it, and read it with the same care", () =>
    Effect.gen(function*() {
      const { at, names, root, write } = yield* keyFolder
      const { host, next } = yield* HostKeys.rotate(tools, at("host.key"))
      const keyring = yield* NodeKeyring.make(tools, { directory: root })
      expect((yield* keyring.expected(here)).keys).toEqual([host.publicKey, next?.keyPair.publicKey])
      expect((yield* keyring.expected(place)).keys).toEqual([])
      yield* keyring.learn(here, { key: host.publicKey, next: undefined })
      expect(names()).toEqual(["host.key", "host.key.next"])
      write("host.key", "", 0o644)
      expect((yield* Effect.flip(keyring.expected(here))).message).toContain("chmod 600")
    }))

  it.scoped("report lines that cannot be read, keep them, and never take their server for an unknown one", () =>
    Effect.gen(function*() {
      const { at, root, text: textOf, write } = yield* keyFolder
      const damaged = `server.example:4040 ${text(1).slice(0, 40)}`
      write("known_hosts", `# mine\n${damaged}\n`)
      const warnings: Array<string> = []
      const warn = (sentence: string) => Effect.sync(() => warnings.push(sentence))
      const keyring = yield* NodeKeyring.make(tools, { directory: root, acceptNew: true, warn })
      const { message } = yield* Effect.flip(keyring.expected(place))
      const sentence = `line 2 of ${at("known_hosts")} has a key that has 40 characters, not 59`
      expect(message).toBe(
        `${sentence}, so server.example:4040 cannot be trusted; correct the line, or remove it: holub trust remove server.example:4040`
      )
      expect(warnings).toEqual([`${sentence}; it is kept`])
      yield* keyring.learn({ host: "other", port: 1 }, { key: keyOf(3), next: undefined })
      expect(textOf("known_hosts")).toBe(`# mine\n${damaged}\nother:1 ${text(3)} 1970-01-01T00:00:00Z\n`)
    }))

  it.scoped("have an identity if its file exists; one that is named must exist", () =>
    Effect.gen(function*() {
      const { at, root, write } = yield* keyFolder
      const stored = yield* KeyFile.loadOrCreate(tools, at("identity.key"), "the identity")
      const keyring = yield* NodeKeyring.make(tools, { directory: root })
      expect((yield* keyring.identity)?.publicKey).toEqual(stored.keyPair.publicKey)
      const named = yield* NodeKeyring.make(tools, { directory: root, identityFile: at("none") })
      expect((yield* Effect.flip(named.identity)).message).toBe(
        `the identity ${at("none")} does not exist; check the path`
      )
      const allowedFile = write("allowed", text(5))
      const admits = yield* (yield* NodeKeyring.make(tools, { directory: root, allowedFile })).allowed
      expect([admits?.(keyOf(5)), admits?.(keyOf(6))]).toEqual([true, false])
    }))
})
