/** Checks the part "Conversations" of docs/PROTOCOL.md against the code: its limits, its tables, its example, and what the sources cite. */
import * as Either from "effect/Either"
import { readdirSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { canonicalJson } from "../../../src/protocol/conversation/CanonicalJson.ts"
import * as ClientLimits from "../../../src/protocol/conversation/client/ClientLimits.ts"
import { ClientMessage } from "../../../src/protocol/conversation/client/ClientMessage.ts"
import { messageTypes } from "../../../src/protocol/conversation/client/ServerMessage.ts"
import * as Limits from "../../../src/protocol/conversation/ConversationLimits.ts"
import { Event } from "../../../src/protocol/conversation/Event.ts"
import { bodies } from "../../../src/protocol/conversation/EventBody.ts"
import { StopReason } from "../../../src/protocol/conversation/LinkMessage.ts"
import { decodeEvent, forgeryOf, signedEvent } from "../../../src/protocol/conversation/SignedEvent.ts"
import { rows, sectionOf, textOf } from "../flock/document.ts"
import { checks, signerOf } from "./ed25519.ts"

const [, part = ""] = textOf("docs/PROTOCOL.md").split("\n# Conversations\n")
const section = sectionOf(part)
const flat = part.replaceAll(/\s+/g, " ")
const firstCells = (number: string, cells: number): ReadonlyArray<string> =>
  rows(section(number), cells).map(([cell = ""]) => cell).filter((cell) =>
    !/^(?:-+|constant|kind|field|t|reason)$/.test(cell)
  )

describe("the limits of conversations", () => {
  it("are in a table", () => {
    const constants = rows(section("9"), 3).filter(([, value = ""]) => /^\d+$/.test(value))
    expect(constants.map(([name = "", value]) => [name, Number(value)])).toEqual(Object.entries(Limits).toSorted())
  })

  it("of clients are in a table", () => {
    const constants = rows(section("11"), 3).filter(([, value = ""]) => /^\d+$/.test(value))
    const limits = Object.entries(ClientLimits).toSorted(([one], [other]) => one < other ? -1 : 1)
    expect(constants.map(([name = "", value]) => [name, Number(value)])).toEqual(limits)
  })

  it("are those of the text", () => {
    const kib = 1024
    const texts = [
      `at most ${Limits.bodyDepth} levels`,
      `1 to ${Limits.serverNameUnits} characters`,
      `at most ${Limits.nameUnits} UTF-16 code units`,
      `at most 2⁴⁰`,
      `at most 2⁴⁸`,
      `at most ${Limits.bodyBytes / kib} KiB of canonical JSON`,
      `a text of 1 byte to ${Limits.textBytes / kib} KiB`,
      `a sign of at most ${Limits.reactionBytes} bytes`,
      `up to ${Limits.namedServers} servers`,
      `more than 2²² above`,
      `the ${Limits.serverOrigins.toLocaleString("en")} of its server or the ${
        Limits.roomOrigins.toLocaleString("en")
      } of the room`,
      `at most ${Limits.linkMessageBytes.toLocaleString("en")} bytes`,
      `at most ${Limits.messageOrigins} |`,
      `${Limits.quietMillis} ms after the last event, and for all rooms every ${Limits.haveMillis / 1000} s`,
      `may take ${Limits.greetingMillis / 1000} s`,
      `more than ${Limits.linkRooms.toLocaleString("en")} rooms or ${Limits.linkOrigins.toLocaleString("en")} origins`,
      `again every ${Limits.renewalMillis / 1000} s`,
      `${Limits.leaseMillis / 1000} s after the last message`
    ]
    expect(texts.filter((text) => !flat.includes(text))).toEqual([])
    expect([Limits.maxSeq, Limits.maxClock, Limits.clockStep]).toEqual([2 ** 40, 2 ** 48, 2 ** 22])
  })
})

describe("the tables of conversations", () => {
  it("have all fields of an event", () => {
    const fields = firstCells("2", 2).flatMap((cell) => cell.split(", "))
    expect(fields.toSorted()).toEqual(Object.keys(Event.fields).toSorted())
  })

  it("have all kinds, and the fields of their bodies", () => {
    const kinds = rows(section("3"), 3).slice(2).map(([kind, fields = ""]) => [
      kind,
      fields === "any" ? [] : fields.split(", ").filter(Boolean).map((field) => field.replace("?", ""))
    ])
    expect(kinds).toEqual(Object.entries(bodies).map(([kind, body]) => [kind, Object.keys(body.fields)]))
  })

  it("have all messages and reasons", () => {
    expect(firstCells("6", 3)).toEqual(["hello", "have", "ready", "event", "seen", "presence", "stop"])
    const all = firstCells("11", 3).filter((cell) => !Object.hasOwn(ClientLimits, cell) || cell === "rooms")
    const ofClients = ClientMessage.members.map(({ fields }) => fields.t.literals[0])
    expect(all).toEqual([...ofClients, ...messageTypes, "rooms"])
    expect(firstCells("7", 3).toSorted()).toEqual([...StopReason.literals].toSorted())
  })
})

describe("the worked example of conversations", () => {
  const [event = "", body = ""] = Array.from(section("10").matchAll(/```json\n(.+)\n```/g), ([, text = ""]) => text)

  it("is the event of the code", () => {
    const draft = {
      room: "hall",
      time: 1_790_000_000_000,
      author: "ala@alpha.example",
      device: "d1",
      n: 7,
      kind: "said",
      body: JSON.parse(body) as { text: string }
    }
    const made = signedEvent(signerOf("alpha.example", 1), draft, { seq: 1, clock: 4 }, new Uint8Array(16).fill(9))
    expect(canonicalJson(made)).toBe(event)
    expect(canonicalJson(made.body)).toBe(body)
  })

  it("is one that a server accepts", () => {
    const decoded = Either.getOrThrow(decodeEvent(JSON.parse(event)))
    expect(forgeryOf(checks, decoded)).toBeUndefined()
  })
})

describe("a section of conversations", () => {
  it("that a source cites exists", () => {
    const folder = new URL("../../../src/protocol/conversation/", import.meta.url)
    const headings = Array.from(part.matchAll(/^## §(\d+) /gm), ([, number]) => Number(number))
    expect(headings).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
    const cited = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"))
      .flatMap((file) =>
        Array.from(
          textOf(`src/protocol/conversation/${file}`).replaceAll(/\n \* /g, " ").matchAll(/conversations §(\d+)/g),
          ([, number]) => Number(number)
        )
      )
    expect(cited.length).toBeGreaterThan(5)
    expect(cited.filter((number) => !headings.includes(number))).toEqual([])
  })
})
