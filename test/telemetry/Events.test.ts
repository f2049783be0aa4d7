import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { AppEvent } from "../../src/telemetry/AppEvents.ts"
import * as Events from "../../src/telemetry/Events.ts"

const decode = Schema.decodeUnknownEither(Events.Event)
const isEvent = (fields: object): boolean =>
  Either.isRight(decode({ v: 1, time: "2026-01-02T03:04:05.678Z", ...fields }))

const message = { id: "1", peer: "192.0.2.7:50000", fragments: 3, fragmentSize: 1458 }
const finished = { size: 2500, sha256: "ab".repeat(32), durationMillis: 200, rateBitsPerSecond: 100_000 }
const file = { kind: "file", name: "a.txt" }
const received = { type: "received", ...message, ...finished, payloadSize: 1445, damaged: 0, damagedNumbers: [] }
const receivedFile = { ...received, ...file, path: "/in/a.txt", duplicates: 0 }
const receivedText = { ...received, kind: "text", text: "ahoj", duplicates: 0 }
const sent = {
  type: "sent",
  ...message,
  ...file,
  ...finished,
  retransmissions: 2,
  repeatedNumbers: [1],
  damaged: 1,
  damagedNumbers: [1],
  confirmed: true
}
const noise = { type: "frame", direction: "received", peer: "192.0.2.7:4040", valid: false, bytes: 3 }
const header = { sequenceNumber: 1, fragmentCount: 2, fragmentSize: 17, frameType: "DAT", crc: "0a1b2c3d" }

const dataPacket = { ...noise, packetType: "DATA", packetNumber: 3, valid: true }
const streamFrame = { frameType: "STREAM", streamId: 2, offset: 10, length: 4, fin: true }

const examples: ReadonlyArray<{ readonly type: string }> = [
  { type: "listening", host: "127.0.0.1", port: 4040, wire: "classic", dir: "/in" },
  { type: "listening", host: "::1", port: 1, wire: "flock", key: "hk1a", words: "a b", psk: true, dir: "/in" },
  { type: "connected", peer: "192.0.2.7:1" },
  { type: "connected", peer: "192.0.2.7:1", key: "hk1a", trusted: false },
  { type: "disconnected", peer: "192.0.2.7:1", reason: "lost" },
  { type: "disconnected", peer: "192.0.2.7:1", reason: "tooLarge" },
  { type: "started", ...message, ...file, size: 5 },
  { type: "started", ...message, kind: "text" },
  { type: "progress", id: "1", bytes: 0, rateBitsPerSecond: 0 },
  { type: "progress", id: "1", bytes: 0, size: 7, rateBitsPerSecond: 0 },
  receivedFile,
  receivedText,
  { ...receivedText, text: undefined },
  sent,
  { ...sent, path: "/a.txt" },
  noise,
  { ...noise, ...header, valid: true, payload: "data" },
  { ...noise, packetType: "HELLO", valid: true },
  { ...dataPacket, frames: [{ ...streamFrame, payload: "ahoj" }, { frameType: "CLOSE", code: 0, reason: "" }] },
  { ...dataPacket, frames: [{ frameType: "ACK", delayMicros: 5, ranges: [[7, 9], [1, 2]] }] },
  { ...dataPacket, valid: false },
  { type: "dropped", wire: "flock", durationMillis: 10_000, total: 3, reasons: { malformed: 3 } },
  { type: "warning", code: "FramesLeftOut", message: "3 frames" },
  { type: "error", code: "Declined", exitCode: 6, message: "refused", hint: "ask" },
  { type: "removed", path: "/in/.part", size: 3, ageMillis: 4 },
  { type: "leftover", path: "/in/.part", size: 3, ageMillis: 4 },
  { type: "setting", name: "port", value: "4040", origin: "default" },
  { type: "installed", shell: "bash", path: "/completions/holub" },
  { type: "key", kind: "nextHost", key: "hk1a", words: "a b", path: "/host.key.next", from: "2026-12-30T14:00:00Z" },
  { type: "known", server: "h:1", key: "hk1a", words: "a b", firstSeen: "2026-11-30T14:00:00Z", next: "hk1b" },
  { type: "forgotten", server: "h:1" },
  { type: "account", name: "ala", created: "2026-11-30T14:00:00Z", password: true, keys: ["hk1a"] },
  { type: "accountForgotten", name: "ala" },
  { type: "invitation", invitation: "hi1a", expires: "2026-12-07T14:00:00Z" },
  { type: "posted", room: "hall", origin: "alpha~0a", seq: 1 },
  {
    type: "event",
    room: "hall",
    origin: "alpha~0a",
    seq: 2,
    clock: 2,
    at: "2026-11-30T14:00:00.000Z",
    author: "ala@alpha",
    kind: "said",
    re: { origin: "alpha~0a", seq: 1 },
    body: { text: "yes" }
  },
  { type: "linked", server: "beta" },
  { type: "unlinked", server: "beta", isFinal: false, message: "lost" },
  { type: "link", server: "beta", address: "192.0.2.7:4040", key: "hk1a" },
  { type: "notAllowed", peer: "192.0.2.7:1", key: "hk1a" },
  { type: "start", version: "0.1.0", command: "serve", pid: 1 },
  { type: "stop", exitCode: 0 }
].map((example) => JSON.parse(JSON.stringify(example)))

