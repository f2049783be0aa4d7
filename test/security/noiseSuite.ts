/** What must hold for handshakes of Noise with every implementation of Crypto, and between different ones. */
import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import type { Shape } from "../../src/security/Crypto.ts"
import { noise } from "../../src/security/Noise.ts"
import { counting, exchanged, filled, parties, passed, utf8 } from "./noiseParties.ts"

export interface NoiseSuite {
  readonly initiator: Shape
  readonly responder: Shape
  /** Public keys with which no secret can be shared. */
  readonly lowOrder: ReadonlyArray<Uint8Array>
  /** Number of handshakes with random payloads. */
  readonly runs: number
}

const flipped = (message: Uint8Array, at: number): Uint8Array => {
  const copy = message.slice()
  copy[at] = (copy[at] ?? 0) ^ (1 << (at % 8))
  return copy
}

/** A wrong message of every kind: each byte flipped, cut short everywhere, and one byte longer. */
const wrongOnes = (message: Uint8Array): ReadonlyArray<Uint8Array> => [
  ...Array.from(message, (_, at) => flipped(message, at)),
  ...Array.from(message, (_, length) => message.slice(0, length)),
  Uint8Array.of(...message, 0)
]

const payloads = FastCheck.uint8Array({ maxLength: 300 })

export const noiseSuite = ({ initiator, lowOrder, responder, runs }: NoiseSuite): void => {
  describe.each([["XX", undefined], ["XXpsk3", filled(7)]] as const)("of the pattern %s", (pattern, psk) => {
    const start = (other = {}) => parties({ initiator, responder, psk, other })

    it("gives both sides the same keys, the same hash and the other's key, whatever the payloads", () => {
      FastCheck.assert(
        FastCheck.property(payloads, payloads, payloads, (...texts) => {
          const end = exchanged(start(), texts)
          expect(end.messages.map(({ payload }) => Uint8Array.from(payload))).toEqual(texts)
          expect(end.initiator.peerKey).toEqual(responder.keyPair(filled(2)).publicKey)
          expect(end.responder.peerKey).toEqual(initiator.keyPair(filled(1)).publicKey)
          expect(end.initiator.handshakeHash).toEqual(end.responder.handshakeHash)
          const keys = end.initiator.split()
          expect(keys).toEqual(end.responder.split())
          expect(keys.initiator).not.toEqual(keys.responder)
        }),
        { seed: 14, numRuns: runs }
      )
    })

    it("hides static keys and the payloads after the first", () => {
      const { messages } = exchanged(start(), [utf8(""), utf8("a payload to hide"), utf8("another one to hide")])
      const [, two, three] = messages.map(({ message }) => Buffer.from(message))
      const [clientKey, serverKey] = [initiator.keyPair(filled(1)), responder.keyPair(filled(2))].map(({ publicKey }) =>
        Buffer.from(publicKey)
      )
      if (clientKey === undefined || serverKey === undefined) throw new Error("two keys")
      expect([two?.includes("a payload to hide"), two?.includes(serverKey)]).toEqual([false, false])
      expect([three?.includes("another one to hide"), three?.includes(clientKey)]).toEqual([false, false])
    })

    it.each(
      [["second", 1], ["third", 2]] as const
    )("refuses the %s message with any byte changed, and then still accepts the genuine one", (_, at) => {
      const { messages, readers } = exchanged(start())
      const { message, payload } = messages[at]
      const before = readers[at].handshakeHash
      expect(wrongOnes(message).filter((wrong) => readers[at].read(wrong) !== undefined)).toEqual([])
      expect(readers[at].handshakeHash).toEqual(before)
      expect(readers[at].read(message)?.payload).toEqual(payload)
    })

    it("refuses a changed first message, or its answer, and then still accepts the genuine one", () => {
      const first = start()
      const one = passed(first.initiator, first.responder, utf8("one"))
      const accepted = wrongOnes(one.message).flatMap((wrong) => first.responder.read(wrong) ?? [])
      // Without a pre-shared key nothing authenticates the first message.
      expect(accepted.length > 0).toBe(pattern === "XX")
      const answers = accepted.map(({ next }) => next.write(utf8("two")).message)
      expect(answers.filter((answer) => one.from.read(answer) !== undefined)).toEqual([])
      const two = passed(one.to, one.from, utf8("two"))
      expect(passed(two.to, two.from, utf8("three")).to.turn).toBe("split")
    })

    it("refuses messages of a side with another prologue, or another or no pre-shared key", () => {
      const others = [{ prologue: utf8("Prologue") }, { psk: filled(8) }, {
        psk: psk === undefined ? filled(7) : undefined
      }]
      for (const other of others) {
        const first = start(other)
        const one = first.initiator.write(utf8("one"))
        const two = first.responder.read(one.message)?.next.write(utf8("two"))
        const three = two === undefined ? undefined : one.next.read(two.message)?.next.write(utf8("three"))
        // A pre-shared key is mixed at the end of the third message: the client does not see that the server has another one.
        expect(three !== undefined).toBe(psk !== undefined && other.psk !== undefined)
        expect(two === undefined || three === undefined ? undefined : two.next.read(three.message)).toBeUndefined()
      }
    })

    it("refuses ephemeral keys of low order, and then still accepts the genuine message", () => {
      const first = start()
      const one = first.initiator.write(utf8("one"))
      for (const key of lowOrder) {
        expect(first.responder.read(Uint8Array.of(...key, ...one.message.subarray(32)))).toBeUndefined()
        const forged = noise({
          crypto: { ...responder, generate: () => ({ privateKey: filled(3), keyPair: { ...pair, publicKey: key } }) },
          role: "responder",
          prologue: utf8("prologue"),
          local: responder.keyPair(filled(2)),
          psk
        })
        const answer = forged.read(one.message)?.next.write(utf8("two")).message
        expect(answer?.subarray(0, 32)).toEqual(key)
        expect(one.next.read(answer ?? new Uint8Array(0))).toBeUndefined()
      }
      const two = first.responder.read(one.message)?.next.write(utf8("two")).message
      expect(one.next.read(two ?? new Uint8Array(0))?.payload).toEqual(utf8("two"))
    })
    const pair = responder.keyPair(filled(3))

    it("refuses a static key of low order, although it is authentic", () => {
      for (const key of lowOrder) {
        const zeros = { ...initiator.keyPair(filled(1)), publicKey: key, agree: () => new Uint8Array(32) }
        const liar = noise({ crypto: initiator, role: "initiator", prologue: utf8("prologue"), local: zeros, psk })
        const one = passed(liar, start().responder, utf8("one"))
        const two = passed(one.to, one.from, utf8("two"))
        expect(two.from.read(two.to.write(utf8("three")).message)).toBeUndefined()
      }
    })

    it("opens the static key of message 3 before it computes with it", () => {
      const server = counting(responder, responder.keyPair(filled(2)))
      const { messages, readers } = exchanged(start({ crypto: server.crypto, local: server.local }))
      const [, , { message }] = messages
      const before = { ...server.counts }
      readers[2].read(flipped(message, 5))
      expect(server.counts).toEqual({ agreed: before.agreed, decrypted: before.decrypted + 1 })
      readers[2].read(flipped(message, message.length - 1))
      expect(server.counts).toEqual({ agreed: before.agreed + 1, decrypted: before.decrypted + 3 })
    })
  })
}
