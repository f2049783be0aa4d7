import { describe, expect, it } from "@effect/vitest"
import * as Either from "effect/Either"
import { homedir } from "node:os"
import type { Setting } from "../../../src/cli/settings/Setting.ts"
import { variableOf } from "../../../src/cli/settings/Setting.ts"
import { settings } from "../../../src/cli/settings/Settings.ts"

const value = <A>(setting: Setting<A>, text: string): A | undefined => Either.getOrUndefined(setting.parse(text))
const refusal = (setting: Setting<unknown>, text: string): string | undefined =>
  Either.match(setting.parse(text), { onLeft: (must) => must, onRight: () => undefined })

describe("a setting", () => {
  const all: ReadonlyArray<Setting<unknown>> = Object.values(settings)

  it("has a default that it takes itself", () => {
    for (const { fallback, name, parse } of all) {
      if (fallback !== undefined) expect(Either.isRight(parse(fallback)), name).toBe(true)
    }
  })

  it("has a name of its own, by which commands know it too", () => {
    for (const [key, { name }] of Object.entries(settings)) {
      expect(name).toBe(key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`))
    }
  })

  it("has an environment variable of its own, of its name", () => {
    expect(variableOf(settings.fragmentSize)).toBe("HOLUB_FRAGMENT_SIZE")
    expect(variableOf(settings.ifExists)).toBe("HOLUB_IF_EXISTS")
    expect(new Set(all.map(variableOf)).size).toBe(all.length)
  })

  it("says what it must be in words that follow its name", () => {
    expect(refusal(settings.port, "x")).toBe("must be a whole number from 0 to 65535")
    expect(refusal(settings.fragmentSize, "x")).toBe("must be a whole number from 1 to 1445")
    expect(refusal(settings.ifExists, "x")).toBe("must be rename, fail, skip or overwrite")
    expect(refusal(settings.quota, "x")).toBe("must be a size such as 500k, 10M or 1GiB")
    expect(refusal(settings.to, "[::1")).toBe("must be HOST, HOST:PORT, or [IPv6]:PORT")
    expect(refusal(settings.json, "x")).toBe("must be true or false")
    expect(refusal(settings.dir, "")).toBe("must be a non-empty text")
  })

  it("that is a whole number takes the ends of its range and nothing around them", () => {
    expect(["1", "1445", "01"].map((text) => value(settings.fragmentSize, text))).toEqual([1, 1445, 1])
    expect(["0", "65535"].map((text) => value(settings.port, text))).toEqual([0, 65_535])
    for (const text of ["0", "1446", "-1", "+1", "1.0", "1e2", "0x1", "", " 1", "9999999999", "１"]) {
      expect(value(settings.fragmentSize, text), text).toBeUndefined()
    }
  })

  it("that is a path of this machine begins at home where it says so", () => {
    for (const flag of [settings.dir, settings.logFile, settings.config]) {
      expect(value(flag, "~/a")).toBe(`${homedir()}/a`)
    }
  })

  it("that is a switch takes true, false, 1 and 0", () => {
    expect(["true", "1", "false", "0"].map((text) => value(settings.once, text))).toEqual([true, true, false, false])
    for (const text of ["", "yes", "TRUE", "on", "2"]) expect(value(settings.once, text), text).toBeUndefined()
  })

  it("that is a choice takes its words exactly", () => {
    expect(["frame", "payload"].map((text) => value(settings.dialect, text))).toEqual(["frame", "payload"])
    for (const text of ["", "Frame", "frames", " frame"]) expect(value(settings.dialect, text), text).toBeUndefined()
  })

  it("that is a size takes units", () => {
    expect([value(settings.quota, "500k"), value(settings.quota, "1GiB"), value(settings.quota, "0")]).toEqual([
      500_000,
      1_073_741_824,
      0
    ])
  })

  it("that is a text takes any, the empty one too", () => {
    expect(["", "-", " a\n", "--to"].map((text) => value(settings.text, text))).toEqual(["", "-", " a\n", "--to"])
  })
})

describe("the destination", () => {
  it.each([
    ["192.0.2.7", "192.0.2.7", undefined],
    ["192.0.2.7:9", "192.0.2.7", 9],
    ["host.example:65535", "host.example", 65_535],
    ["[2001:db8::1]", "2001:db8::1", undefined],
    ["[2001:db8::1]:9", "2001:db8::1", 9],
    ["2001:db8::1", "2001:db8::1", undefined],
    ["[fe80::1%eth0]:9", "fe80::1%eth0", 9]
  ])("%s is %s, port %s", (text, host, port) => {
    expect(value(settings.to, text)).toEqual({ host, port })
  })

  it.each([
    "",
    ":",
    ":4040",
    "host:",
    "host:0",
    "host:65536",
    "host:x",
    "[::1",
    "::1]",
    "[]",
    "a b",
    "http://h",
    "h/x"
  ])(
    "%j is none",
    (text) => {
      expect(value(settings.to, text)).toBeUndefined()
    }
  )
})
