import { describe, expect, it } from "vitest"
import { linesOf } from "../../../src/cli/report/Greeting.ts"

const greeting = (host: string): string =>
  linesOf({ type: "listening", host, port: 4040, wire: "classic", dir: "/inbox" }).join("\n")

describe("a server that listens", () => {
  it("says on loopback that other machines cannot reach it, and how they could", () => {
    for (const host of ["127.0.0.1", "::1"]) {
      expect(greeting(host)).toMatch(/only this machine can connect; --host 0\.0\.0\.0/)
      expect(greeting(host)).toContain("/inbox")
    }
  })

  it("says elsewhere the exact command for another machine", () => {
    expect(greeting("192.0.2.7")).toContain("holub send --to 192.0.2.7:4040 FILE\n")
    expect(greeting("2001:db8::1")).toContain("holub send --to [2001:db8::1]:4040 FILE\n")
  })

  it("never names an address at all interfaces that others cannot reach", () => {
    for (const host of ["0.0.0.0", "::"]) {
      expect(greeting(host)).not.toMatch(/--to (0\.0\.0\.0|127\.|\[::1?\]|\[fe80)/)
    }
  })

  it("says that the wire is neither encrypted nor authenticated", () => {
    expect(greeting("127.0.0.1")).toContain("neither encrypted nor authenticated")
  })
})
