import { execFileSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import * as Format from "../../../src/cli/text/Format.ts"

describe("a duration that is read", () => {
  it.each([
    ["0", 0],
    ["0s", 0],
    ["20ms", 20],
    ["90s", 90_000],
    ["5m", 300_000],
    ["5min", 300_000],
    ["1.5h", 5_400_000],
    [" 2 s ", 2000]
  ])("%j is %d ms", (text, millis) => {
    expect(Format.parseDuration(text)).toBe(millis)
  })

  it.each(["", "20", "s", "-1s", "1d", "1S", "1 2s", "1constructor", "1e3s", "1,5s", "Infinitys"])(
    "%j is none",
    (text) => {
      expect(Format.parseDuration(text)).toBeUndefined()
    }
  )
})

describe("a word that is quoted", () => {
  const words = [
    "a.txt",
    "--to=127.0.0.1:4040",
    "it's b",
    "",
    "a b",
    "$HOME",
    "`id`",
    "[::1]",
    "*",
    "a\nb",
    "\\",
    "žluť",
    "می\u200cخواهم",
    "👨\u200d👩\u202e",
    "-",
    "a;b",
    "a\u001b]0;it's \\ x\u0007\u009b\u2028\u{e0001}7.txt"
  ]

  it("is that word to a shell, whatever it holds", () => {
    const command = `printf '%s\\0' ${words.map(Format.quoted).join(" ")}`
    expect(execFileSync("bash", ["-c", command], { encoding: "utf8" }).split("\0").slice(0, -1)).toEqual(words)
  })

  it("has no power over the terminal that shows it", () => {
    expect(words.map(Format.quoted).filter((word) => Format.harmless(word) !== word)).toEqual([])
  })

  it("stays as it is when it is harmless", () => {
    expect(["a.txt", "--to=127.0.0.1:4040", "-"].map(Format.quoted)).toEqual(["a.txt", "--to=127.0.0.1:4040", "-"])
  })
})
