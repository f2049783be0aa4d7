import { describe, expect, it } from "vitest"
import { KeyringError } from "../../src/security/Keyring.ts"
import { changedKey, ofKeyring, unknownKey } from "../../src/transport/KeyErrors.ts"

describe("the error of a key", () => {
  it("names the key that decides it", () => {
    const key = new Uint8Array(32).fill(5)
    expect(unknownKey("h:1", key)).toMatchObject({ reason: "UnknownKey", key, peer: "h:1" })
    expect(changedKey("h:1", key)).toMatchObject({ reason: "ChangedKey", key, peer: "h:1" })
  })

  it("that cannot be read keeps the words of the file", () => {
    const cause = new KeyringError({ message: "others can read it" })
    expect(ofKeyring("h:1")(cause)).toMatchObject({ reason: "Keys", peer: "h:1", message: "others can read it", cause })
  })
})
