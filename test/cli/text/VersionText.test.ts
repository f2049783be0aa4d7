import { describe, expect, it } from "vitest"
import { verboseVersion } from "../../../src/cli/text/VersionText.ts"

describe("the version with --verbose", () => {
  it("has the version, the route of the encryption, and what it runs on, a line each", () => {
    expect(verboseVersion("1.2.3", "OpenSSL, two calls")).toMatch(
      /^1\.2\.3\nencryption: OpenSSL, two calls\nNode \d+\.\S+, OpenSSL \d\S*, \w+ \w+$/
    )
  })

  it("names the route that this machine chooses", () => {
    expect(verboseVersion("1.2.3")).toMatch(/^encryption: (?:OpenSSL, (?:two|five) calls|node:crypto)/m)
  })
})
