import { describe, expect, it } from "@effect/vitest"
import * as Commands from "../../src/cli/Commands.ts"
import * as Help from "../../src/cli/Help.ts"
import { mischief } from "./fakes.ts"

describe("the help", () => {
  it("of the program alone lists the commands and two examples", () => {
    const help = Help.general()
    expect(help).toMatch(/^ {2}holub {2,}on a terminal: /m)
    for (const { name, summary } of Commands.all) expect(help).toMatch(new RegExp(`^  holub ${name} +${summary}$`, "m"))
    expect(help.split("\n").filter((line) => line.startsWith("  holub ") && !/ {2}\w/.test(line.slice(2))))
      .toHaveLength(2)
    expect(help).toContain("holub serve --help")
  })

  const pages = [
    ["the program", Help.general()],
    ...Commands.all.map((command) => [command.name, Help.ofCommand(command)] as const)
  ] as const

  it.each(pages)("of %s has no escapes, no trailing spaces, ends in one line feed and fits 120 columns", (_, help) => {
    expect(help).not.toMatch(mischief)
    expect(help).toMatch(/[^\n]\n$/)
    for (const line of help.split("\n")) {
      expect(line).toBe(line.trimEnd())
      expect(line.length).toBeLessThanOrEqual(120)
    }
  })

  it.each(Commands.all.map((command) => [command.name, command] as const))(
    "of %s says its usage, its operands, its defaults, its environment and its exit codes",
    (_, command) => {
      const help = Help.ofCommand(command)
      expect(help).toContain(`Usage: ${command.usage}`)
      expect(help).toContain("HOLUB_FRAGMENT_SIZE")
      if (command.operands?.choices !== undefined && command.operands.choices !== "files") {
        for (const choice of command.operands.choices) expect(help).toContain(choice)
      }
      for (const { fallback, name, placeholder } of command.flags) {
        if (fallback === undefined || placeholder === undefined) continue
        expect(help, name).toMatch(new RegExp(`--${name} .*\\(default ${fallback.replace(/[.]/g, "\\.")}\\)`))
      }
      const codes = help.split("Exit codes: ")[1] ?? ""
      for (const code of [...command.exitCodes.map((words) => Number.parseInt(words, 10)), 1, 130, 143]) {
        expect(codes).toMatch(new RegExp(`\\b${code} `))
      }
    }
  )

  it("does not call a switch's default a default", () => {
    expect(Help.ofCommand(Commands.serve)).not.toContain("default false")
  })
})
