import { describe, expect, it } from "vitest"
import { apps, named } from "../../../src/apps/Apps.ts"
import * as AppDescription from "../../../src/cli/services/AppDescription.ts"
import * as ConfigKeys from "../../../src/cli/services/ConfigKeys.ts"
import { widthOf } from "../../../src/cli/text/Width.ts"
import { exampleOf } from "../../../src/conversation/Rehearsal.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"
import { mischief } from "../fakes.ts"

const linesOf = (name: string, columns = 80): ReadonlyArray<string> => {
  const app = named(name)
  return app === undefined
    ? expect.fail(`there is no ${name}`)
    : AppDescription.linesOf(app, exampleOf(app, { crypto: nodeCrypto }), columns)
}

describe("the description of an app", () => {
  it("has its ports, and its example byte for byte", () => {
    const lines = linesOf("echo")
    expect(lines).toContain("  tcp 9090, framing raw")
    expect(lines.slice(lines.indexOf("Example, C client, S server:") + 1)).toEqual([
      "  C1 joins",
      "  C1 → S   coo",
      "  S → C1   coo",
      "  C1 → S   exit",
      "  S closes C1"
    ])
  })

  it("has the keys of its configuration with their defaults", () => {
    expect(linesOf("words").some((line) => /^ {2}players:3\b/.test(line))).toBe(true)
    expect(linesOf("echo")).toContain("It has no configuration.")
  })

  it("says nothing of a key that has no meaning of its own", () => {
    const meanings = apps.flatMap((app) => ConfigKeys.of(app).flatMap(({ meaning = [] }) => meaning))
    expect(meanings.filter((meaning) => /^an? (?:string|number|boolean)\b/.test(meaning))).toEqual([])
    expect(linesOf("guess")).toContain("  prompt:false")
  })

  it("has the configuration of its example as the command line has it: a long text is in a file", () => {
    expect(linesOf("words", 120)).toContain(
      "Example with players:2,language:en,list:FILE (FILE has the text pigeon), C client, S server:"
    )
  })

  it.each(apps.map(({ name }) => name))("of %s fits a narrow terminal, and has visible controls", (name) => {
    const lines = linesOf(name, 60)
    for (const line of lines) {
      expect(line).not.toMatch(mischief)
      // A word that is wider stays whole.
      if (line.trim().includes(" ")) expect(widthOf(line), line).toBeLessThanOrEqual(80)
    }
  })

  it("has an own default for each key of each app, which the app accepts", () => {
    for (const app of apps) {
      const config = Object.fromEntries(
        ConfigKeys.of(app).flatMap(({ key, value }) => value === undefined ? [] : [[key, value]])
      )
      expect([app.name, ConfigKeys.problemOf(app, config)]).toEqual([app.name, undefined])
    }
  })
})
