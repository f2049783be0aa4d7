/**
 * docs/SERVICES.md: its list and the description of each app are what the program shows. After a change of an app,
 * `npx vitest run -u test/apps/servicesDoc.test.ts` writes them anew.
 */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { apps } from "../../src/apps/Apps.ts"
import { linesOf, placeOf } from "../../src/cli/services/AppDescription.ts"
import * as ConfigKeys from "../../src/cli/services/ConfigKeys.ts"
import { exampleOf } from "../../src/conversation/Rehearsal.ts"
import { nodeCrypto as crypto } from "../../src/node/security/NodeCrypto.ts"
import { hasPython, needsPython } from "../models/services/Stage.ts"

const path = new URL("../../docs/SERVICES.md", import.meta.url).pathname
const page = readFileSync(path, "utf8")

/** Columns of the descriptions: a page is wider than a terminal. */
const columns = 120

const table = apps.map(({ dialects, name, summary }) =>
  `| [${name}](#${name}) | ${dialects.map(placeOf).join(", ")} | ${dialects[0].framing} | ${summary} |\n`
).join("")

const described = new Map(apps.map((app) => [app.name, linesOf(app, exampleOf(app, { crypto }), columns).join("\n")]))

/** The sections of the page, from their headings on. */
const sections = page.split(/^(?=## )/m)
const nameOf = (section: string): string => /^## ([\w-]+)\n/.exec(section)?.[1] ?? ""

const regenerated = sections.map((section) => {
  if (section.startsWith("## The list\n")) {
    return section.replace(/(\|---\|---\|---\|---\|\n)(?:\|.*\n)*/, (_, head: string) => head + table)
  }
  const description = described.get(nameOf(section))
  return description === undefined
    ? section
    : section.replace(/^```text\n[^]*?^```$/m, () => `\`\`\`text\n${description}\n\`\`\``)
}).join("")

describe("docs/SERVICES.md", () => {
  it("shows each app as the program does", async () => {
    await expect(regenerated).toMatchFileSnapshot(path)
  })

  it("has a section for each app, in their order", () => {
    expect(sections.map(nameOf).filter((name) => described.has(name))).toEqual(apps.map(({ name }) => name))
  })

  it.each(apps.map((app) => [app.name, app] as const))("tells the options and the ways to talk to %s", (name, app) => {
    const section = sections.find((one) => nameOf(one) === name) ?? ""
    for (const { key } of ConfigKeys.of(app)) expect(section.slice(0, section.indexOf("```text"))).toContain(`${key}:`)
    for (const { port } of app.dialects) expect(section).toContain(String(port))
    expect(section).toMatch(/^holub (?:join --raw|talk) /m)
    expect(section).toContain("\n```python\nimport socket")
    const isTcp = app.dialects[0].transport === "tcp"
    expect([name, /\bnc .*127\.0\.0\.1/.test(section), section.includes("telnet ")]).toEqual([
      name,
      name !== "multicast",
      isTcp
    ])
  })

  it.skipIf(!hasPython)(`checks the draw of its example of bingo${needsPython}`, () => {
    const section = sections.find((one) => nameOf(one) === "bingo") ?? ""
    const [, script = ""] = /^```python\n(import hashlib[^]*?)^```$/m.exec(section) ?? []
    const [, round = "", secret = ""] = /round (\d+) secret (\w+)/.exec(section) ?? []
    const { stderr, stdout } = spawnSync("python3", ["-c", script, round, secret], { encoding: "utf8" })
    const [promised = "", drawn = "", ...more] = stdout.trim().split("\n")
    expect([stderr, more]).toEqual(["", []])
    expect(section).toContain(`S → C1   ${promised}\n`)
    expect(section).toContain(`S → C1   ${drawn}\n`)
    expect(drawn).toMatch(/^drawn(?: \d+){5}$/)
  })
})
