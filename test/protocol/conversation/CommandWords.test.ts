import { describe, expect, it } from "vitest"
import { commandNamed, commandWords, formOf, helpOf } from "../../../src/protocol/conversation/CommandWords.ts"

describe("the commands of a room", () => {
  it("are those of the design, in its order", () => {
    expect(commandWords.map(({ word }) => `/${word}`).join(" ")).toBe(
      "/join /leave /rooms /who /nick /msg /file /get /me /topic /re /edit /remove /ignore /away /mark /search /invite " +
        "/mute /kick /ban /power /links /help"
    )
  })

  it("have needed arguments before optional ones, each kind once, and a text last", () => {
    for (const command of commandWords) {
      const row: ReadonlyArray<{ readonly isOptional: boolean; readonly kind: string }> = command.arguments
      expect(row.toSorted((one, other) => Number(one.isOptional) - Number(other.isOptional))).toEqual(row)
      expect(new Set(row.map(({ kind }) => kind)).size).toBe(row.length)
      expect(row.slice(0, -1).some(({ kind }) => kind === "text" || kind === "path")).toBe(false)
    }
  })

  it("are found by their word, with or without /, in any case", () => {
    for (const word of ["mute", "/mute", "/MUTE"]) expect(commandNamed(word)?.word).toBe("mute")
    for (const word of ["", "/", "mut", "//mute", "constructor"]) expect(commandNamed(word)).toBeUndefined()
  })

  it("have a form and a help that fit a terminal", () => {
    expect(commandNamed("mute") && formOf(commandNamed("mute")!)).toBe("/mute NICK [TIME] [REASON]")
    expect(helpOf(commandNamed("me"))).toEqual(["/me TEXT: says what you do, in the third person"])
    const lines = helpOf()
    expect(lines.length).toBe(commandWords.length + 1)
    expect(lines[0]).toBe("/join ROOM                  enters a room, or makes it")
    for (const { help } of commandWords) expect(help).not.toMatch(/^[A-Z]|\.$/)
  })
})
