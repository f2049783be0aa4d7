import { describe, expect, it } from "@effect/vitest"
import * as FastCheck from "fast-check"
import { format, ipVersionOf, isLinkLocal, isLoopback, parse } from "../../src/net/Address.ts"

const parameters = { seed: 20_250_801 }

describe("an address is read", () => {
  it.each([
    ["example.org", "example.org", 4040],
    ["example.org:5000", "example.org", 5000],
    ["my-host_1", "my-host_1", 4040],
    ["192.0.2.1", "192.0.2.1", 4040],
    ["192.0.2.1:1", "192.0.2.1", 1],
    ["192.0.2.1:65535", "192.0.2.1", 65_535],
    ["192.0.2.1:0", "192.0.2.1", 0],
    ["192.0.2.1:00080", "192.0.2.1", 80],
    ["[2001:db8::1]", "2001:db8::1", 4040],
    ["[2001:db8::1]:5000", "2001:db8::1", 5000],
    ["[::]:4040", "::", 4040],
    ["[::ffff:192.0.2.1]:5000", "::ffff:192.0.2.1", 5000],
    ["[fe80::1%eth0]:5000", "fe80::1%eth0", 5000],
    ["2001:DB8::1", "2001:DB8::1", 4040],
    ["::1", "::1", 4040],
    ["::", "::", 4040],
    ["fe80::1%eth0", "fe80::1%eth0", 4040],
    ["localhost", "localhost", 4040],
    ["žluťoučký.example", "žluťoučký.example", 4040]
  ])("from %j", (text, host, port) => {
    expect(parse(text, 4040)).toEqual({ host, port })
  })

  it.each(["[fe80::1%br-lan]:5000", "fe80::1%br-lan", "[fe80::1%eth0.100]"])(
    "from %j, whose zone has a dot or a hyphen as interfaces do",
    (text) => {
      expect(parse(text, 4040)?.host).toBe(/fe80[^\]]*/.exec(text)?.[0])
    }
  )
})

describe("an address is refused", () => {
  it.each([
    ["nothing", ""],
    ["a port alone", ":4040"],
    ["a missing port", "example.org:"],
    ["a missing port after brackets", "[::1]:"],
    ["a port that is no number", "example.org:http"],
    ["a port with a sign", "example.org:-1"],
    ["a port with a fraction", "example.org:1.5"],
    ["a port with an exponent", "example.org:1e3"],
    ["a port in hexadecimal", "example.org:0x50"],
    ["a port in other digits", "example.org:٤٠٤٠"],
    ["a port over 65535", "example.org:65536"],
    ["a port of five nines", "[::1]:99999"],
    ["a port of six digits", "example.org:000080"],
    ["two ports", "example.org:1:2"],
    ["empty brackets", "[]"],
    ["empty brackets with a port", "[]:4040"],
    ["an open bracket", "[::1"],
    ["a closing bracket", "::1]"],
    ["brackets twice", "[[::1]]"],
    ["text behind brackets", "[::1]x:4040"],
    ["a name in brackets", "[example.org]:4040"],
    ["a space", "exam ple"],
    ["a leading space", " example.org"],
    ["a trailing newline", "example.org\n"],
    ["a tab", "example.org:40\t40"],
    ["a no-break space", "example\u00a0org"],
    ["a user", "user@example.org"],
    ["a path", "example.org/etc"],
    ["a URL", "udp://example.org:4040"],
    ["a CIDR", "192.0.2.0/24"],
    ["a zone alone", "%eth0:1:2"],
    ["a zone with a separator", "[fe80::1%../x]:4040"]
  ])("with %s", (_, text) => {
    expect(parse(text, 4040)).toBeUndefined()
  })

  it.each([
    ["an IPv4 address in brackets", "[192.0.2.1]:4040"],
    ["nothing but dots in brackets", "[...]:4040"],
    ["an IPv4 address with two ports", "192.0.2.1:40:40"]
  ])("with %s, which is no IPv6 address", (_, text) => {
    expect(parse(text, 4040)).toBeUndefined()
  })

  it("in no time, however long it is", () => {
    const hostile = [
      "[".repeat(50_000),
      "a".repeat(50_000) + ":",
      ":".repeat(50_000) + "x",
      "1:".repeat(25_000) + "%",
      "[::%" + "a".repeat(50_000)
    ]
    expect(hostile.map((text) => parse(text, 4040))).toEqual(hostile.map(() => undefined))
  })
})

describe("an address is written", () => {
  it.each([
    ["192.0.2.1", 4040, "192.0.2.1:4040"],
    ["example.org", 0, "example.org:0"],
    ["2001:db8::1", 4040, "[2001:db8::1]:4040"],
    ["::", 65_535, "[::]:65535"],
    ["fe80::1%eth0", 1, "[fe80::1%eth0]:1"]
  ])("%s and %i", (host, port, text) => {
    expect(format({ host, port })).toBe(text)
  })

  const ports = FastCheck.integer({ min: 0, max: 65_535 })
  const hosts = FastCheck.oneof(FastCheck.ipV4(), FastCheck.ipV6(), FastCheck.domain())

  it("as it is read again", () => {
    FastCheck.assert(
      FastCheck.property(hosts, ports, (host, port) => {
        expect(parse(format({ host, port }), 1)).toEqual({ host, port })
      }),
      parameters
    )
  })

  it("differently for different peers", () => {
    const addresses = FastCheck.record({ host: hosts, port: ports })
    FastCheck.assert(
      FastCheck.property(addresses, addresses, (one, other) => {
        expect(format(one) === format(other)).toBe(one.host === other.host && one.port === other.port)
      }),
      parameters
    )
  })

  it("the same after any text that could be read", () => {
    const texts = FastCheck.oneof(FastCheck.string(), FastCheck.stringMatching(/^[[\]:.%0-9a-f]{0,20}$/))
    FastCheck.assert(
      FastCheck.property(texts, (text) => {
        const address = parse(text, 4040)
        if (address !== undefined) expect(parse(format(address), 1)).toEqual(address)
      }),
      { ...parameters, numRuns: 2000 }
    )
  })
})

describe("an address of this machine alone", () => {
  it.each(["127.0.0.1", "127.255.255.254", "::1", "localhost"])("is %s", (host) => {
    expect(isLoopback(host)).toBe(true)
  })

  it.each(["0.0.0.0", "::", "192.0.2.1", "128.0.0.1", "1.127.0.0", "::2", "12.7.0.1", "localhost.example"])(
    "is not %s",
    (host) => {
      expect(isLoopback(host)).toBe(false)
    }
  )
})

describe("a literal address", () => {
  it("has the version of its packets", () => {
    expect(["192.0.2.1", "::ffff:192.0.2.1", "::FFFF:c000:201", "::1", "fe80::1%eth0"].map(ipVersionOf)).toEqual([
      4,
      4,
      4,
      6,
      6
    ])
  })

  it("is link-local in fe80::/10", () => {
    expect(["fe80::1", "FE80::1%eth0", "febf::", "fec0::1", "2001:db8::1", "169.254.0.1"].map(isLinkLocal)).toEqual([
      true,
      true,
      true,
      false,
      false,
      false
    ])
  })
})
