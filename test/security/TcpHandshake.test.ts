import { describe, expect, it } from "vitest"
import { noise } from "../../src/security/Noise.ts"
import { prologue, tcpClientHandshake, type TcpSecrets, tcpServerHandshake } from "../../src/security/TcpHandshake.ts"
import { publicOf, secret } from "../suites/keyedSides.ts"
import { cryptography as crypto } from "../suites/tcpNetwork.ts"

const parameters = { idleTimeoutMillis: 9000, maxData: 1, maxStreamData: 2, maxStreams: 3, maxAckDelayMicros: 4 }
const pair = (seed: number) => crypto.keyPair(secret(seed))
const client = (psk?: Uint8Array) => tcpClientHandshake({ crypto, local: pair(1), isIdentity: true, parameters, psk })
const serve = (message: Uint8Array, psk?: Uint8Array) =>
  tcpServerHandshake({ crypto, local: pair(2), nextKey: publicOf(3), parameters, psk }, message)

describe("the handshake of tcp", () => {
  it.each([["without a shared key", undefined, 32], ["with a shared key", secret(9), 64]] as const)(
    "%s gives both sides keys that fit, the key of the other, and one binding",
    (_, psk, firstBytes) => {
      const one = client(psk)
      expect(one.first.length).toBe(firstBytes)
      const other = serve(one.first, psk) ?? expect.fail("the first message was refused")
      const answer = one.read(other.second) ?? expect.fail("the second message was refused")
      expect([answer.peerKey, answer.nextKey]).toEqual([publicOf(2), publicOf(3)])
      const { agreement, last } = answer.accept()
      const read = other.read(last) ?? expect.fail("the last message was refused")
      expect([read.isIdentity, read.agreement.peerKey]).toEqual([true, publicOf(1)])
      expect([agreement.peer, read.agreement.peer]).toMatchObject([parameters, parameters])
      expect(read.agreement.channelBinding).toEqual(agreement.channelBinding)
      const word = Uint8Array.of(1, 2, 3)
      expect(read.agreement.protection.open(agreement.protection.seal(word))).toEqual(word)
      expect(agreement.protection.open(read.agreement.protection.seal(word))).toEqual(word)
    }
  )

  it.each([undefined, secret(9)])(
    "gives both sides the keys for a log, and the ephemeral key that a recording shows",
    (psk) => {
      const given: Array<TcpSecrets> = []
      const options = { crypto, parameters, psk, onSecrets: (secrets: TcpSecrets) => void given.push(secrets) }
      const one = tcpClientHandshake({ ...options, local: pair(1), isIdentity: true })
      const other = tcpServerHandshake({ ...options, local: pair(2), nextKey: undefined }, one.first)
      const { agreement, last } = one.read(other?.second ?? new Uint8Array(0))?.accept() ?? expect.fail("refused")
      other?.read(last)
      const [own, servers] = given
      expect([given.length, servers]).toEqual([2, own])
      expect(own?.clientEphemeral).toEqual(one.first.slice(0, 32))
      // A recording is read with them: the first record of the client.
      const opened = crypto.decrypt(
        own?.clientToServer ?? new Uint8Array(0),
        0,
        new Uint8Array(0),
        agreement.protection.seal(Uint8Array.of(7))
      )
      expect(opened).toEqual(Uint8Array.of(7))
    }
  )

  it("has the prologue `holub tcp`", () => {
    expect(new TextDecoder().decode(prologue)).toBe("holub tcp")
    const other = noise({ crypto, role: "initiator", prologue: new TextEncoder().encode("x"), local: pair(1) })
    const { second } = serve(other.write(new Uint8Array(0)).message) ??
      expect.fail("nothing in it depends on the prologue")
    expect(client().read(second)).toBeUndefined()
  })

  it.each([
    ["the client alone has a shared key", secret(9), undefined],
    ["the server alone has one", undefined, secret(9)],
    ["they have others", secret(8), secret(9)]
  ])("ends at the first message where %s", (_, own, servers) => {
    expect(serve(client(own).first, servers)).toBeUndefined()
  })

  it("accepts no message that was changed or cut anywhere", () => {
    const one = client()
    const other = serve(one.first) ?? expect.fail("the first message was refused")
    const { second } = other
    for (let at = 0; at < second.length; at++) {
      const changed = second.slice()
      changed[at] = (changed[at] ?? 0) ^ 0x40
      expect(one.read(changed)).toBeUndefined()
      expect(one.read(second.subarray(0, at))).toBeUndefined()
    }
    const { last } = (one.read(second) ?? expect.fail("the second message was refused")).accept()
    for (let at = 0; at < last.length; at++) {
      const changed = last.slice()
      changed[at] = (changed[at] ?? 0) ^ 0x40
      expect(other.read(changed)).toBeUndefined()
    }
    expect(other.read(last)).toBeDefined()
  })

  it("refuses a key of low order", () => {
    expect(serve(new Uint8Array(32))).toBeUndefined()
  })
})
