import { homedir, userInfo } from "node:os"
import { resolve } from "node:path"
import { describe, expect, it } from "vitest"
import { fromHome, home, stateFolder } from "../../src/node/Folders.ts"

describe("the home of a person", () => {
  it.each([
    [{ HOME: "/somewhere" }, "/somewhere"],
    [{ HOME: "somewhere" }, resolve("somewhere")],
    [{}, homedir()]
  ])("by %j is %s", (environment, folder) => {
    expect(home(environment)).toBe(folder)
  })

  it("is never the current folder, although HOME is empty", () => {
    const before = process.env["HOME"]
    process.env["HOME"] = ""
    try {
      expect(home()).toBe(userInfo().homedir)
    } finally {
      process.env["HOME"] = before
    }
  })
})

describe("a path", () => {
  it.each([
    ["~", homedir()],
    ["~/in", `${homedir()}/in`],
    ["./~/in", "./~/in"],
    ["~other/in", "~other/in"],
    ["/in/~", "/in/~"]
  ])("%s begins where it says: %s", (path, meant) => {
    expect(fromHome(path)).toBe(meant)
  })
})

describe("the folder of the keys", () => {
  it.each([
    ["linux", { HOME: "/h" }, "/h/.local/state/holub"],
    ["darwin", { HOME: "/h" }, "/h/.local/state/holub"],
    ["linux", { HOME: "/h", XDG_STATE_HOME: "/s" }, "/s/holub"],
    ["linux", { HOME: "/h", XDG_STATE_HOME: "s", LOCALAPPDATA: "/l" }, "/h/.local/state/holub"],
    ["win32", { HOME: "/h", LOCALAPPDATA: "/l" }, "/l/holub"],
    ["win32", { HOME: "/h", LOCALAPPDATA: "/l", XDG_STATE_HOME: "/s" }, "/s/holub"],
    ["win32", { HOME: "/h" }, "/h/.local/state/holub"]
  ])("on %s with %j is %s", (platform, environment, folder) => {
    expect(stateFolder(environment, platform)).toBe(folder)
  })
})