describe("the events", () => {
  it.each(examples.map((example) => [example.type, example] as const))("%s match their Schema", (_, example) => {
    expect(isEvent(example)).toBe(true)
  })

  it("have an example of every type that is not about an app", () => {
    expect(new Set(examples.map(({ type }) => type)).size).toBe(Events.Event.members.length - AppEvent.members.length)
  })

  it("are exact: no extra field, no missing field, no null and no fraction", () => {
    for (const example of examples) {
      expect([example, isEvent({ ...example, more: 1 })]).toEqual([example, false])
      for (const [field, value] of Object.entries(example)) {
        expect([field, example, isEvent({ ...example, [field]: null })]).toEqual([field, example, false])
        if (typeof value !== "number") continue
        expect([field, isEvent({ ...example, [field]: value + 0.5 })]).toEqual([field, false])
        expect([field, isEvent({ ...example, [field]: -1 })]).toEqual([field, false])
      }
    }
    for (const v of [0, 2, "1"]) expect(isEvent({ ...examples[0], v })).toBe(false)
    for (const time of ["", "2026-01-02", "2026-01-02T03:04:05.678+00:00"]) {
      expect(isEvent({ ...examples[0], time })).toBe(false)
    }
  })

  it.each<[string, object]>([
    ["a type that there is not", { type: "lost" }],
    ["a reason that there is not", { type: "disconnected", peer: "h:1", reason: "constructor" }],
    ["a text with a name", { type: "started", ...message, kind: "text", name: "a" }],
    ["a file without a name", { type: "started", ...message, kind: "file" }],
    ["a received file without a path", JSON.parse(JSON.stringify({ ...receivedFile, path: undefined }))],
    ["a received text with a path", { ...receivedText, path: "/in/a" }],
    ["a received file with a text", { ...receivedFile, text: "ahoj" }],
    ["a hash in capitals", { ...sent, sha256: "AB".repeat(32) }],
    ["a frame of which a part is known", { ...noise, frameType: "DAT" }],
    ["a valid frame that is none", { ...noise, valid: true }],
    ["a frame that is none and carries something", { ...noise, payload: "" }],
    ["a packet that is a frame too", { ...noise, ...header, packetType: "HELLO" }],
    ["DATA that is valid without frames", dataPacket],
    ["DATA that is not valid with frames", { ...dataPacket, valid: false, frames: [] }],
    ["a handshake with a number", { ...noise, packetType: "HELLO", packetNumber: 3, valid: true }],
    ["a frame in a packet that there is not", { ...dataPacket, frames: [{ frameType: "PADDING" }] }],
    ["more than a frame in a packet has", { ...dataPacket, frames: [{ ...streamFrame, more: 1 }] }],
    ["a range without its end", { ...dataPacket, frames: [{ frameType: "ACK", delayMicros: 0, ranges: [[1]] }] }]
  ])("refuse %s", (_, event) => {
    expect(isEvent(event)).toBe(false)
  })
})

it("their Schemas are not loaded by the program: only their types are", () => {
  const root = join(import.meta.dirname, "../../src")
  const loaders = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && name !== "index.ts")
    .filter((name) =>
      /^(?:import|export)(?! type)[^;"]*from "[./]*\/Events\.ts"/m.test(readFileSync(join(root, name), "utf8"))
    )
  expect(loaders).toEqual([])
})
