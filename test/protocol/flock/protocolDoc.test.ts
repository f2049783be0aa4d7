/** Checks the flock part of docs/PROTOCOL.md against the code: its examples, its constants, and the sections that the code cites. */
import { readdirSync } from "node:fs"
import { crc32 } from "node:zlib"
import { describe, expect, it } from "vitest"
import { closeCode } from "../../../src/protocol/flock/CloseCode.ts"
import * as HandshakeLimits from "../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import {
  hello,
  hello2,
  hello3,
  maxMessageBytes,
  read,
  requestOf,
  retry,
  tokenBytes
} from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { crcProtection } from "../../../src/protocol/flock/handshake/Protection.ts"
import * as Frame from "../../../src/protocol/flock/wire/Frame.ts"
import * as Packet from "../../../src/protocol/flock/wire/Packet.ts"
import { decode, type TransportParameters } from "../../../src/protocol/flock/wire/TransportParameters.ts"
import { write as writeVarint } from "../../../src/protocol/flock/wire/Varint.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import * as AeadLimits from "../../../src/security/AeadLimits.ts"
import * as FlockLimits from "../../../src/transport/flock/FlockLimits.ts"
import * as StreamLimits from "../../../src/transport/streams/StreamLimits.ts"
import { bytesIn, document, isBytes, root, rows, section, textOf } from "./document.ts"
import { bytesOf, dataPacket, meaningOf, toHex } from "./frames.ts"
import { clientPayload, parameters, serverPayload, versionsOf } from "./handshakes.ts"

/** The only packet of a datagram, decoded by a receiver that expects packet number `expected`; undefined when it is dropped. */
const framesIn = (bytes: Uint8Array, expected: number) => {
  const protection = crcProtection(crc32)
  const end = Packet.endOf(bytes, 0, bytes.length) ?? 0
  const framesEnd = end - protection.tagBytes
  if (Packet.formAt(bytes, 0) !== Packet.form.data || framesEnd < Packet.dataHeaderBytes) return undefined
  const packetNumber = Packet.numberOf(bytes, 0, expected)
  if (!protection.open(bytes, 0, Packet.dataHeaderBytes, framesEnd, packetNumber, 0, 0)) return undefined
  const frames = Frame.readAll(bytes, Packet.dataHeaderBytes, framesEnd)
  return { id: Packet.connectionIdOf(bytes, 0), packetNumber, frames: frames?.map(meaningOf) }
}

const clientId = 0x1122_3344_5566
const serverId = 0xa1_a2_a3_a4_a5_a6

describe("a packet of §12.1", () => {
  const examples = rows(section("12.1"), 3).filter(([, bytes]) => isBytes(bytes))
  const [first, second, third, fourth, fifth, ...data] = examples.map(([, bytes = ""]) => bytes)

  it("covers every form", () => {
    expect(new Set(examples.map(([name]) => name))).toEqual(
      new Set(["HELLO", "HELLO2", "HELLO3", "RETRY", "VERSION", "DATA"])
    )
  })

  it("of the handshake has the encoded bytes", () => {
    const written = [
      hello(crc32, requestOf(clientId, "crc"), new Uint8Array(0)),
      hello2(crc32, clientId, serverId, serverPayload(serverId)),
      hello3(crc32, serverId, clientPayload()),
      retry(crc32, clientId, Uint8Array.from({ length: tokenBytes }, (_, at) => at)),
      versionsOf(clientId)
    ]
    expect([first, second, third, fourth, fifth].map((cell = "") => toHex(bytesIn(cell)))).toEqual(written.map(toHex))
    const found = written.map((bytes) => read(crc32, bytes, 0, bytes.length)?.form)
    expect(found).toEqual([
      Packet.form.hello,
      Packet.form.hello2,
      Packet.form.hello3,
      Packet.form.retry,
      Packet.form.version
    ])
  })

  it("of DATA has the described content", () => {
    const expected = [
      { id: serverId, packetNumber: 0, frames: [{ _tag: "Ping" }] },
      { id: clientId, packetNumber: 0, frames: [{ _tag: "Ack", delayMicros: 377, ranges: [0, 0] }] },
      {
        id: serverId,
        packetNumber: 1,
        frames: [{ _tag: "Stream", id: 0, offset: 0, isLast: true, data: toHex(Buffer.from("hello")) }]
      },
      { id: serverId, packetNumber: 2 ** 32 + 2, frames: [{ _tag: "Ping" }] }
    ]
    expect(data.map((cell, index) => framesIn(bytesIn(cell), expected[index]?.packetNumber ?? 0))).toEqual(expected)
    for (const cell of data) {
      const bytes = bytesIn(cell)
      const again = dataPacket(Packet.connectionIdOf(bytes, 0), Packet.lowNumberOf(bytes, 0), bytes.slice(15, -4))
      expect(toHex(again)).toBe(toHex(bytes))
    }
  })

  it("has the parameters that are listed", () => {
    const expected = Array.from(
      section("12.1").replaceAll("\n", " ").matchAll(/([a-z]\w+[A-Z]\w*) (\d+)(?=[,.])/g),
      ([, name, value]) => [name, Number(value)]
    )
    expect(Object.fromEntries(expected)).toEqual(parameters)
  })
})

