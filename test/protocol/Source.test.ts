import { describe, expect, it } from "vitest"
import { canonicalHost, sourceOf } from "../../src/protocol/Source.ts"

describe("the source of a datagram", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "::1 7"],
    ["127.0.0.1", "127.0.0.1 7"],
    ["127.0.0.9", "127.0.0.9"],
    ["64:ff9b::192.0.2.7", "64:ff9b:0:0::/64"]
  ])("%s counts as %s", (host, source) => {
    expect(sourceOf({ host, port: 7 })).toBe(source)
  })
})

describe("an address", () => {
  it.each([
    ["2001:db8::7", "2001:0DB8:0:0:0::7"],
    ["::1", "0:0:0:0:0:0:0:1"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["64:ff9b::192.0.2.7", "64:ff9b::c000:207"],
    ["fe80::1%eth0", "fe80::1"]
  ])("%s is the same as %s", (one, other) => {
    expect(canonicalHost(one)).toBe(canonicalHost(other))
  })

  it("is not the same as another", () => {
    const hosts = ["2001:db8::7", "2001:db8::8", "2001:db8:0:1::7", "192.0.2.7", "::", "::7", "server"]
    expect(new Set(hosts.map(canonicalHost)).size).toBe(hosts.length)
  })
})
