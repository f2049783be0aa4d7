import { describe, expect, it } from "vitest"
import { nodeCrypto } from "../../src/node/security/NodeCrypto.ts"
import { nodeSignatures } from "../../src/node/security/NodeSignatures.ts"
import { isOriginOf, serverOf } from "../../src/protocol/conversation/Origin.ts"
import { forgeryOf, signedEvent } from "../../src/protocol/conversation/SignedEvent.ts"
import * as EventSigner from "../../src/security/EventSigner.ts"

const host = nodeCrypto.keyPair(new Uint8Array(32).fill(7))
const signer = () => EventSigner.eventSigner(nodeCrypto, nodeSignatures, host, "alpha.example")

describe("the signer of a server's events", () => {
  it("has one key for a host key, and another origin at each start", () => {
    const [one, other] = [signer(), signer()]
    expect(one.key).toEqual(other.key)
    expect(one.key).not.toEqual(host.publicKey)
    expect(one.origin).not.toBe(other.origin)
    for (const { key, origin, sha256 } of [one, other]) {
      expect([serverOf(origin), isOriginOf(sha256, origin, key)]).toEqual(["alpha.example", true])
    }
  })

  it("makes events that others accept, and no other key does", () => {
    const checks = EventSigner.eventChecks(nodeCrypto, nodeSignatures)
    const draft = {
      room: "hall",
      time: 0,
      author: "ala@alpha.example",
      device: "d",
      n: 1,
      kind: "said",
      body: { text: "coo" }
    }
    const event = signedEvent(signer(), draft, { seq: 1, clock: 1 }, new Uint8Array(16))
    expect(forgeryOf(checks, event)).toBeUndefined()
    const stranger = EventSigner.eventSigner(nodeCrypto, nodeSignatures, nodeCrypto.generate().keyPair, "alpha.example")
    const forged = signedEvent({ ...stranger, origin: event.origin }, draft, { seq: 1, clock: 1 }, new Uint8Array(16))
    expect(forgeryOf(checks, forged)).toBe("origin: it belongs to another key")
  })
})
