import { describe, expect, it } from "@effect/vitest"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import { HandshakeState } from "../../src/security/HandshakeState.ts"
import { filled, utf8 } from "./noiseParties.ts"

const stateOf = (role: "initiator" | "responder", psk?: Uint8Array): HandshakeState =>
  HandshakeState.of({
    crypto: nodeCrypto,
    role,
    prologue: utf8(""),
    local: nodeCrypto.keyPair(filled(role === "initiator" ? 1 : 2)),
    psk
  })

describe("a handshake state", () => {
  it.each([undefined, filled(7)])("takes turns: write, read, write and read, write, read; then both split", (psk) => {
    const [initiator, responder] = [stateOf("initiator", psk), stateOf("responder", psk)]
    const turns = [[initiator.turn, responder.turn]]
    for (const [from, to] of [[initiator, responder], [responder, initiator], [initiator, responder]] as const) {
      to.readMessage(from.writeMessage(utf8("payload")))
      turns.push([initiator.turn, responder.turn])
    }
    expect(turns).toEqual([["write", "read"], ["read", "write"], ["write", "read"], ["split", "split"]])
    expect(initiator.hash).toEqual(responder.hash)
  })

  it("generates an ephemeral key pair for each attempt, and its copy has the same one", () => {
    const responder = stateOf("responder")
    responder.readMessage(stateOf("initiator").writeMessage(utf8("")))
    const copy = responder.copy()
    expect(copy.writeMessage(utf8("one"))).toEqual(responder.writeMessage(utf8("one")))
    const first = stateOf("initiator").writeMessage(utf8(""))
    expect(first).not.toEqual(stateOf("initiator").writeMessage(utf8("")))
  })

  it("freed does not change its copy", () => {
    const [initiator, responder] = [stateOf("initiator"), stateOf("responder")]
    responder.readMessage(initiator.writeMessage(utf8("")))
    const copy = responder.copy()
    responder.free()
    expect(initiator.readMessage(copy.writeMessage(utf8("two")))).toEqual(utf8("two"))
  })

  it("has as many bytes for the payload as a message leaves", () => {
    const initiator = stateOf("initiator", filled(7))
    const { length } = initiator.copy().writeMessage(new Uint8Array(initiator.payloadBytes))
    expect(length).toBe(65_535)
  })
})
