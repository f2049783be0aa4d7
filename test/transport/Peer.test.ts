import { describe, expect, it } from "vitest"
import { unauthenticated } from "../../src/transport/Peer.ts"

describe("a peer without keys", () => {
  it("is an address, and not trusted", () => {
    const from = { host: "192.0.2.1", port: 4040, local: "192.0.2.2" }
    expect(unauthenticated(from)).toEqual({ host: "192.0.2.1", port: 4040, publicKey: undefined, isTrusted: false })
  })
})
