/** `holub clean` on a real disk. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { folder, holub, tidy } from "./holub.ts"

afterEach(tidy)

const nameOf = (digit: string): string => `.holub-${digit.repeat(32)}.part`

/** An inbox with an old part of 2048 bytes, a new one, and old entries that are no parts. */
const littered = () => {
  const inbox = join(folder(), "inbox")
  mkdirSync(inbox)
  const [old, fresh, file, link, directory] = [
    nameOf("a"),
    nameOf("b"),
    "file.txt",
    nameOf("c"),
    nameOf("d")
  ].map((name) => join(inbox, name)) as [string, string, string, string, string]
  for (const path of [old, fresh, file]) writeFileSync(path, Buffer.alloc(2048))
  symlinkSync(file, link)
  mkdirSync(directory)
  for (const path of [old, file, directory]) utimesSync(path, 1_000_000_000, 1_000_000_000)
  return { inbox, old, fresh, kept: [fresh, file, link, directory] }
}

const younger = "1 part, 2.0 KiB, younger than 1 h 00 min stays; " +
  "if no server uses this inbox, --older-than 0s removes all\n"

describe("holub clean", () => {
  it("removes parts that have not grown for an hour, and reports each and a total", async () => {
    const { inbox, kept, old } = littered()
    const { code, stderr, stdout } = await holub(["clean", "--dir", inbox]).ended
    expect([code, stderr]).toEqual([0, `removed 1 part, 2.0 KiB, in ${inbox}\n${younger}`])
    expect(stdout).toMatch(/^\S+ {2}2\.0 KiB {2}\d+ h \d\d min old\n$/)
    expect(stdout.split("  ")[0]).toBe(old)
    expect([existsSync(old), ...kept.map((path) => readdirSync(inbox).includes(path.slice(inbox.length + 1)))])
      .toEqual([false, true, true, true, true])
    expect(await holub(["clean", "--dir", inbox]).ended).toMatchObject({
      code: 0,
      stdout: "",
      stderr: `nothing to remove in ${inbox}\n${younger}`
    })
  })

  it("removes nothing under --dry-run", async () => {
    const { inbox, old } = littered()
    const before = readdirSync(inbox)
    const { code, lines, stderr } = await holub(["clean", "--dry-run", "--json", "--dir", inbox]).ended
    expect([code, stderr]).toEqual([0, ""])
    expect(lines).toEqual([expect.objectContaining({ type: "leftover", path: old, size: 2048 })])
    expect(Number(lines[0]?.["ageMillis"])).toBeGreaterThan(3_600_000)
    expect(readdirSync(inbox)).toEqual(before)
    const people = await holub(["clean", "--dry-run", "--dir", inbox]).ended
    expect(people.stderr).toBe(`1 part, 2.0 KiB, in ${inbox}; without --dry-run they are removed\n${younger}`)
  })

  it("removes younger parts under --older-than, in ./inbox by default", async () => {
    const { fresh, inbox, old } = littered()
    const { code, lines } = await holub(["clean", "--older-than", "0s", "--json"], { cwd: join(inbox, "..") }).ended
    expect(code).toBe(0)
    expect(lines.map(({ path, type }) => [type, path])).toEqual([["removed", old], ["removed", fresh]])
  })

  it("continues when its standard output is closed", async () => {
    const { inbox, old } = littered()
    const others = ["e", "f"].map((digit) => join(inbox, nameOf(digit)))
    for (const path of others) writeFileSync(path, "")
    const cleaning = holub(["clean", "--older-than", "0s", "--dir", inbox])
    cleaning.child.stdout.destroy()
    expect(await cleaning.ended).toMatchObject({ code: 0, stderr: expect.stringMatching(/^removed 4 parts, /) })
    for (const path of [old, ...others]) expect(existsSync(path)).toBe(false)
  })

  it("ends with 2 without an inbox, and creates none", async () => {
    const home = folder()
    writeFileSync(join(home, "file"), "")
    for (const dir of ["none", "file"]) {
      expect(await holub(["clean", "--dir", dir], { cwd: home }).ended).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringContaining("name the inbox with --dir DIR")
      })
    }
    expect(readdirSync(home)).toEqual(["file"])
  })
})
