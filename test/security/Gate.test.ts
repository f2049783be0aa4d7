import { describe, expect, it } from "@effect/vitest"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import { gateBytes } from "../../src/protocol/flock/handshake/HandshakePacket.ts"
import { gateOf } from "../../src/security/Gate.ts"
import { nobleCrypto } from "./nobleCrypto.ts"
import { filled, utf8 } from "./noiseParties.ts"

const fields = Uint8Array.from({ length: 13 }, (_, at) => at)
const message = Uint8Array.from({ length: 48 }, (_, at) => at * 3)
const gate = gateOf(nodeCrypto, filled(7))

describe("the gate", () => {
  it("is 16 bytes of an HMAC with a key derived from the pre-shared key", () => {
    const key = nobleCrypto.hmac(nobleCrypto.hmac(new Uint8Array(32), filled(7)), utf8("holub gate"), Uint8Array.of(1))
    expect(gate.of(fields, message)).toEqual(nobleCrypto.hmac(key, fields, message).slice(0, gateBytes))
  })

  it("admits the HELLO of who has the key", () => {
    expect(gate.admits(fields, message, gateOf(nobleCrypto, filled(7)).of(fields, message))).toBe(true)
  })

  it("admits no other field, message, key or length", () => {
    const own = gate.of(fields, message)
    const changed = (bytes: Uint8Array): ReadonlyArray<Uint8Array> =>
      Array.from(bytes, (_, at) => bytes.map((byte, index) => index === at ? byte ^ (1 << (at % 8)) : byte))
    expect(changed(fields).filter((wrong) => gate.admits(wrong, message, own))).toEqual([])
    expect(changed(message).filter((wrong) => gate.admits(fields, wrong, own))).toEqual([])
    expect(changed(own).filter((wrong) => gate.admits(fields, message, wrong))).toEqual([])
    expect(gate.admits(fields, message, gateOf(nodeCrypto, filled(8)).of(fields, message))).toBe(false)
    expect(gate.admits(fields, message, own.slice(0, 15))).toBe(false)
    expect(gate.admits(fields, message, new Uint8Array(16))).toBe(false)
  })
})
