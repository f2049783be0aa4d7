import { describe, expect, it } from "@effect/vitest"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import { resetTokenBytes } from "../../src/protocol/flock/wire/Packet.ts"
import { resetTokens } from "../../src/security/ResetKey.ts"
import { fromHex, toHex } from "../protocol/flock/frames.ts"
import { nobleCrypto } from "./nobleCrypto.ts"
import { filled, utf8 } from "./noiseParties.ts"

const id = 0x1f_22_33_44_55_66_77
const tokenOf = (privateKey: number, address: string, port: number, serverId: number): string =>
  toHex(resetTokens(nodeCrypto, nodeCrypto.keyPair(filled(privateKey)), address, port)(serverId))

describe("the token of a reset", () => {
  it("is 16 bytes of an HMAC with a key derived from the private host key", () => {
    const info = Uint8Array.of(...utf8("holub reset192.0.2.7"), 0x0f, 0xc8, 1)
    const key = nobleCrypto.hmac(nobleCrypto.hmac(new Uint8Array(32), filled(1)), info)
    const expected = nobleCrypto.hmac(key, fromHex("001f223344556677")).slice(0, resetTokenBytes)
    expect(tokenOf(1, "192.0.2.7", 4040, id)).toBe(toHex(expected))
  })

  it("is the same after a restart with the same host key", () => {
    expect(tokenOf(1, "192.0.2.7", 4040, id)).toBe(tokenOf(1, "192.0.2.7", 4040, id))
  })

  it("differs for another session, host key, address or port: no server gives away the tokens of another", () => {
    const tokens = [
      tokenOf(1, "192.0.2.7", 4040, id),
      tokenOf(1, "192.0.2.7", 4040, id + 1),
      tokenOf(2, "192.0.2.7", 4040, id),
      tokenOf(1, "192.0.2.70", 4040, id),
      tokenOf(1, "192.0.2.7", 4041, id)
    ]
    expect(new Set(tokens).size).toBe(5)
  })
})
