import { describe, expect, it } from "vitest"
import * as LinkLimits from "../../../src/conversation/links/LinkLimits.ts"
import { ServerKeys } from "../../../src/conversation/links/ServerKeys.ts"

describe("the keys of servers", () => {
  it("are those of their first events, unless a link proves another one", () => {
    const keys = new ServerKeys()
    expect([keys.trusts("beta", "b1"), keys.trusts("beta", "b1"), keys.trusts("beta", "b2")]).toEqual([
      true,
      true,
      false
    ])
    expect([keys.prove("beta", "b2"), keys.trusts("beta", "b2"), keys.trusts("beta", "b1")]).toEqual([
      "Changed",
      true,
      false
    ])
    expect(keys.take()).toEqual([
      { server: "beta", key: "b1", isProved: false },
      { server: "beta", key: "b2", isProved: true }
    ])
    expect(keys.take()).toEqual([])
  })

  it("that a link has proved stay, and one that was guessed right is proved", () => {
    const keys = new ServerKeys([{ server: "beta", key: "b1", isProved: true }])
    expect([keys.prove("beta", "b1"), keys.prove("beta", "b2"), keys.trusts("beta", "b2")]).toEqual([
      "Known",
      "Contradicted",
      false
    ])
    keys.trusts("gamma", "g1")
    expect([keys.prove("gamma", "g1"), keys.prove("gamma", "g2"), keys.prove("delta", "d1")]).toEqual([
      "Learned",
      "Contradicted",
      "Learned"
    ])
  })

  it("are bounded: a linked server that invents servers is believed for some", () => {
    const keys = new ServerKeys()
    for (let at = 0; at < LinkLimits.serverKeys; at++) expect(keys.trusts(`server-${at}`, "k")).toBe(true)
    expect([keys.trusts("one-more", "k"), keys.trusts("server-0", "k")]).toEqual([false, true])
    // A linked server is not one of those.
    expect(keys.prove("one-more", "k")).toBe("Learned")
  })
})