describe("a frame of §12.2", () => {
  const examples = rows(section("12.2"), 3).filter(([, bytes]) => isBytes(bytes)).map(
    ([name = "", bytes = "", fields = ""]) => ({ name, bytes, fields })
  )
  const nameOf = (type: string): string => type.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()
  const cellOf = (value: unknown): string => Array.isArray(value) ? value.join(" ") : String(value)

  it("covers every type", () => {
    const types = rows(section("4"), 5).map(([, name]) => name).filter((name) => /^[A-Z_]+$/.test(name ?? ""))
    expect(new Set(["PADDING", ...examples.map(({ name }) => name)])).toEqual(new Set(types))
  })

  it.each(examples)("has the described fields: $bytes", ({ bytes, fields, name }) => {
    const whole = bytesIn(bytes)
    const [frame, ...more] = Frame.readAll(whole, 0, whole.length) ?? []
    if (frame === undefined) throw new Error("no frame")
    const expected = Object.entries(meaningOf(frame) as object).filter(([key]) => key !== "_tag")
    expect(more).toEqual([])
    expect(nameOf(frame._tag)).toBe(name)
    expect(expected.map(([key, value]) => `${key} ${cellOf(value)}`.trim()).join(", ") || "–").toBe(fields)
    expect(toHex(bytesOf(frame))).toBe(toHex(whole))
  })

  it("has the type of §4, and is ack-eliciting as there", () => {
    for (const [types = "", name = "", , elicits] of rows(section("4"), 5).filter(([cell]) => cell?.startsWith("0x"))) {
      const example = examples.find((each) => each.name === name)
      if (example === undefined) continue
      const whole = bytesIn(example.bytes)
      const [frame] = Frame.readAll(whole, 0, whole.length) ?? []
      expect(types.split(", ")).toContain(`0x${toHex(whole.subarray(0, 1))}`)
      expect(frame !== undefined && Frame.isAckEliciting(frame)).toBe(elicits === "yes")
    }
  })
})

describe("an example of §12.3", () => {
  const [frames = [], packets = []] = section("12.3").split("Packets that are dropped").map((text) =>
    rows(text, 2).filter(([bytes]) => isBytes(bytes)).map(([bytes = "", why = ""]) => ({ bytes, why }))
  )

  it.each(frames)("is a malformed frame: $why", ({ bytes }) => {
    const whole = bytesIn(bytes)
    expect(Frame.readAll(whole, 0, whole.length)).toBeUndefined()
  })

  it.each(packets)("is a dropped packet: $why", ({ bytes }) => {
    const whole = bytesIn(bytes)
    expect(whole.length).toBeGreaterThan(Packet.headerBytes + 4)
    expect([framesIn(whole, 0), read(crc32, whole, 0, whole.length)]).toEqual([undefined, undefined])
  })
})

