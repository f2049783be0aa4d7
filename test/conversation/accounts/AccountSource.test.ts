import { describe, expect, it } from "@effect/vitest"
import { isOwn, of } from "../../../src/conversation/accounts/AccountSource.ts"

describe("the source of attempts", () => {
  it("is an address, a network of IPv6, or this machine with all of its ports", () => {
    const sources = [
      { host: "192.0.2.1", port: 1 },
      { host: "192.0.2.1", port: 2 },
      { host: "2001:db8::1", port: 1 },
      { host: "2001:db8::2", port: 1 },
      { host: "127.0.0.1", port: 1 },
      { host: "127.0.0.1", port: 2 }
    ].map(of)
    expect(sources).toEqual([
      "192.0.2.1",
      "192.0.2.1",
      "2001:db8:0:0::/64",
      "2001:db8:0:0::/64",
      "127.0.0.1",
      "127.0.0.1"
    ])
    expect(sources.map(isOwn)).toEqual([false, false, false, false, true, true])
  })
})
