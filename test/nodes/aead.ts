/** Encryption of packets on the Node that runs this file: its OpenSSL decides which route sessions take. */
import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { cipherObjects } from "../../src/node/security/CipherObjects.ts"
import { failureOf } from "../../src/node/security/KnownAnswer.ts"
import { make } from "../../src/node/security/NodeAead.ts"

describe("encryption of packets", () => {
  it("works by the route that is chosen, and by that of last resort", () => {
    assert.equal(failureOf(make().packetKey), undefined)
    assert.equal(failureOf(cipherObjects), undefined)
  })

  it("takes the fastest route on Linux, where koffi is installed with the package", () => {
    if (process.platform === "linux") assert.equal(make().route, "OpenSSL, two calls")
  })
})
