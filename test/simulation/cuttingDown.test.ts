/** A violation is reported as a script of a few lines, with a reproducible run. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { run } from "./run.ts"
import { parse, print, type Script } from "./Script.ts"
import { simulate } from "./simulate.ts"
import { draw } from "./Worlds.ts"

const folder = (use: (path: string) => Promise<void>) => async (): Promise<void> => {
  const path = mkdtempSync(join(tmpdir(), "holub-test-"))
  try {
    await use(path)
  } finally {
    rmSync(path, { recursive: true })
  }
}

describe("a failing world", () => {
  it(
    "is shrunk to few faults and messages, and can be run again with a trace",
    folder(async (path) => {
      await simulate("--bug", "no-deduplication", "--seeds", "20", "--jobs", "1", "--keep", path)
      const [file = ""] = readdirSync(path)
      const script = parse(readFileSync(join(path, file), "utf8"))
      expect(script.clients.flatMap(({ messages }) => messages).length).toBeLessThanOrEqual(2)
      expect(script.faults.length).toBeLessThanOrEqual(2)
      const again = await simulate("--bug", "no-deduplication", "--script", join(path, file), "--trace")
      expect(again.output).toMatch(/client 0 ─▶ server {2}DAT/)
      expect(again.output).toContain("VIOLATION prefix")
      expect(again.code).toBe(1)
    })
  )

  it("yields the same trace in every run", () => {
    const trace = (): ReadonlyArray<string> => {
      const lines: Array<string> = []
      run(draw("hosts", 62), (at, client, direction, _, status) => lines.push(`${at} ${client} ${direction} ${status}`))
      return lines
    }
    expect(trace().length).toBeGreaterThan(20)
    expect(trace()).toEqual(trace())
  })
})

describe("a script", () => {
  const script = draw("hosts", 7)

  it("has a text form that parses to the same script", () => {
    expect(parse(print(script))).toEqual(script)
  })

  it.each<[string, unknown]>([
    ["no JSON", "{"],
    ["an unknown world", { ...script, world: "flat" }],
    ["an unknown fault", { ...script, faults: [{ flood: 40 }] }],
    ["no client", { ...script, clients: [] } satisfies Script]
  ])("with %s is refused with a reason", (_, wrong) => {
    expect(() => parse(typeof wrong === "string" ? wrong : JSON.stringify(wrong))).toThrow(/^invalid script: /)
  })
})

describe("the command", () => {
  it.each([
    [["--seeds", "many"], "--seeds is a number"],
    [["--world", "flat"], "there is no world \"flat\""],
    [["--bug", "a-bug"], "there is no bug \"a-bug\""],
    [["--trace"], "--trace shows one world"],
    [["--script", "no-such-file.json"], "no such file"]
  ])("refuses %j with a reason", async (args, reason) => {
    const { code, output } = await simulate(...args)
    expect(output).toContain(reason)
    expect(code).toBe(2)
  })
})
