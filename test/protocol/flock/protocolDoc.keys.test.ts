/** Checks the worked bytes of keys in docs/PROTOCOL.md, flock §12.4, against the code and the stored example of the handshake. */
import { crc32 } from "node:zlib"
import { describe, expect, it } from "vitest"
import { cipherObjects } from "../../../src/node/security/CipherObjects.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import { hello, requestOf } from "../../../src/protocol/flock/handshake/HandshakePacket.ts"
import { readId, reset } from "../../../src/protocol/flock/wire/Packet.ts"
import * as AeadLimits from "../../../src/security/AeadLimits.ts"
import { aeadProtection } from "../../../src/security/AeadProtection.ts"
import { resetTokens } from "../../../src/security/ResetKey.ts"
import worked from "../../data/noise-worked.json" with { type: "json" }
import { filled } from "../../security/noiseParties.ts"
import { placesOf, plainPacket } from "../../suites/aeadRoutes.ts"
import { bytesIn, isBytes, rows, section } from "./document.ts"
import { fromHex, toHex } from "./frames.ts"

const text = section("12.4")

/** The inline code of the text, as bytes. */
const quoted = Array.from(text.replaceAll("\n", " ").matchAll(/`([0-9a-f][0-9a-f ()×]+)`/g), ([, bytes = ""]) => bytes)
const hex = (cell: string): string => toHex(bytesIn(cell))

describe.each(worked)("the worked handshake $name of §12.4", (example) => {
  const protection = example.name === "XX" ? "aead" : "aead-psk"
  const found = Object.fromEntries(
    rows(text, 3).flatMap(([name, value = "", bytes = ""]) =>
      name === protection && isBytes(bytes) ? [[value, hex(bytes)]] : []
    )
  )

  it("has the bytes that the tests of the handshake compute", () => {
    const [first = "", second = "", third = ""] = example.messages
    const request = requestOf(0x1122_3344_5566, protection)
    expect(found).toEqual({
      HELLO: toHex(hello(crc32, request, fromHex(first), fromHex(example.gate))),
      ...(protection === "aead-psk" ? { gate: example.gate } : {}),
      prologue: example.prologue,
      "message 1": first,
      "message 2": second,
      "message 3": third,
      "key to the server, epoch 0": example.keys[0],
      "key to the client, epoch 0": example.keys[1],
      "key to the server, epoch 1": example.nextKeys[0],
      "key to the client, epoch 1": example.nextKeys[1],
      "channel binding": example.channelBinding
    })
  })

  it("has the payloads that the text says", () => {
    expect(quoted.map(hex)).toEqual(expect.arrayContaining(example.payloads.filter((payload) => payload !== "")))
  })
})

describe("DATA of §12.4", () => {
  const packets = rows(text, 4).filter(([epoch = ""]) => /^\d+$/.test(epoch))

  it("has a packet of two epochs", () => {
    expect(packets.map(([epoch]) => Number(epoch))).toEqual([0, 1])
  })

  it.each(packets)("has the bytes of epoch %s, number %s", (epoch, number, key = "", packet = "") => {
    const firstKey = packets[0]?.[2] ?? ""
    const sealing = (secret: string, at: number): string => {
      const bytes = plainPacket(at, bytesIn(quoted.find((one) => one.startsWith("01 08")) ?? ""))
      const protection = aeadProtection({
        name: "aead",
        aead: { packetKey: cipherObjects },
        encrypt: nodeCrypto.encrypt,
        sealKey: bytesIn(secret),
        openKey: bytesIn(secret)
      })
      protection.seal(bytes, ...placesOf(bytes.length), at)
      return toHex(bytes)
    }
    expect(Math.floor(Number(number) / AeadLimits.epochPackets)).toBe(Number(epoch))
    expect(sealing(firstKey, Number(number))).toBe(hex(packet))
    // The key of an epoch, which a packet of number 0 uses directly.
    const direct = plainPacket(Number(number), bytesIn("01 08 00 04 abcdef01"))
    cipherObjects(bytesIn(key)).seal(direct, ...placesOf(direct.length), Number(number))
    expect(toHex(direct)).toBe(hex(packet))
  })
})

describe("RESET of §12.4", () => {
  it("has the token of the host key, the address and the id", () => {
    const bytes = bytesIn(quoted.find((one) => one.startsWith("15 ")) ?? "")
    const id = readId(bytes, 1)
    const token = resetTokens(nodeCrypto, nodeCrypto.keyPair(filled(2)), "192.0.2.7", 4040)(id)
    expect(toHex(bytes)).toBe(toHex(reset(id, token)))
  })
})
