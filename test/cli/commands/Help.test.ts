import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type { CommandContext } from "../../../src/cli/commands/CommandContext.ts"
import { commands } from "../../../src/cli/commands/Commands.ts"
import * as Help from "../../../src/cli/commands/Help.ts"
import { usageOf } from "../../../src/cli/CommandUsage.ts"
import { settings } from "../../../src/cli/settings/Settings.ts"
import { fakeOutput, mischief } from "../fakes.ts"

const [alone, ...named] = commands
const examples = commands.flatMap((command) => command.examples.map(([line]) => line))
const general = Help.ofCommand(alone, commands, 80)

describe("the help", () => {
  it("of the program alone lists the commands, its flags and two examples", () => {
    expect(general).toMatch(/^ {2}holub {2,}on a terminal: /m)
    const words = general.replace(/\s+/g, " ")
    for (const { name, summary } of named) expect(words).toContain(`holub ${name} ${summary}`)
    for (const { name } of usageOf(alone.command).flags) expect(general).toContain(`  --${name}`)
    expect(general.split("\n").filter((line) => line.startsWith("  holub ") && !/ {2}\w/.test(line.slice(2))))
      .toHaveLength(2)
    expect(general).toContain("holub COMMAND --help")
  })

  it("without a command is the same, but short", () => {
    const short = Help.ofCommand(undefined, commands, 80)
    expect(short.split("\n").length).toBeLessThan(50)
    expect(general.replace(/Flags of holub alone:\n[^]*?\n\n/, "")).toBe(short)
  })

  const widths = [40, 60, 80, 120]
  const pages = widths.flatMap((columns) =>
    commands.map(({ name }, index) =>
      [name || "holub", columns, Help.ofCommand(commands[index], commands, columns)] as const
    )
  )

  it.each(pages)(
    "of %s has no escapes, no trailing spaces, ends in one line feed and fits %d columns",
    (_, columns, help) => {
      expect(help).not.toMatch(mischief)
      expect(help).toMatch(/[^\n]\n$/)
      for (const line of help.split("\n")) {
        expect(line).toBe(line.trimEnd())
        // A command to copy is one line.
        if (columns >= 60 || !examples.includes(line.trim())) expect(line.length, line).toBeLessThanOrEqual(columns)
      }
    }
  )

  it.each(named.map((command) => [command.name, command] as const))(
    "of %s says its usage, its operands, its defaults, its environment and its exit codes",
    (_, command) => {
      const help = Help.ofCommand(command, commands, 120)
      const { flags, operand } = usageOf(command.command)
      expect(help).toContain(`Usage: ${command.usage}`)
      expect(help.includes("HOLUB_FRAGMENT_SIZE")).toBe(command.hasSettings)
      for (const choice of operand?.choices ?? []) expect(help).toContain(choice)
      for (const { name } of flags) {
        const { fallback, placeholder } = Object.values(settings).find((row) => row.name === name) ?? expect.fail(name)
        if (fallback === undefined || placeholder === undefined) continue
        const line = help.replace(/\n +(?!--)/g, " ")
        expect(line, name).toMatch(new RegExp(`--${name} [^\n]*\\(default ${fallback.replace(/[.]/g, "\\.")}[;)]`))
      }
      const codes = help.split("Exit codes: ")[1] ?? ""
      for (const code of [...command.exitCodes.map((words) => Number.parseInt(words, 10)), 1, 129, 130, 143]) {
        expect(codes).toMatch(new RegExp(`\\b${code} `))
      }
    }
  )

  it("does not call a switch's default a default", () => {
    expect(general + named.map((command) => Help.ofCommand(command, commands, 80)).join("")).not.toContain(
      "default false"
    )
  })
})

describe("the width of the help", () => {
  it.each([[30, 40], [40, 40], [60, 60], [97, 97], [120, 120], [300, 120]])(
    "on a terminal of %d columns is %d",
    (columns, width) => {
      expect(Help.columnsOf(fakeOutput(true, columns))).toBe(width)
    }
  )

  it("is 80 elsewhere", () => {
    expect(Help.columnsOf(fakeOutput(false, 200))).toBe(80)
  })
})

describe("holub help", () => {
  const shown = (...operands: ReadonlyArray<string>) => {
    let text = ""
    const context = {
      commands,
      outputs: { stdout: fakeOutput() },
      print: (words: string) =>
        Effect.sync(() => {
          text += words
        })
    } as unknown as CommandContext
    const outcome = Effect.scoped(Effect.either(Help.start({ operands }, context)))
    return Exit.match(Effect.runSyncExit(outcome), {
      onFailure: () => expect.fail("it died"),
      onSuccess: (ended) => ended._tag === "Right" ? text : [ended.left.message, ended.left.hint]
    })
  }

  it("shows the help of the command that it names", () => {
    expect(shown()).toBe(general)
    expect(shown("send")).toBe(Help.ofCommand(named.find(({ name }) => name === "send"), commands, 80))
    for (const words of [["config"], ["config", "show"]]) {
      expect(shown(...words)).toBe(Help.ofCommand(named.find(({ name }) => name === "config show"), commands, 80))
    }
  })

  it("fails for a command that there is not", () => {
    expect(shown("sned")).toEqual(["unknown command \"sned\"", "did you mean send?"])
    expect(shown("receive")).toEqual(["unknown command \"receive\"", "did you mean serve?"])
    expect(shown("send", "a")).toEqual(["unknown command \"send a\"", "did you mean holub help send?"])
  })
})
