/** The completions as the shells run them: in bash always, in zsh and fish where they are installed. */
import { spawnSync } from "node:child_process"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { commands } from "../../src/cli/commands/Commands.ts"
import { usageOf } from "../../src/cli/CommandUsage.ts"
import { settings } from "../../src/cli/settings/Settings.ts"
import { folder, holub, Running, tidy } from "./holub.ts"

afterEach(tidy)

const scriptOf = async (shell: string): Promise<string> => {
  const { code, stderr, stdout } = await holub(["completions", shell]).ended
  expect([code, stderr]).toEqual([0, ""])
  return stdout
}

/** The completions of bash for each line of words; the last word is the one under the cursor. */
const offered = async (
  lines: ReadonlyArray<ReadonlyArray<string>>,
  cwd = folder()
): Promise<ReadonlyArray<ReadonlyArray<string>>> => {
  const script = `
    set -u
    ${await scriptOf("bash")}
    while IFS= read -r line; do
      IFS=$'\\t' read -r -a COMP_WORDS <<<"\${line%.}"
      [[ $line == *$'\\t.' ]] && COMP_WORDS+=("")
      COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
      _holub
      ((\${#COMPREPLY[@]})) && printf '%s\\t' "\${COMPREPLY[@]}"
      echo
    done
    complete -p holub
  `
  const input = lines.map((words) => `${["holub", ...words].join("\t")}.\n`).join("")
  const { code, stderr, stdout } = await new Running("bash", ["--norc", "-c", script], { cwd, input }).ended
  expect([code, stderr, stdout.trimEnd().split("\n").at(-1)]).toEqual([0, "", "complete -F _holub holub"])
  return stdout.split("\n").slice(0, lines.length).map((line) => line.split("\t").slice(0, -1))
}

describe("in bash", () => {
  it("words and values complete where they are allowed", async () => {
    const rows: ReadonlyArray<readonly [words: ReadonlyArray<string>, offers: ReadonlyArray<string>]> = [
      [[""], [
        "serve",
        "send",
        "join",
        "say",
        "follow",
        "talk",
        "app",
        "account",
        "link",
        "clean",
        "key",
        "trust",
        "config",
        "completions",
        "help",
        "version"
      ]],
      [["trust", ""], ["list", "remove", "replace"]],
      [["account", ""], ["add", "passwd", "list", "forget", "invite", "key"]],
      [["se"], ["serve", "send"]],
      [["--to", "h", ":", "1", "se"], ["serve", "send"]],
      [["config", ""], ["show"]],
      [["help", "se"], ["serve", "send"]],
      [["config", "show", ""], []],
      [["completions", ""], ["bash", "zsh", "fish", "install"]],
      [["completions", "i"], ["install"]],
      [["completions", "install", ""], ["bash", "zsh", "fish"]],
      [["completions", "bash", ""], []],
      [["serve", "--if-exists", ""], ["rename", "fail", "skip", "overwrite"]],
      // `=` is a word of its own for bash, by default.
      [["serve", "--if-exists", "="], ["rename", "fail", "skip", "overwrite"]],
      [["serve", "--if-exists", "=", "re"], ["rename"]],
      [["serve", "--if-exists=re"], ["--if-exists=rename"]],
      [["serve", "--port", ""], []],
      [["serve", "--once", "--po"], ["--port", "--port-search"]],
      [["serve", "--no-on"], ["--no-once"]],
      [["serve", "--no-po"], []],
      [["send", "--fr"], ["--fragment-size"]],
      [["send", "--por"], []],
      [["send", "--", "--fr"], []],
      [["--tr"], ["--trace", "--trace-data", "--trace-keepalive"]],
      [["clean", "--vers"], ["--version"]]
    ]
    const offers = await offered(rows.map(([words]) => words))
    expect(rows.map(([words], index) => [words, offers[index]])).toEqual(rows)
  })

  it("every flag of every command completes, and no other", async () => {
    const all = commands.map(({ command, name }) => ({ name, flags: usageOf(command).flags }))
    const offers = await offered(all.map(({ name }) => [...(name === "" ? [] : name.split(" ")), "--"]))
    const wordOf = (name: string): string | undefined => name.split(" ")[0]
    for (const [index, { name }] of all.entries()) {
      // Commands that begin with the same word share their flags.
      const group = all.filter((other) => wordOf(other.name) === wordOf(name))
      const own = [...new Map(group.flatMap(({ flags }) => flags.map((flag) => [flag.name, flag] as const))).values()]
      const switches = own.filter(({ placeholder }) => placeholder === undefined)
      const names = [...own.map((flag) => flag.name), ...switches.map((flag) => `no-${flag.name}`), "help", "version"]
      expect(offers[index]?.toSorted(), name).toEqual(names.map((flag) => `--${flag}`).toSorted())
    }
  })

  it("files and directories with any names complete", async () => {
    const cwd = folder()
    mkdirSync(join(cwd, "fa ll"))
    for (const name of ["f*", "f i"]) writeFileSync(join(cwd, name), "")
    const [operands, again, directories, files, none] = await offered([
      ["send", "f"],
      ["send", "f*", "--to", "h", "f"],
      ["serve", "--dir", "f"],
      ["serve", "--log-file", "f"],
      ["serve", "f"]
    ], cwd)
    expect(operands?.toSorted()).toEqual(["f i", "f*", "fa ll"])
    expect(again?.toSorted()).toEqual(["f i", "f*", "fa ll"])
    expect(directories).toEqual(["fa ll"])
    expect(files?.toSorted()).toEqual(["f i", "f*", "fa ll"])
    expect(none).toEqual([])
  })
})

