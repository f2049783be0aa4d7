import { describe, expect, it } from "@effect/vitest"
import * as PlaceName from "../../src/security/PlaceName.ts"

const name = (host: string): string | undefined => PlaceName.ofPlace({ host, port: 4040 })

describe("the name of a place", () => {
  it.each([
    ["Example.ORG", "example.org:4040"],
    ["192.0.2.7", "192.0.2.7:4040"],
    // Addresses that only the system would understand stay as they were typed.
    ["127.1", "127.1:4040"],
    ["0x7f.1", "0x7f.1:4040"],
    ["a%41.example", "a%41.example:4040"],
    ["Příklad.CZ", "xn--pklad-zsa96e.cz:4040"],
    ["faß.de", "xn--fa-hia.de:4040"],
    ["2001:DB8:0::0001", "[2001:db8::1]:4040"],
    ["::1", "[::1]:4040"],
    ["::ffff:192.0.2.1", "[::ffff:c000:201]:4040"],
    ["FE80::1%Ethernet 2".replace(" ", ""), "[fe80::1%Ethernet2]:4040"]
  ])("%s is %s", (host, expected) => {
    expect(name(host)).toBe(expected)
  })

  it.each(["", "a b", "a\nb", "#host", "a\u0000b", "\u00a0", "a\u2028b", "é/x", "é@x", "é\n", "é／x"])(
    "%j has none: it would break a line of a file",
    (host) => {
      expect(name(host)).toBeUndefined()
    }
  )
})
