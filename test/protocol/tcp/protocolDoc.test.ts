/** Checks the tcp part of docs/PROTOCOL.md against the code: its worked bytes, its limits, and the sections that are cited. */
import { readdirSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import * as HandshakeLimits from "../../../src/protocol/flock/handshake/HandshakeLimits.ts"
import * as Frame from "../../../src/protocol/flock/wire/Frame.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { framed, RecordReader } from "../../../src/protocol/tcp/Records.ts"
import * as TcpLimits from "../../../src/protocol/tcp/TcpLimits.ts"
import { encodeServer } from "../../../src/protocol/tcp/TcpPayload.ts"
import { epochPackets } from "../../../src/security/AeadLimits.ts"
import { recordKeys } from "../../../src/security/RecordKeys.ts"
import {
  firstRecordBytes,
  prologue,
  tcpClientHandshake,
  tcpServerHandshake
} from "../../../src/security/TcpHandshake.ts"
import { parametersOf } from "../../../src/transport/tcp/TcpOptions.ts"
import { filled, withEphemeral } from "../../security/noiseParties.ts"
import { bytesIn, document, isBytes, root, rows, sectionOf, tcpDocument, textOf } from "../flock/document.ts"
import { bytesOf, toHex } from "../flock/frames.ts"

const section = sectionOf(tcpDocument)
const worked = section("8")
const hex = (cell: string): string => toHex(bytesIn(cell))
const flat = tcpDocument.replaceAll(/\s+/g, " ")

const ping = bytesOf({ _tag: "Ping" })
const ack = bytesOf({ _tag: "Ack", delayMicros: 0, ranges: [0, 0] })

/** The bytes of a session with the keys of the document, by the names that it gives them. */
const session = (psk: Uint8Array | undefined): Readonly<Record<string, string>> => {
  const parameters = parametersOf({})
  const side = (local: number, ephemeral: number) => ({
    crypto: withEphemeral(nodeCrypto, filled(ephemeral)),
    local: nodeCrypto.keyPair(filled(local)),
    psk,
    parameters
  })
  const client = tcpClientHandshake({ ...side(1, 3), isIdentity: false })
  const server = tcpServerHandshake({ ...side(2, 4), nextKey: undefined }, client.first)
  const answer = server === undefined ? undefined : client.read(server.second)
  const accepted = answer?.accept()
  const agreed = accepted === undefined ? undefined : server?.read(accepted.last)?.agreement
  if (server === undefined || accepted === undefined || agreed === undefined) throw new Error("no session")
  const wire = (record: Uint8Array): string => toHex(framed(record))
  return {
    "record 1": wire(client.first),
    "record 2": wire(server.second),
    "record 3": wire(accepted.last),
    "channel binding": toHex(agreed.channelBinding),
    "PING of the client": wire(accepted.agreement.protection.seal(ping)),
    "ACK of the server": wire(agreed.protection.seal(ack))
  }
}

describe("the worked bytes of tcp", () => {
  it.each([["none", undefined], ["shared", filled(7)]] as const)(
    "are those of the code with the key %s",
    (name, psk) => {
      const found = rows(worked, 3).flatMap(([key, value = "", bytes = ""]) =>
        key === name && isBytes(bytes) ? [[value, hex(bytes)]] : []
      )
      expect(Object.fromEntries(found)).toEqual(session(psk))
    }
  )

  it("have the payload and the frames that the text says", () => {
    const quoted = Array.from(
      worked.replaceAll("\n", " ").matchAll(/`([0-9a-f][0-9a-f ]+)`/g),
      ([, bytes = ""]) => hex(bytes)
    )
    expect(quoted).toEqual(expect.arrayContaining([
      toHex(encodeServer(undefined, parametersOf({}))),
      toHex(ping),
      toHex(ack)
    ]))
    expect(Frame.readAll(ack, 0, ack.length)).toHaveLength(1)
  })

  it("have the first record of a key, its last one, and the one after REKEY", () => {
    const found = rows(worked, 2).filter(([number = ""]) => /^\d+$/.test(number))
    const numbers = [0, epochPackets - 1, epochPackets]
    // The records between are counted, and not encrypted.
    const encrypt: typeof nodeCrypto.encrypt = (key, nonce, data, text) =>
      nonce !== "rekey" && nonce > 0 && nonce < epochPackets - 1 ? data : nodeCrypto.encrypt(key, nonce, data, text)
    const keys = recordKeys({ crypto: { ...nodeCrypto, encrypt }, sealKey: filled(9), openKey: filled(9) })
    const sealed: Array<[string, string]> = []
    for (let number = 0; number <= epochPackets; number++) {
      const record = keys.seal(ping)
      if (numbers.includes(number)) sealed.push([String(number), toHex(framed(record))])
    }
    expect(found.map(([number = "", bytes = ""]) => [number, hex(bytes)])).toEqual(sealed)
  })
})

describe("the numbers of tcp", () => {
  const constants = rows(section("7"), 3).filter(([, value = ""]) => /^\d+$/.test(value))

  it("are in a table of all limits", () => {
    expect(constants.map(([name = "", value]) => [name, Number(value)])).toEqual(Object.entries(TcpLimits).toSorted())
  })

  it("are those of the text", () => {
    const kib = 1024
    const handshake = section("3")
    const messages = [firstRecordBytes(undefined), firstRecordBytes(filled(7))]
    expect(messages).toEqual([32, 48 + 16])
    expect(handshake).toContain("an empty payload: 32; with a pre-shared key 48, and a gate of 16")
    expect(handshake).toContain(`\`${new TextDecoder().decode(prologue)}\``)
    expect(flat).toContain(`the nine bytes \`holub tcp\``)
    expect(prologue.length).toBe(9)
    const texts = [
      `0 to ${TcpLimits.recordBytes.toLocaleString("en")}`,
      `no record of more than ${TcpLimits.handshakeRecordBytes.toLocaleString("en")} bytes`,
      `${TcpLimits.ackBytes / kib} KiB of records`,
      `within ${Limits.ackDelayMillis} ms`,
      `at most ${TcpLimits.unacknowledgedBytes / kib / kib} MiB or ${
        TcpLimits.unacknowledgedRecords.toLocaleString("en")
      } records`,
      `after ${TcpLimits.closingMillis / 1000} s without that`,
      `a multiple of 2²⁰`,
      `may take ${HandshakeLimits.halfOpenMillis / 1000} s`,
      `waits for ${Limits.handshakeMillis / 1000} s`,
      `at most ${HandshakeLimits.halfOpen.toLocaleString("en")} handshakes`,
      `begins ${HandshakeLimits.handshakesPerSecond} a second`,
      `${HandshakeLimits.sourceHandshakesPerSecond} a second after the first ${HandshakeLimits.sourceHandshakes}`,
      `is ${Limits.serverIdleTimeouts} times the one`
    ]
    expect(texts.filter((text) => !flat.includes(text))).toEqual([])
    expect([epochPackets, Limits.keepAlivesPerIdle]).toEqual([2 ** 20, 3])
  })

  it("of parameters are those that are sent", () => {
    const sent = new Set(Object.keys(parametersOf({})))
    const numbers = rows(sectionOf(document)("3.4"), 6).flatMap(([number = "", name = ""]) =>
      sent.has(name) ? [number] : []
    )
    expect(flat).toContain(`numbers ${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)} are sent`)
    expect(numbers.length).toBe(sent.size)
  })

  it("of a record of another protocol are too long for a handshake", () => {
    const reader = new RecordReader(TcpLimits.handshakeRecordBytes)
    reader.push(new TextEncoder().encode("GE"))
    expect([reader.take(), reader.isTooLong]).toEqual([undefined, true])
  })
})

describe("a section of tcp", () => {
  const headings = Array.from(tcpDocument.matchAll(/^#+ §(\d+(?:\.\d+)*) /gm), ([, number]) => Number(number))

  it("has its number, in order", () => {
    expect(headings).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  })

  it("that a source cites exists", () => {
    const cited = readdirSync(new URL("src/", root), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".ts"))
      .flatMap((path) => Array.from(textOf(`src/${path}`).matchAll(/tcp §(\d+)/g), ([, number]) => Number(number)))
    expect(cited.length).toBeGreaterThan(3)
    expect(cited.filter((number) => !headings.includes(number))).toEqual([])
  })
})
