import { describe, expect, it } from "@effect/vitest"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import type { Handshake } from "../../src/protocol/flock/handshake/Handshake.ts"
import type { Protection } from "../../src/protocol/flock/handshake/Protection.ts"
import type { Shape } from "../../src/security/Crypto.ts"
import { gateOf } from "../../src/security/Gate.ts"
import { noiseHandshake, type NoiseHandshakeOptions } from "../../src/security/NoiseHandshake.ts"
import worked from "../data/noise-worked.json" with { type: "json" }
import { fromHex, toHex } from "../protocol/flock/frames.ts"
import { nobleCrypto } from "./nobleCrypto.ts"
import { filled, utf8, withEphemeral } from "./noiseParties.ts"

interface Keys {
  readonly send: Uint8Array
  readonly receive: Uint8Array
}

/** A protection that only has its keys. */
const bare = (keys: Keys): Protection & { readonly keys: Keys } => ({
  name: "aead",
  tagBytes: 16,
  seal: () => undefined,
  open: () => false,
  free: () => undefined,
  keys
})

interface SidesOptions extends Partial<NoiseHandshakeOptions> {
  readonly prologue?: Uint8Array
  readonly client?: Shape
  readonly server?: Shape
}

const sides = ({ client = nodeCrypto, prologue = utf8(""), server = nodeCrypto, ...options }: SidesOptions = {}) => ({
  client: noiseHandshake({ crypto: client, local: client.keyPair(filled(1)), makeProtection: bare, ...options })(
    "client",
    prologue
  ),
  server: noiseHandshake({ crypto: server, local: server.keyPair(filled(2)), makeProtection: bare, ...options })(
    "server",
    prologue
  )
})

const pass = (from: Handshake, to: Handshake, payload: Uint8Array) => {
  const { message, next } = from.write(payload)
  const read = to.read(message)
  if (read === undefined) throw new Error("a genuine message is refused")
  expect(read.payload).toEqual(payload)
  return { message, from: next, to: read.next }
}

const completed = (
  first: { readonly client: Handshake; readonly server: Handshake },
  payloads = ["", "two", "three"].map(utf8)
) => {
  const [one = utf8(""), two = utf8(""), three = utf8("")] = payloads
  const a = pass(first.client, first.server, one)
  const b = pass(a.to, a.from, two)
  const c = pass(b.to, b.from, three)
  return { messages: [a, b, c].map(({ message }) => toHex(message)), client: c.from, server: c.to }
}

const hexOf = ({ receive, send }: Keys) => ({ send: toHex(send), receive: toHex(receive) })

describe("the handshake of flock with keys", () => {
  it("gives a protection to each side: what one sends with, the other receives with", () => {
    const made: Array<{ readonly send: string; readonly receive: string }> = []
    const makeProtection = (keys: Keys): Protection => {
      made.push(hexOf(keys))
      return bare(keys)
    }
    const end = completed(sides({ makeProtection }))
    const [client, server] = [end.client.finish(), end.server.finish()]
    expect(made[0]).toEqual({ send: made[1]?.receive, receive: made[1]?.send })
    expect(made[0]?.send).not.toBe(made[0]?.receive)
    expect(client.channelBinding).toEqual(server.channelBinding)
    expect(client.channelBinding.length).toBe(32)
    expect(client.peerKey).toEqual(nodeCrypto.keyPair(filled(2)).publicKey)
    expect(server.peerKey).toEqual(nodeCrypto.keyPair(filled(1)).publicKey)
  })

  it("knows the peer's key as soon as it was read", () => {
    const first = sides()
    expect([first.client.peerKey, first.server.peerKey]).toEqual([undefined, undefined])
    const one = pass(first.client, first.server, utf8(""))
    const two = pass(one.to, one.from, utf8(""))
    expect(two.to.peerKey).toEqual(nodeCrypto.keyPair(filled(2)).publicKey)
    expect(two.from.peerKey).toBeUndefined()
  })

  it("reports the keys of both directions before their protection is made", () => {
    const reported: Array<ReadonlyArray<string>> = []
    const made: Array<string> = []
    const end = completed(sides({
      onSecrets: ({ clientToServer, serverToClient }) => {
        reported.push([toHex(clientToServer), toHex(serverToClient), String(made.length)])
      },
      makeProtection: (keys) => {
        made.push(toHex(keys.send))
        return bare(keys)
      }
    }))
    end.client.finish()
    end.server.finish()
    expect(reported).toEqual([[...made, "0"], [...made, "1"]])
  })

  it("finishes once: two sessions would use the same keys and numbers", () => {
    const { client } = completed(sides())
    client.finish()
    expect(() => client.finish()).toThrow("spent")
  })

  it("refuses to finish before all messages were exchanged", () => {
    expect(() => sides().client.finish()).toThrow("the next step of this handshake is to write, not to split")
  })
})

/**
 * The worked bytes of docs/PROTOCOL.md. Private keys are 32 equal bytes: 01 and 02 static, 03 and 04 ephemeral, of the client and the
 * server. The payloads have no parameters: none; the server's id, a token, one version and no flags; no flags. Keys are those from the client
 * to the server and from the server to the client, of epochs 0 and 1.
 */
describe.each(worked)("the worked handshake $name", (example) => {
  const payloads = example.payloads.map(fromHex)
  const psk = example.psk === "" ? undefined : fromHex(example.psk)

  it.each([["Node", nodeCrypto], ["noble", nobleCrypto]] as const)(
    "has the same bytes with the functions of %s",
    (_, crypto) => {
      const keys: Array<string> = []
      const nextKeys: Array<string> = []
      const end = completed(
        sides({
          client: withEphemeral(crypto, filled(3)),
          server: withEphemeral(crypto, filled(4)),
          prologue: fromHex(example.prologue),
          psk,
          onSecrets: ({ clientToServer, serverToClient }) => {
            for (const key of [clientToServer, serverToClient]) {
              keys.push(toHex(key))
              nextKeys.push(toHex(crypto.encrypt(key, "rekey", new Uint8Array(0), new Uint8Array(32)).subarray(0, 32)))
            }
          }
        }),
        payloads
      )
      const channelBinding = toHex(end.client.finish().channelBinding)
      expect({ ...example, messages: end.messages, keys, channelBinding, nextKeys }).toEqual(example)
    }
  )

  it("has the prologue and the gate of HELLO's fields", () => {
    const fields = fromHex(example.fields)
    expect(example.prologue).toBe(toHex(Uint8Array.of(...utf8("holub flock"), ...fields)))
    const [message = ""] = example.messages
    const gate = psk === undefined ? new Uint8Array(16) : gateOf(nodeCrypto, psk).of(fields, fromHex(message))
    expect(example.gate).toBe(toHex(gate))
  })
})
