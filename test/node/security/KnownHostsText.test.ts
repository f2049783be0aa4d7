import { describe, expect, it } from "@effect/vitest"
import * as fc from "fast-check"
import * as KnownHostsText from "../../../src/node/security/KnownHostsText.ts"
import { encode } from "../../../src/security/KeyText.ts"
import { hashing, keyOf } from "../../security/hashing.ts"

const [one, two, three] = [1, 2, 3].map((byte) => encode(hashing, keyOf(byte))) as [string, string, string]
const time = "2026-11-30T14:00:00Z"
const later = "2026-12-01T00:00:00Z"
const lines = (...texts: ReadonlyArray<string>) =>
  KnownHostsText.parse(hashing, Buffer.from(texts.map((text) => `${text}\n`).join(""), "latin1"))
const textsOf = (all: ReadonlyArray<KnownHostsText.Line> | undefined) => all?.map(({ text }) => text)

describe("the text of known_hosts", () => {
  it("has a server a line, with its key, its time and perhaps its next key", () => {
    const all = lines("# mine", "", `Host.example:4040 ${one} ${time}`, `[fe80::1%Eth0]:1\t${one}  ${time} ${two} `)
    expect(all.map(({ known, problem }) => [known?.name, known?.next, problem])).toEqual([
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
      ["host.example:4040", undefined, undefined],
      ["[fe80::1%Eth0]:1", keyOf(2), undefined]
    ])
    expect(KnownHostsText.knownAt(all, "host.example:4040")).toEqual([
      { name: "host.example:4040", key: keyOf(1), firstSeen: time, next: undefined }
    ])
  })

  it.each([
    [`host ${one} ${time}`, "does not begin with HOST:PORT"],
    ["h:1", "has a key that does not begin with hk1"],
    [`h:1 ${one.slice(0, 50)} ${time}`, "has a key that has 50 characters, not 59"],
    [`h:1 ${one}`, "has no time at which its key was first seen"],
    [
      `h:1 ${one} ${time} ${two.replace(/.$/, "a")}`,
      "has a next key that has a typing mistake: its checksum does not match"
    ],
    [`h:1 ${one} ${time} ${two} ${three}`, "has more than four words"]
  ])("says what is wrong with %j", (text, problem) => {
    const all = lines(text)
    expect(all.map((line) => [line.problem, line.known])).toEqual([[problem, undefined]])
    if (text.startsWith("h:1")) expect(KnownHostsText.damagedAt(all, "h:1")).toEqual(all)
  })

  it("comes back byte for byte, whatever it was", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const whole = bytes.length === 0 || bytes.at(-1) === 10 ? bytes : Uint8Array.of(...bytes, 10)
      expect(Uint8Array.from(KnownHostsText.format(KnownHostsText.parse(hashing, bytes)))).toEqual(whole)
    }))
  })
})

describe("a change", () => {
  const before = ["# mine", "broken \u00ff", `a:1 ${one} ${time}`, `b:2 ${two} ${time}`]

  it("adds a new server at the end and leaves the rest", () => {
    const after = KnownHostsText.learned(hashing, lines(...before), "c:3", { key: keyOf(3), next: keyOf(1) }, later)
    expect(textsOf(after)).toEqual([...before, `c:3 ${three} ${later} ${one}`])
  })

  it("is none if nothing is new", () => {
    expect(
      KnownHostsText.learned(hashing, lines(...before), "a:1", { key: keyOf(1), next: undefined }, later)
    ).toBeUndefined()
  })

  it("keeps the time of a key that gets a next one, and sets it for a key that replaces another", () => {
    const announced = KnownHostsText.learned(hashing, lines(...before), "a:1", { key: keyOf(1), next: keyOf(3) }, later)
    expect(textsOf(announced)?.[2]).toBe(`a:1 ${one} ${time} ${three}`)
    const used = KnownHostsText.learned(hashing, announced ?? [], "a:1", { key: keyOf(3), next: undefined }, later)
    expect(textsOf(used)?.[2]).toBe(`a:1 ${three} ${later}`)
  })

  it("is about the line that has the key, where a place has several", () => {
    const several = lines(`a:1 ${one} ${time}`, `a:1 ${two} ${time}`)
    const after = KnownHostsText.learned(hashing, several, "a:1", { key: keyOf(2), next: keyOf(3) }, later)
    expect(textsOf(after)).toEqual([`a:1 ${one} ${time}`, `a:1 ${two} ${time} ${three}`])
  })

  it("replaces all lines of a place by one, and removes them, damaged ones too", () => {
    const several = lines("# mine", `a:1 ${one} ${time}`, `b:2 ${two} ${time}`, "a:1 damaged")
    const known = { name: "a:1", key: keyOf(3), firstSeen: later, next: undefined }
    expect(textsOf(KnownHostsText.replaced(hashing, several, known))).toEqual([
      "# mine",
      `a:1 ${three} ${later}`,
      `b:2 ${two} ${time}`
    ])
    expect(textsOf(KnownHostsText.removed(several, "a:1"))).toEqual(["# mine", `b:2 ${two} ${time}`])
    expect(textsOf(KnownHostsText.replaced(hashing, [], known))).toEqual([`a:1 ${three} ${later}`])
  })
})
