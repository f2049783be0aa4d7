import { describe, expect, it } from "@effect/vitest"
import { parse } from "../../src/cli/Argv.ts"
import * as Commands from "../../src/cli/Commands.ts"
import * as Help from "../../src/cli/Help.ts"

describe("the table of commands", () => {
  it("has names that are unique and plain", () => {
    const names = Commands.all.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z]+( [a-z]+)?$/)
  })

  it.each(Commands.all.map((command) => [command.name, command] as const))(
    "gives %s flags with names that are unique, plain and not read as a negation",
    (_, { flags }) => {
      const names = flags.map(({ name }) => name)
      expect(new Set(names).size).toBe(names.length)
      for (const name of names) expect(name).toMatch(/^(?!no-)[a-z]+(-[a-z]+)*$/)
    }
  )

  it.each(Commands.all.map((command) => [command.name, command] as const))(
    "shows every flag of %s in its help, with what it takes",
    (_, command) => {
      const help = Help.ofCommand(command)
      for (const { help: purpose, name, placeholder } of command.flags) {
        const left = `  --${name}${placeholder === undefined ? "" : ` ${placeholder}`}`
        expect(help.split("\n").some((line) => line.startsWith(`${left} `) && line.includes(purpose)), name).toBe(true)
      }
    }
  )

  it("gives the same flag of two commands the same value", () => {
    const kinds = new Map<string, unknown>()
    for (const flag of Commands.all.flatMap(({ flags }) => flags)) {
      expect(kinds.get(flag.name) ?? flag).toBe(flag)
      kinds.set(flag.name, flag)
    }
  })

  it("gives help to every command", () => {
    for (const { flags } of Commands.all) expect(flags.map(({ name }) => name)).toContain("help")
  })

  it("has examples that the program takes", () => {
    const examples = Commands.all.flatMap((command) => command.examples.map(([line]) => line))
    for (const line of examples) {
      const argv = line.replace(/^.*\| /, "").split(" ")
      expect(argv[0]).toBe("holub")
      expect(parse(argv.slice(1))._tag, line).toBe("Right")
    }
  })
})