describe.each([
  ["zsh", /^#compdef holub\n/, "'--if-exists=[", ":(rename fail skip overwrite)'", "'(--once)--no-once["],
  ["fish", /^# Created by/, "-l if-exists", "-a 'rename fail skip overwrite'", "-l no-once"]
])("in %s", (shell, beginning, ...parts) => {
  it("the script has every word, and the shell reads it where it is installed", async () => {
    const script = await scriptOf(shell)
    expect(script).toMatch(beginning)
    for (const part of parts) expect(script).toContain(part)
    for (const { name } of Object.values(settings)) expect(script).toContain(name)
    // Every quote is closed on its line.
    for (const line of script.replaceAll("'\\''", "").replaceAll("\\'", "").split("\n")) {
      expect(line.split("'").length % 2, line).toBe(1)
    }
    const { error, stderr } = spawnSync(shell, ["-n"], { input: script, encoding: "utf8" })
    if (error === undefined) expect(stderr).toBe("")
  })
})

describe("completions install", () => {
  it.each([
    ["bash", "data/bash-completion/completions/holub", "source "],
    ["zsh", "data/zsh/site-functions/_holub", "fpath=("],
    ["fish", "config/fish/completions/holub.fish", "new shells"]
  ])("writes those of %s where the shell finds them, and again over its own", async (shell, where, next) => {
    const home = folder()
    const env = { XDG_DATA_HOME: join(home, "data"), XDG_CONFIG_HOME: join(home, "config"), SHELL: `/usr/bin/${shell}` }
    const path = join(home, where)
    const script = await scriptOf(shell)
    for (const args of [["install"], ["install", shell]]) {
      const { code, stderr, stdout } = await holub(["completions", ...args], { env }).ended
      expect([code, stdout]).toEqual([0, `${path}\n`])
      expect(stderr).toContain(next)
      expect(readFileSync(path, "utf8")).toBe(script)
    }
    writeFileSync(path, script.split("\n").slice(0, 2).join("\n"))
    const { lines } = await holub(["completions", "install", "--json"], { env }).ended
    expect(lines).toEqual([expect.objectContaining({ type: "installed", shell, path })])
    expect(readFileSync(path, "utf8")).toBe(script)
  })

  it("prints the line for the configuration of the shell, with any characters in the path quoted", async () => {
    const home = join(folder(), "two words")
    const nextOf = async (shell: string) =>
      (await holub(["completions", "install", shell], { env: { XDG_DATA_HOME: home } }).ended).stderr
    expect(await nextOf("bash")).toContain(`source '${home}/bash-completion/completions/holub'\n`)
    expect(await nextOf("zsh")).toContain(`fpath=('${home}/zsh/site-functions' $fpath)\n`)
  })

  it("never replaces a file that holub has not written", async () => {
    const home = folder()
    const path = join(home, "bash-completion", "completions", "holub")
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, "complete -W 'serve send' holub\n")
    expect(await holub(["completions", "install", "bash"], { env: { XDG_DATA_HOME: home } }).ended).toMatchObject({
      code: 9,
      stdout: "",
      stderr: expect.stringContaining(`${path} exists and was not created by holub`)
    })
    expect(readFileSync(path, "utf8")).toBe("complete -W 'serve send' holub\n")
  })

  it("that cannot write ends with 8", async () => {
    const home = folder()
    writeFileSync(join(home, "bash-completion"), "")
    expect(await holub(["completions", "install", "bash"], { env: { XDG_DATA_HOME: home } }).ended).toMatchObject({
      code: 8,
      stderr: expect.stringMatching(/^holub: the completions cannot be written: /)
    })
  })
})
