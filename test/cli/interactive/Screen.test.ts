import * as Effect from "effect/Effect"
import { beforeEach, describe, expect, it } from "vitest"
import { Screen } from "../../../src/cli/interactive/Screen.ts"

const escape = String.fromCharCode(27)
const written = new RegExp(`${escape}\\[\\d*[AJK]|\\r|\\n|[^${escape}\\r\\n]+`, "g")

/** Applies the escape sequences of the screen and of readline to a grid of rows. */
class Emulator {
  rows: Array<string> = [""]
  #row = 0
  #column = 0

  write(text: string): void {
    for (const [piece] of text.matchAll(written)) {
      if (piece === "\r") this.#column = 0
      else if (piece === "\n") this.#down()
      else if (piece.endsWith("A") && piece.startsWith("\u001b")) this.#row -= Number(piece.slice(2, -1))
      else if (piece === "\u001b[J") this.#clearDown()
      else if (piece === "\u001b[2K") this.rows[this.#row] = ""
      else this.#put(piece)
    }
  }

  #down(): void {
    this.#row++
    this.#column = 0
    this.rows[this.#row] ??= ""
  }

  #clearDown(): void {
    this.rows = this.rows.slice(0, this.#row + 1)
    this.rows[this.#row] = (this.rows[this.#row] ?? "").slice(0, this.#column)
  }

  #put(text: string): void {
    const row = (this.rows[this.#row] ?? "").padEnd(this.#column)
    this.rows[this.#row] = row.slice(0, this.#column) + text + row.slice(this.#column + text.length)
    this.#column += text.length
  }
}

let emulator = new Emulator()
let writes: Array<string> = []

/** A typed line of some rows, drawn as readline draws: first up by the rows that it has counted. */
const screenWith = (rows: ReadonlyArray<string>, isAnimated = true): Screen => {
  let counted = 0
  const screen = new Screen({
    write: (text) => {
      writes.push(text)
      emulator.write(text)
    },
    drained: Effect.void,
    backlogBytes: () => 0,
    isTerminal: true,
    isAnimated,
    columns: () => 80
  }, {
    cursorRow: () => rows.length - 1,
    plain: () => rows.join(""),
    redraw: () => {
      screen.draw(`${counted > 0 ? `\u001b[${counted}A` : ""}\r\u001b[J${rows.join("\n")}`)
      counted = rows.length - 1
    }
  })
  return screen
}

beforeEach(() => {
  emulator = new Emulator()
  writes = []
})

const paint = (line: string): string => `\r\u001b[2K${line}`

describe("what is written while a question waits", () => {
  it.each([[["name: al"]], [["name: a line", "of two rows"]], [["a", "b", "c"]]])(
    "stands above the prompt, which stays whole: %j",
    (rows) => {
      const screen = screenWith(rows)
      screen.ask()
      for (const line of ["one\n", "two\nthree\n"]) {
        screen.write(line)
        screen.flush()
      }
      expect(emulator.rows).toEqual(["one", "two", "three", ...rows])
    }
  )

  it("goes out in one piece with all that was written in the same turn", async () => {
    const screen = screenWith(["name: "])
    screen.ask()
    writes = []
    screen.write("one\n")
    screen.write("two\n")
    await Promise.resolve()
    expect(writes).toHaveLength(1)
    expect(emulator.rows).toEqual(["one", "two", "name: "])
  })

  it("has its line of progress above the prompt, painted over and taken away", () => {
    const screen = screenWith(["name: a line", "of two rows"])
    screen.ask()
    const seen = [paint("1 %"), paint("50 %"), "\r\u001b[2Kdone\n"].map((text) => {
      screen.write(text)
      screen.flush()
      return [...emulator.rows]
    })
    expect(seen).toEqual([
      ["1 %", "name: a line", "of two rows"],
      ["50 %", "name: a line", "of two rows"],
      ["done", "name: a line", "of two rows"]
    ])
  })
})

describe("a line of progress", () => {
  it("stays below the lines of others, who know nothing of it", () => {
    const screen = screenWith(["name: al"])
    screen.ask()
    screen.write(paint("1 %"))
    screen.write("one\n")
    screen.flush()
    screen.write("two\n")
    screen.flush()
    expect(emulator.rows).toEqual(["one", "two", "1 %", "name: al"])
  })

  it("stands there once however often the terminal is continued", () => {
    const screen = screenWith(["name: al"])
    screen.write(paint("1 %"))
    screen.flush()
    screen.again()
    screen.again()
    expect(emulator.rows).toEqual(["1 %"])
  })
})

describe("a prompt", () => {
  it("comes below a line of progress, and goes without a trace", () => {
    const screen = screenWith(["name: al"])
    screen.write(paint("1 %"))
    screen.ask()
    expect(emulator.rows).toEqual(["1 %", "name: al"])
    screen.withdraw()
    expect(emulator.rows).toEqual(["1 %"])
  })

  it("is not drawn while nobody is asked, whatever is typed", () => {
    const screen = screenWith(["name: al"])
    screen.draw("typed ahead")
    expect(emulator.rows).toEqual([""])
  })

  it("stands again below what comes where nothing can be cleared", () => {
    const screen = screenWith(["name: al"], false)
    screen.ask()
    screen.write(paint("1 %"))
    screen.write("\r\u001b[2Kone\n")
    screen.flush()
    expect(emulator.rows).toEqual(["name: al", "one", "name: al"])
  })
})
