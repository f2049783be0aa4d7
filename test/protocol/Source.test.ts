import { describe, expect, it } from "vitest"
import { sourceOf } from "../../src/protocol/Source.ts"

describe("the source of a datagram", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:1:2::9", "2001:db8:1:2::/64"],
    ["2001:db8::9", "2001:db8:0:0::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
    ["::1", "::1 7"],
    ["127.0.0.9", "127.0.0.9 7"],
    ["64:ff9b::192.0.2.7", "64:ff9b:0:0::/64"]
  ])("%s counts as %s", (host, source) => {
    expect(sourceOf({ host, port: 7 })).toBe(source)
  })
})
