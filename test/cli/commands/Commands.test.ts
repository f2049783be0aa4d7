import { describe, expect, it } from "@effect/vitest"
import { parse } from "../../../src/cli/CommandLine.ts"
import { commands } from "../../../src/cli/commands/Commands.ts"
import * as Help from "../../../src/cli/commands/Help.ts"
import { helpOf, usageOf } from "../../../src/cli/CommandUsage.ts"
import { settings } from "../../../src/cli/settings/Settings.ts"

const all = commands.map((command) => [command.name || "holub alone", command, usageOf(command.command)] as const)
const rowOf = (name: string) => Object.values(settings).find((setting) => setting.name === name)

describe("the table of commands", () => {
  it("has names that are unique and plain", () => {
    const [alone, ...names] = commands.map(({ name }) => name)
    expect(alone).toBe("")
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z]+( [a-z]+)?$/)
  })

  it.each(all)("gives %s flags with names that are unique, plain and not read as a negation", (_, __, { flags }) => {
    const names = flags.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^(?!no-)[a-z]+(-[a-z]+)*$/)
  })

  it.each(all)("gives %s flags that @effect/cli reads as their settings say", (_, { command }, { flags }) => {
    const help = helpOf(command)
    for (const { isNegatable, isRepeatable, name, placeholder } of flags) {
      const row = rowOf(name)
      expect([placeholder, isRepeatable, isNegatable], name).toEqual([
        row?.placeholder,
        row?.isRepeatable,
        row?.placeholder === undefined
      ])
      expect(help.get(name)?.startsWith(row?.help ?? "?"), name).toBe(true)
    }
  })

  it.each(all)("shows every flag of %s in its help, with what it takes", (_, command, { flags }) => {
    for (const columns of [60, 80, 120]) {
      const help = Help.ofCommand(command, commands, columns).replace(/\s+/g, " ").replaceAll(", ", ",")
      for (const { name, placeholder } of flags) {
        const left = `--${name}${placeholder === undefined ? "" : ` ${placeholder}`}`
        const purpose = rowOf(name)?.help.replaceAll(", ", ",")
        // A word that is too long is broken after a comma.
        expect(help.replaceAll(/,(?=\S)/g, ",").includes(`${left} ${purpose}`), name).toBe(true)
      }
    }
  })

  it("gives help to every command", () => {
    for (const command of commands) expect(Help.ofCommand(command, commands, 80)).toContain("  --help ")
  })

  it("has examples that the program takes", () => {
    const examples = commands.flatMap((command) => command.examples.map(([line]) => line))
    for (const line of examples) {
      const argv = line.replace(/^.*\| /, "").split(" ")
      expect(argv[0]).toBe("holub")
      expect(parse(commands)(argv.slice(1))._tag, line).toBe("Right")
    }
  })
})
