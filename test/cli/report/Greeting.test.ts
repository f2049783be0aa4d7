import type { NetworkInterfaceInfo } from "node:os"
import { describe, expect, it } from "vitest"
import { linesOf } from "../../../src/cli/report/Greeting.ts"
import type { WireName } from "../../../src/protocol/WireName.ts"

const key = "hk1aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
const words = "abandon ability able about above absent absorb abstract"

const eventOf = (host: string, wire: WireName = "flock") =>
  ({ type: "listening", host, port: 4040, wire, dir: "/inbox", ...(wire === "flock" ? { key, words } : {}) }) as const

const greeting = (host: string, wire?: WireName): string => linesOf(eventOf(host, wire)).join("\n")

describe("a server that listens", () => {
  it("says on loopback that other machines cannot reach it, and how they could", () => {
    for (const host of ["127.0.0.1", "::1"]) {
      expect(greeting(host)).toMatch(/only this machine can connect; --host 0\.0\.0\.0/)
      expect(greeting(host)).toContain("/inbox")
    }
  })

  it("says there the command for this machine, where its own key is trusted, and in the interactive mode no flag", () => {
    expect(greeting("127.0.0.1")).toContain("from this machine: holub send --to 127.0.0.1:4040 FILE")
    expect(linesOf(eventOf("::1"), true).join("\n")).not.toMatch(/holub send|--/)
  })

  it("shows the words of its key", () => {
    for (const host of ["127.0.0.1", "192.0.2.7"]) expect(greeting(host)).toContain(`the words of its key: ${words}\n`)
    expect(greeting("192.0.2.7", "classic")).not.toContain("words")
  })

  it("says elsewhere the exact command for another machine, with the key in it", () => {
    expect(greeting("192.0.2.7")).toMatch(new RegExp(`: holub send --to ${key}@192\\.0\\.2\\.7:4040 FILE$`))
    expect(greeting("2001:db8::1")).toContain(`holub send --to ${key}@[2001:db8::1]:4040 FILE`)
    expect(greeting("192.0.2.7", "classic")).toContain("holub send --wire classic --to 192.0.2.7:4040 FILE\n")
  })

  it("names in the command what both sides must have", () => {
    const shared = linesOf({ ...eventOf("192.0.2.7"), psk: true }).join("\n")
    expect(shared).toContain(`holub send --psk-file PSK --to ${key}@192.0.2.7:4040 FILE`)
    const crc = linesOf({ ...eventOf("192.0.2.7"), key: undefined, words: undefined }).join("\n")
    expect(crc).toContain("holub send --protection crc --to 192.0.2.7:4040 FILE\n")
  })

  it("never names an address at all interfaces that others cannot reach", () => {
    for (const host of ["0.0.0.0", "::"]) {
      expect(greeting(host)).not.toMatch(/--to (0\.0\.0\.0|127\.|\[::1?\]|\[fe80)/)
    }
  })

  describe("at link-local addresses", () => {
    const entry = (address: string, scopeid: number) =>
      ({ address, cidr: null, family: "IPv6", internal: false, mac: "", netmask: "", scopeid }) as const
    const linkLocal = { eth0: [entry("fe80::1", 2)], wlan0: [entry("fe80::2", 3)] }
    const commandsAt = (host: string, interfaces: () => NodeJS.Dict<Array<NetworkInterfaceInfo>> = () => linkLocal) =>
      linesOf(eventOf(host), false, interfaces).slice(2)

    it("prints the command without its own zone, and what stands for that of the other machine (W16)", () => {
      expect(commandsAt("fe80::1%eth0")).toEqual([
        `from another machine: holub send --to ${key}@[fe80::1%IF]:4040 FILE`,
        "IF is the interface of the other machine in this network, such as eth0"
      ])
    })

    it("prints them for a wildcard only where there are no other addresses", () => {
      expect(commandsAt("::")).toEqual([
        `from another machine: holub send --to ${key}@[fe80::1%IF]:4040 FILE`,
        `from another machine: holub send --to ${key}@[fe80::2%IF]:4040 FILE`,
        "IF is the interface of the other machine in this network, such as eth0"
      ])
      const both = () => ({ ...linkLocal, eth1: [entry("2001:db8::1", 0)] })
      expect(commandsAt("::", both)).toEqual([`from another machine: holub send --to ${key}@[2001:db8::1]:4040 FILE`])
    })
  })

  it("warns of the classic wire in one line", () => {
    for (const host of ["127.0.0.1", "192.0.2.7"]) {
      const warnings = greeting(host, "classic").split("\n").filter((line) => line.startsWith("warning: "))
      expect(warnings).toEqual([
        expect.stringMatching(/not encrypted.*verify senders.*anybody who reaches the port can send/)
      ])
    }
  })

  it("warns of flock only with the protection crc", () => {
    expect(greeting("127.0.0.1")).not.toContain("warning")
    const crc = linesOf({ ...eventOf("127.0.0.1"), key: undefined, words: undefined })
    expect(crc.at(-1)).toMatch(/^warning: the protection crc is not encrypted.*anybody who reaches the port can send/)
  })
})
