/** docs/SECURITY.md and the tests that it names agree, and its limits are those of the code. */
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import * as AccountLimits from "../src/conversation/accounts/AccountLimits.ts"
import * as HandshakeLimits from "../src/protocol/flock/handshake/HandshakeLimits.ts"
import * as Limits from "../src/protocol/ProtocolLimits.ts"
import * as AeadLimits from "../src/security/AeadLimits.ts"
import { KeyLimits } from "../src/security/KeyLimits.ts"
import * as TransferLimits from "../src/transfer/TransferLimits.ts"
import * as FlockLimits from "../src/transport/flock/FlockLimits.ts"
import * as StreamLimits from "../src/transport/streams/StreamLimits.ts"
import { exists, namedIn } from "./namedTests.ts"

const page = readFileSync(new URL("../docs/SECURITY.md", import.meta.url), "utf8")
const protocol = readFileSync(new URL("../docs/PROTOCOL.md", import.meta.url), "utf8")

const rowsOf = (heading: string, cells: number): ReadonlyArray<ReadonlyArray<string>> => {
  const [, section = ""] = page.split(`\n## ${heading}\n`)
  const [own = ""] = section.split("\n## ")
  return own.split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| promise") && !line.startsWith("| limit"))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()))
    .filter((row) => row.length === cells)
}

describe("a promise", () => {
  const promises = [...rowsOf("What is promised", 3), ...rowsOf("Accounts", 3), ...rowsOf("The page", 3)]

  it("is one of many", () => {
    expect(promises.length).toBeGreaterThan(10)
  })

  it.each(promises)("is shown by tests that there are: %s", (_, how, shown = "") => {
    expect(how).not.toBe("")
    for (const test of namedIn(shown)) {
      expect(test).toBeDefined()
      if (test !== undefined) expect([test, exists(test)]).toEqual([test, true])
    }
  })
})

describe("a limit", () => {
  const limits: Readonly<Record<string, unknown>> = {
    ...Limits,
    ...HandshakeLimits,
    ...FlockLimits,
    ...StreamLimits,
    ...AeadLimits,
    ...KeyLimits,
    ...TransferLimits,
    ...AccountLimits
  }
  const rows = rowsOf("Limits", 4)

  it("is one of many", () => {
    expect(rows.length).toBeGreaterThan(20)
  })

  it.each(rows)("has the value of the code, and a reason: %s", (_, value = "", names = "", reason) => {
    const found = Array.from(names.matchAll(/`(\w+)`/g), ([, name = ""]) => limits[name])
    const numbers = Array.from(value.matchAll(/\d[\d,]*/g), ([number]) => Number(number.replaceAll(",", "")))
    expect(found.length).toBeGreaterThan(0)
    expect(numbers).toEqual(found)
    expect(reason).not.toBe("")
  })
})

it("the page links to sections of the protocol that there are", () => {
  const [, flock = ""] = protocol.split("\n# The flock wire\n")
  const cited = Array.from(page.matchAll(/§(\d+(?:\.\d+)?)/g), ([, number]) => number)
  expect(cited.length).toBeGreaterThan(10)
  expect(cited.filter((number) => !new RegExp(`^#+ §${number} `, "m").test(flock))).toEqual([])
})
