import { PassThrough } from "node:stream"
import { afterEach, describe, expect, it, vi } from "vitest"
import { plain } from "../../../src/cli/report/Colours.ts"
import { canFill, FullScreen, type ScreenDevice } from "../../../src/cli/room/FullScreen.ts"
import type { Key } from "../../../src/cli/room/ScreenKeys.ts"
import { textRow } from "../../../src/cli/room/ScreenRow.ts"

afterEach(() => {
  vi.useRealTimers()
})

const opened = () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setImmediate", "performance"] })
  const written: Array<string> = []
  const modes: Array<boolean> = []
  const keys: Array<Partial<Key>> = []
  const pastes: Array<string> = []
  const signals: Array<string> = []
  const input = new PassThrough() as unknown as NodeJS.ReadStream
  Object.assign(input, {
    isRaw: false,
    setRawMode: (isRaw: boolean) => {
      input.isRaw = isRaw
      modes.push(isRaw)
      return input
    }
  })
  const terminal = { size: { width: 10, height: 2 }, backlog: 0, texts: ["one", "> "], resized: () => {} }
  const device: ScreenDevice = {
    input,
    write: (text) => void written.push(text),
    backlogBytes: () => terminal.backlog,
    size: () => terminal.size,
    onResize: (callback) => {
      terminal.resized = callback
      return () => {
        terminal.resized = () => {}
      }
    },
    signal: (signal) => void signals.push(signal)
  }
  const screen = new FullScreen({
    device,
    paint: plain,
    layout: () => ({ rows: terminal.texts.map((text) => textRow(text)), cursor: { row: 1, column: 2 } }),
    onKey: (key) => void keys.push(key),
    onPaste: ({ text }) => void pastes.push(text)
  })
  const taken = () => written.splice(0).join("")
  return { input, keys, modes, pastes, screen, signals, taken, terminal }
}

const enters = "\u001b[?1049h"
const leaves = "\u001b[?1049l"

describe("a full screen", () => {
  it("draws what has changed, at most 30 times a second, and restores the terminal", () => {
    const { modes, screen, taken, terminal } = opened()
    expect(taken()).toContain(enters)
    vi.advanceTimersByTime(0)
    expect(taken()).toBe("\u001b[?25l\u001b[1;1H\r\u001b[Kone\u001b[2;1H\r\u001b[K> \u001b[2;3H\u001b[?25h")
    for (const text of ["two", "three"]) {
      terminal.texts = [text, "> "]
      screen.changed()
    }
    vi.advanceTimersByTime(32)
    expect(taken()).toBe("")
    vi.advanceTimersByTime(1)
    expect(taken()).toBe("\u001b[?25l\u001b[1;1H\r\u001b[Kthree\u001b[2;3H\u001b[?25h")
    screen.close()
    expect(taken()).toContain(leaves)
    screen.changed()
    vi.advanceTimersByTime(100)
    expect([taken(), modes]).toEqual(["", [true, false]])
    screen.close()
    expect(taken()).toBe("")
  })

  it("waits for a terminal that takes nothing, and draws all rows after a change of its size", () => {
    const { screen, taken, terminal } = opened()
    vi.advanceTimersByTime(0)
    taken()
    terminal.backlog = 1e6
    terminal.texts = ["two", "> "]
    screen.changed()
    vi.advanceTimersByTime(200)
    expect(taken()).toBe("")
    terminal.backlog = 0
    vi.advanceTimersByTime(100)
    expect(taken()).toContain("two")
    terminal.resized()
    vi.advanceTimersByTime(100)
    expect(taken()).toContain("\u001b[2;1H\r\u001b[K> ")
    screen.close()
  })

  it.each([
    [80, 24, true, true, true],
    [39, 24, true, true, false],
    [80, 7, true, true, false],
    [80, 24, false, true, false],
    [80, 24, true, false, false]
  ])(
    "of %i × %i fits: input is a terminal %s, output moves its cursor %s, is %s",
    (width, height, isTTY, isAnimated, fits) => {
      const input = { isTTY } as NodeJS.ReadStream
      expect(canFill({ input, size: () => ({ width, height }) }, { isAnimated })).toBe(fits)
    }
  )

  it("reads keys, and pasted text as a whole", async () => {
    const { input, keys, pastes, screen } = opened()
    vi.useRealTimers()
    input.push("aÄ\u001b[A\u001b\r\u0006\u001b1\u001b[6~\u001b[200~x\ny\u001b[201~")
    await vi.waitFor(() => expect(pastes).toEqual(["x\ny"]))
    const pressed = keys.map((
      { alt, ctrl, name, text }
    ) => [name, text, ...ctrl === true ? ["ctrl"] : [], ...alt === true ? ["alt"] : []])
    expect(pressed).toEqual([
      ["a", "a"],
      ["ä", "Ä"].map((text, at) => at === 0 ? keys[1]?.name : text),
      ["up", undefined],
      ["return", undefined, "alt"],
      ["f", undefined, "ctrl"],
      ["1", undefined, "alt"],
      ["pagedown", undefined]
    ])
    screen.close()
  })

  it("gives the terminal back while the program is suspended, and when it is gone for ever", () => {
    const { input, screen, signals, taken } = opened()
    vi.advanceTimersByTime(0)
    taken()
    screen.suspend()
    expect(taken()).toContain(leaves)
    expect([signals, input.isRaw]).toEqual([["SIGTSTP"], false])
    process.emit("SIGCONT")
    expect(taken()).toContain(enters)
    vi.advanceTimersByTime(500)
    expect(taken()).toContain("one")
    input.emit("error", new Error("EIO"))
    expect(signals).toEqual(["SIGTSTP", "SIGHUP"])
    screen.close()
    expect(taken()).toBe("")
  })
})
