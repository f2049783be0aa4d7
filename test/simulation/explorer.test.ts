/** Runs the explorer's command: it finds no violation in the cores, and it finds the planted bugs. */
import { execFile } from "node:child_process"
import { join, resolve } from "node:path"
import { describe, expect, it } from "vitest"

const root = resolve(import.meta.dirname, "../..")

const explore = (...flags: ReadonlyArray<string>) =>
  new Promise<{ status: number; stderr: string; lines: ReadonlyArray<string> }>((done) => {
    const script = join(root, "scripts", "explore.mjs")
    execFile(process.execPath, [script, ...flags], { cwd: root }, (error, stdout, stderr) => {
      done({ status: Number(error?.code ?? 0), stderr, lines: stdout.trimEnd().split("\n") })
    })
  })

describe("the explorer", () => {
  it("visits more than a million states of the cores and finds no violation", { timeout: 180_000 }, async () => {
    const { lines, status, stderr } = await explore()
    expect({ status, stderr, wrong: lines.filter((line) => /^(?:VIOLATION| +\d)/.test(line)) }).toEqual({
      status: 0,
      stderr: "",
      wrong: []
    })
    const [, all] = /^all +(\d+) /.exec(lines.at(-1) ?? "") ?? []
    expect(Number(all)).toBeGreaterThan(1_000_000)
  })

  it.each([
    ["acknowledged-before-published", "file", "message 1 is confirmed, but not published"],
    ["repeats-accepted", "file", "the received content was never sent"],
    ["copies-begin-messages", "text", "message 1 was published twice"],
    ["timer-without-effect", "crash", "an endless run is possible"],
    ["endless-answers", "text", "an endless run is possible"],
    ["only-the-last-remembered", "texts", "message 1 was published twice"]
  ])("finds the planted bug %s and prints the path to it", { timeout: 60_000 }, async (bug, world, what) => {
    const { lines, status } = await explore("--bug", bug, "--world", world)
    const at = lines.findIndex((line) => line.startsWith(`VIOLATION in world ${world}: ${what}`))
    expect({ status, isPrinted: at >= 0 }).toEqual({ status: 1, isPrinted: true })
    const path = lines.slice(at + 1, lines.indexOf("", at))
    expect(path[0]).toMatch(/^ +0\.000 s {2}client {2}begins message 1; sends INF /)
    expect(path.length).toBeGreaterThan(5)
  })

  it("refuses unknown worlds and bugs", async () => {
    const stderr = "explore: there is no world \"nowhere\"\n"
    expect(await explore("--world", "nowhere")).toMatchObject({ status: 2, stderr })
    expect(await explore("--bug", "none")).toMatchObject({ status: 2 })
  })
})
