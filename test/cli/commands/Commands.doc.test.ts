/** docs/CLI.md and the program agree: commands, flags, exit codes, events. */
import * as SchemaAST from "effect/SchemaAST"
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { commands } from "../../../src/cli/commands/Commands.ts"
import { usageOf } from "../../../src/cli/CommandUsage.ts"
import { ExitCode } from "../../../src/cli/errors/ExitCodes.ts"
import { isUsedOn, type Setting, variableOf } from "../../../src/cli/settings/Setting.ts"
import { settings } from "../../../src/cli/settings/Settings.ts"
import * as Events from "../../../src/telemetry/Events.ts"

const page = readFileSync(new URL("../../../docs/CLI.md", import.meta.url), "utf8")
const linesOf = (heading: string): ReadonlyArray<string> => {
  const [, section = ""] = page.split(`\n## ${heading}\n`)
  const [own = ""] = section.split("\n## ")
  return own.split("\n")
}
const rows: ReadonlyArray<Setting<unknown>> = Object.values(settings)

/** `config show` takes all flags; it is not named beside each. */
const commandsWith = (name: string): string =>
  commands
    .filter((command) =>
      command.name !== "config show" && usageOf(command.command).flags.some((flag) => flag.name === name)
    )
    .map((command) => command.name === "" ? "`holub`" : `\`${command.name}\``)
    .join(", ")

/** The row of a setting as the page must have it. */
const rowOf = (setting: Setting<unknown>): string => {
  const { fallback, fallbackOn, help, name, placeholder, wires } = setting
  const flag = placeholder === undefined ? `--${name}` : `--${name} ${placeholder.replaceAll("|", "\\|")}`
  const key = name === settings.config.name || setting.isFlagOnly ? "" : `\`${name}\``
  const variable = setting.isFlagOnly ? "" : `\`${variableOf(setting)}\``
  const others = Object.entries(fallbackOn).map(([on, other]) => `, on ${on} \`${other}\``).join("")
  const value = fallback === undefined || placeholder === undefined ? "" : `\`${fallback}\`${others}`
  const meaning = wires === undefined ? help : help.replace(`${wires.join(", ")}: `, "")
  return `| \`${flag}\` | ${variable} | ${key} | ${value} | ${commandsWith(name)} | ${meaning} |`
}

describe("docs/CLI.md", () => {
  it("names every command with its usage", () => {
    const section = linesOf("Commands")
    for (const { summary, usage } of commands) {
      const row = `| \`${usage.replaceAll("|", "\\|")}\` | ${summary}`
      expect(section.some((line) => line.startsWith(row)), row).toBe(true)
    }
  })

  it.each([
    ["Flags of every wire", (setting: Setting<unknown>) => setting.wires === undefined],
    ["Flags of classic", (setting: Setting<unknown>) => setting.wires !== undefined && isUsedOn(setting, "classic")],
    ["Flags of tcp", (setting: Setting<unknown>) => setting.wires !== undefined && isUsedOn(setting, "tcp")],
    ["Flags of flock", (setting: Setting<unknown>) => setting.wires !== undefined && isUsedOn(setting, "flock")]
  ])("has the table of settings: %s", (heading, isWanted) => {
    expect(linesOf(heading).filter((line) => line.startsWith("| `"))).toEqual(rows.filter(isWanted).map(rowOf))
  })

  it("has every exit code once, and no other", () => {
    const codes = linesOf("Exit codes").flatMap((line) => {
      const [, code] = /^\| (\d+) \|/.exec(line) ?? []
      return code === undefined ? [] : [Number(code)]
    })
    expect(codes).toEqual(Object.values(ExitCode))
  })

  it("has every event with its fields", () => {
    const section = linesOf("Events")
    const members = SchemaAST.isUnion(Events.Event.ast) ? Events.Event.ast.types : []
    expect(members.length).toBeGreaterThan(10)
    for (const member of members) {
      const properties = SchemaAST.getPropertySignatures(SchemaAST.typeAST(member))
      const type = properties.find(({ name }) => name === "type")?.type
      const words = type !== undefined && SchemaAST.isLiteral(type) ? String(type.literal) : expect.fail("no type")
      const described = section.filter((line) => line.split("|")[1]?.includes(`\`${words}\``)).join("\n")
      expect(described, words).not.toBe("")
      for (const { name } of properties.filter((one) => !["v", "type", "time"].includes(String(one.name)))) {
        expect(described, `${words}.${String(name)}`).toMatch(new RegExp(`\\b${String(name)}\\b`))
      }
    }
  })
})