describe("a table", () => {
  it("of forms is equal to the code", () => {
    const expected = rows(section("2.2"), 4).flatMap(([value = "", name = ""]) =>
      value.startsWith("0x") ? [[name.toLowerCase(), Number(value)]] : []
    )
    expect(Object.fromEntries(expected)).toEqual(Packet.form)
  })

  it("of codes is equal to the code", () => {
    const expected = rows(section("4.11"), 3).flatMap(([value = "", name = ""]) =>
      value.startsWith("0x") ? [[name, Number(value)]] : []
    )
    expect(Object.fromEntries(expected)).toEqual(closeCode)
  })

  const expected = rows(section("3.4"), 6).filter(([number = ""]) => /^\d+$/.test(number))

  it.each(expected)(
    "of parameters has their number, default and bounds: %s %s",
    (number, name, _, otherwise, ...bounds) => {
      const [least, most] = bounds.map(Number)
      const withOnly = (value: number): TransportParameters | undefined => {
        const bytes = new Uint8Array(16)
        return decode(bytes.subarray(0, writeVarint(bytes, writeVarint(bytes, 0, Number(number)), value)))
      }
      expect(decode(new Uint8Array(0))).toMatchObject({ [name ?? ""]: Number(otherwise) })
      for (const value of [least ?? 0, most ?? 0]) expect(withOnly(value)).toMatchObject({ [name ?? ""]: value })
      if (least !== undefined && least > 0) expect(withOnly(least - 1)).toBeUndefined()
      if (most !== undefined && most < Number.MAX_SAFE_INTEGER) expect(withOnly(most + 1)).toBeUndefined()
    }
  )

  const limits: Readonly<Record<string, unknown>> = {
    ...Limits,
    ...HandshakeLimits,
    ...FlockLimits,
    ...StreamLimits,
    ...AeadLimits
  }
  const constants = rows(section("11"), 3).filter(([, value = ""]) => /^\d+$/.test(value))

  it.each(constants)("of limits has the value of %s", (name = "", value) => {
    expect(limits[name]).toBe(Number(value))
  })

  it("of limits contains all that the core uses", () => {
    const used = sourcesOf("src/protocol/flock/").flatMap(({ text }) =>
      Array.from(text.matchAll(/(?<!\/)\b(?:Handshake)?Limits\.(\w+)/g), ([, name]) => name)
    )
    const listed = new Set(constants.map(([name]) => name))
    expect(used.filter((name) => !listed.has(name))).toEqual([])
  })

  it("of limits contains all of handshakes, of the driver, and of the encryption", () => {
    const names = [HandshakeLimits, FlockLimits, StreamLimits, AeadLimits].flatMap((each) => Object.keys(each))
    const listed = new Set(constants.map(([name]) => name))
    expect(names.filter((name) => !listed.has(name))).toEqual([])
  })

  it("of parameters is complete, and the longest message is correct", () => {
    expect(expected.map(([, name]) => name)).toEqual(Object.keys(parameters))
    expect(section("3.3")).toContain(`at most ${maxMessageBytes} bytes`)
  })
})

/** The sources of a folder; line breaks and comment margins are replaced by spaces, so that citations are found across lines. */
const sourcesOf = (folder: string): ReadonlyArray<{ readonly path: string; readonly text: string }> =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => ({ path, text: textOf(`${folder}${path}`).replaceAll(/\s*\n\s*(?:\*|\/\/)?\s*/g, " ") }))

describe("a section", () => {
  const headings = Array.from(document.matchAll(/^#+ §(\d+(?:\.\d+)*) /gm), ([, number]) => number)
  const citations = sourcesOf("src/").flatMap(({ path, text }) =>
    Array.from(text.matchAll(/flock §(\d+(?:\.\d+)*)/g), ([, number]) => ({ path, number }))
  )

  it("is cited somewhere", () => {
    expect(citations.length).toBeGreaterThanOrEqual(5)
  })

  it.each(citations)("that a source cites exists: §$number in $path", ({ number }) => {
    expect(headings).toContain(number)
  })

  it("that this document cites exists", () => {
    const own = document.replaceAll(/RFC \d+ §[\d.]+/g, "")
    for (const [, number] of own.matchAll(/§(\d+(?:\.\d+)*)/g)) expect(headings).toContain(number)
  })

  it("is in the order of its number, once", () => {
    const sorted = headings.toSorted((a = "", b = "") => a.localeCompare(b, "en", { numeric: true }))
    expect(headings).toEqual(sorted)
    expect(new Set(headings).size).toBe(headings.length)
  })
})
