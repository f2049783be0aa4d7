import * as Either from "effect/Either"
import { execFileSync } from "node:child_process"
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { LogFile } from "../../../src/cli/report/LogFile.ts"

let folder = ""
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "holub-test-"))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (path: string): LogFile => Either.getOrThrow(LogFile.open(path))

describe("a log file", () => {
  it("is made for its owner alone, and appended to when it is there", () => {
    const path = join(folder, "log")
    const first = open(path)
    first.append("a\n")
    const second = open(path)
    expect(second.append("b\n")).toBeUndefined()
    expect([readFileSync(path, "utf8"), statSync(path).mode & 0o777]).toEqual(["a\nb\n", 0o600])
  })

  it.each([["missing/log", "NotFound"], ["directory", "NotAFile"]])("at %s cannot be opened: %s", (name, code) => {
    mkdirSync(join(folder, "directory"))
    expect(Either.getLeft(LogFile.open(join(folder, name)))).toMatchObject({
      value: { code, exitCode: 8, message: expect.stringMatching(/^cannot open the log file ".*": .*; /) }
    })
  })

  it("that was moved away is made anew when it is opened anew", () => {
    const path = join(folder, "log")
    const file = open(path)
    file.append("a\n")
    renameSync(path, `${path}.1`)
    file.append("b\n")
    expect(file.reopen()).toBeUndefined()
    file.append("c\n")
    expect([readFileSync(`${path}.1`, "utf8"), readFileSync(path, "utf8")]).toEqual(["a\nb\n", "c\n"])
  })

  it("that cannot be opened anew is written on", () => {
    const home = join(folder, "home")
    mkdirSync(home)
    const file = open(join(home, "log"))
    renameSync(home, `${home}.1`)
    expect(file.reopen()).toMatch(
      /^cannot open the log file ".*": it does not exist.*; logging continues in the previous file$/
    )
    file.append("a\n")
    expect(readFileSync(join(`${home}.1`, "log"), "utf8")).toBe("a\n")
  })

  it("that cannot be written says so once", () => {
    const file = open("/dev/full")
    expect(file.append("a\n")).toMatch(
      /^cannot write the log file "\/dev\/full": the disk is full; .*lines are lost until it can be written$/
    )
    expect(file.append("b\n")).toBeUndefined()
  })

  it("does not glue a line to one that was cut off", () => {
    const path = join(folder, "pipe")
    execFileSync("mkfifo", [path])
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const file = open(path)
    const taken = Buffer.alloc(1_000_000)
    // More than the buffer of a pipe without a reader.
    expect(file.append(`${"a".repeat(300_000)}\n`)).toMatch(/^cannot write the log file/)
    readSync(reader, taken)
    expect(file.append("b\n")).toBeUndefined()
    expect(taken.toString("utf8", 0, readSync(reader, taken))).toBe("\nb\n")
    closeSync(reader)
  })

  it("keeps what else is in the file", () => {
    const path = join(folder, "log")
    writeFileSync(path, "before\n")
    const file = open(path)
    writeFileSync(path, "before\nmeanwhile\n")
    file.append("a\n")
    expect(readFileSync(path, "utf8")).toBe("before\nmeanwhile\na\n")
  })
})
