import { describe, expect, it } from "@effect/vitest"
import { commands } from "../../../src/cli/commands/Commands.ts"
import * as Help from "../../../src/cli/commands/Help.ts"
import type { Described } from "../../../src/cli/CommandUsage.ts"
import { helpOf, usageOf } from "../../../src/cli/CommandUsage.ts"
import { ExitCode } from "../../../src/cli/errors/ExitCodes.ts"
import { variableOf } from "../../../src/cli/settings/Setting.ts"
import { settings } from "../../../src/cli/settings/Settings.ts"
import { manPage } from "../../../src/cli/text/ManPage.ts"
import { isPartName } from "../../../src/node/storage/NodePart.ts"

const page = manPage(commands, "1.2.3")

const signs: Readonly<Record<string, string>> = { e: "\\", "-": "-", "(aq": "'", "(ga": "`", "(ha": "^", "(ti": "~" }

/** The text as it is shown, line for line; macros stay. */
const shown = (roff: string): string =>
  roff.replace(/\\(?:f[BIR]|[&:]|\((?:dq)|\[u([0-9A-F]+)\]|(e|-|\(aq|\(ga|\(ha|\(ti))/g, (escape, code, sign) => {
    if (escape === "\\(dq") return "\""
    if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16))
    return sign === undefined ? "" : signs[sign] ?? expect.fail(escape)
  })

/** The lines of a section, or of one of its parts. */
const under = (heading: string, roff = page, level = "SH"): ReadonlyArray<string> => {
  const [, rest = ""] = roff.split(`\n.${level} ${heading}\n`)
  return rest.split(level === "SH" ? /^\.SH /m : /^\.S[HS] /m)[0]?.trimEnd().split("\n") ?? []
}

const wordsOf = ({ name }: Described): string => name === "" ? "holub" : `holub ${name}`

/** The flags that the help of a command prints, without dashes. */
const flagsInHelp = (command: Described): ReadonlyArray<string> =>
  Array.from(Help.ofCommand(command, commands, 80).matchAll(/^ {2}--([\w-]+)/gm), ([, name = ""]) => name)

/** The entry of a list whose term is such text. */
const entryOf = (heading: string, isTerm: (term: string) => boolean): string => {
  const entries = under(heading).join("\n").split(/(?:^|\n)\.TP\n/).map(shown)
  return entries.find((entry) => isTerm(entry.split("\n")[0] ?? "")) ?? expect.fail(`nothing of it in ${heading}`)
}

describe("the manual page", () => {
  it("has the usual sections in the usual order", () => {
    expect(Array.from(page.matchAll(/^\.SH (.*)$/gm), ([, heading]) => heading)).toEqual([
      "NAME",
      "SYNOPSIS",
      "DESCRIPTION",
      "COMMANDS",
      "OPTIONS",
      "ENVIRONMENT",
      "FILES",
      "EXIT STATUS",
      "EXAMPLES",
      "SEE ALSO"
    ])
    expect(page).toContain("\n.TH HOLUB 1 \"\" \"holub 1.2.3\" \"User Commands\"\n")
    expect(under("NAME")).toEqual(["holub \\- carries messages and files reliably over UDP"])
  })

  it("is roff of few macros, in which every sign stands for itself", () => {
    const [comment, ...lines] = page.trimEnd().split("\n")
    expect(comment).toMatch(/^\.\\" /)
    for (const line of lines) {
      expect(line, line).toMatch(/^[ -~]+$/)
      if (/^\.(?:(?:TH|SH|SS) [^ ].*|TP|PP|br|nh|ad l)$/.test(line)) continue
      const plain = line.replaceAll(/\\(?:-|e|f[BIR]|[&:]|\((?:aq|ga|ha|ti|dq)|\[u[0-9A-F]+\])/g, "")
      expect(plain, line).not.toMatch(/[\\"'`^~-]/)
      expect(line).toMatch(/^[^.]/)
      // A font ends on the line on which it begins.
      expect(line.replaceAll(/\\f[BI](?:(?!\\f).)*\\fR/g, ""), line).not.toMatch(/\\f/)
    }
  })

  it("has text behind every macro that needs it", () => {
    const lines = page.split("\n")
    const isText = (line: string | undefined): boolean => line !== undefined && /^[^.]/.test(line)
    for (const [index, line] of lines.entries()) {
      if (/^\.(?:TP|PP|br)$/.test(line)) expect(isText(lines[index + 1]), `${index}: ${line}`).toBe(true)
      if (line === ".TP") expect(isText(lines[index + 2]), `${index}: ${line}`).toBe(true)
      if (/^\.S[HS] /.test(line)) expect(lines[index + 1]).toMatch(/^(?:[^.]|\.(?:TP|SS .*)$)/)
    }
  })

  it("has the usage of every command, its summary and its examples", () => {
    const synopsis = under("SYNOPSIS").filter((line) => line !== ".br").map(shown)
    expect(synopsis).toEqual(commands.map(({ usage }) => usage.replace("…", "...")))
    for (const command of commands) {
      const [summary = ""] = under(wordsOf(command), page, "SS").map(shown)
      expect(summary.toLowerCase()).toBe(`${command.summary}.`.toLowerCase())
      for (const [line, purpose] of command.examples) {
        expect(entryOf("EXAMPLES", (term) => term === line)).toBe(`${line}\n${purpose}`)
      }
    }
  })

  it.each(commands.map((command) => [wordsOf(command), command] as const))(
    "has every flag that the help of %s prints",
    (words, command) => {
      const flags = flagsInHelp(command)
      expect(flags).toContain("help")
      const own = under(words, page, "SS").map(shown).join("\n")
      for (const name of flags) {
        expect(under("OPTIONS").some((line) => shown(line).startsWith(`--${name}`)), name).toBe(true)
        const isNamed = new RegExp(`--${name}[,.]`).test(own)
        if (name !== "help") expect(isNamed || own.includes("Options: all."), name).toBe(true)
      }
    }
  )

  it.each(Object.values(settings).map((setting) => [setting.name, setting] as const))(
    "has the help of --%s, its default, its environment variable, its key and its commands",
    (name, { isFlagOnly = false, placeholder }) => {
      const takers = commands.filter(({ command }) => usageOf(command).flags.some((flag) => flag.name === name))
      const [first] = takers
      const help = first === undefined ? undefined : helpOf(first.command).get(name)
      const names = takers.filter((taker) => taker.name !== "config show").map((taker) => taker.name || "holub")
      const flag = placeholder === undefined ? `--${name}, --no-${name}` : `--${name} ${placeholder}`
      expect(entryOf("OPTIONS", (term) => term === flag).split("\n")).toEqual([
        flag,
        help,
        ".br",
        `${isFlagOnly ? "no variable" : variableOf({ name })}, ${
          isFlagOnly || name === "config" ? "no key" : `key ${name}`
        }; ${names.join(", ")}`
      ])
    }
  )

  it("has every exit code once, in order, and those words of a command that differ", () => {
    const codes = under("EXIT STATUS").flatMap((line) => /^\\fB(\d+)\\fR$/.exec(line)?.[1] ?? [])
    expect(codes).toEqual(Object.values(ExitCode).map(String))
    const text = under("EXIT STATUS").map(shown).join("\n")
    for (const words of commands[0].exitCodes) expect(text).toContain(words.replace(" ", "\n"))
    expect(under("holub send", page, "SS").join("\n")).not.toContain("Exit status")
    expect(under("holub clean", page, "SS")).toContain("Exit status: 0 clean; 2 usage, or DIR does not exist.")
  })

  it("names the files of a user, wherever it was made", () => {
    const paths = under("FILES").filter((line) => line.startsWith("\\fI")).map(shown)
    expect(paths.slice(0, 6)).toEqual([
      "~/.config/holub/config.toml",
      "~/.local/state/holub/host.key",
      "~/.local/state/holub/host.key.next",
      "~/.local/state/holub/identity.key",
      "~/.local/state/holub/known_hosts",
      "./inbox"
    ])
    expect(paths.slice(7)).toEqual([
      "~/.local/share/bash-completion/completions/holub",
      "~/.local/share/zsh/site-functions/_holub",
      "~/.config/fish/completions/holub.fish"
    ])
    expect(isPartName(paths[6]?.replace("*", "0123456789abcdef".repeat(2)) ?? "")).toBe(true)
  })

  it("shows text that looks like roff as it is", () => {
    const [alone] = commands
    const words = ".TH 'x' \\fB a-b ~^ \"q\" é 🕊\nnext"
    const odd: Described = { ...alone, summary: words, usage: "holub", examples: [[words, words]] }
    const lines = manPage([odd], "1").split("\n")
    expect(lines.filter((line) => line.startsWith(".TH"))).toHaveLength(1)
    expect(lines.filter((line) => shown(line) === words.replace("\n", " "))).toHaveLength(2)
    expect(lines).toContain(
      "\\&.TH \\(aqx\\(aq \\efB a\\-b \\(ti\\(ha \\(dqq\\(dq \\[u00E9] \\[u1F54A] next"
    )
  })
})
