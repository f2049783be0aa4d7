import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, it } from "vitest"
import { keyTable } from "../../../src/cli/room/ScreenKeyTable.ts"
import { screenOf, shown, sketch } from "./roomViews.ts"

const doc = readFileSync(join(import.meta.dirname, "../../../docs/CONVERSATION.md"), "utf8")

it("docs/CONVERSATION.md has the keys and the screen as they are", () => {
  const written = keyTable.map(([keys, does]) => {
    const quoted = keys.split(", ").map((key) => key.split(" … ").map((one) => `\`${one}\``).join(" … ")).join(", ")
    return `| ${quoted} | ${does} |`
  })
  expect(doc).toContain(written.join("\n"))
  const view = sketch()
  const rows = shown(screenOf(view), view).trimEnd().split("\n").filter((row) => row !== "")
  for (const row of rows.filter((one) => !one.includes("this is the beginning"))) expect(doc).toContain(`${row}\n`)
})
