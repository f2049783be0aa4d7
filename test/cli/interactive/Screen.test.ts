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

  /** Shows other rows, with the cursor at the end. */
  show(rows: Array<string>): void {
    this.rows = rows
    this.#row = rows.length - 1
    this.#column = rows[this.#row]?.length ?? 0
  }

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
    for (const character of text) {
      if (this.#column === columns) this.#down()
      const row = (this.rows[this.#row] ?? "").padEnd(this.#column)
      this.rows[this.#row] = row.slice(0, this.#column) + character + row.slice(this.#column + 1)
      this.#column++
    }
  }
}

let emulator = new Emulator()
let writes: Array<string> = []
let columns = 80

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
    columns: () => columns
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
  columns = 80
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

describe("a terminal that becomes narrower", () => {
  /** What a terminal of the present width shows of lines of a wider one. */
  const reflowed = (lines: ReadonlyArray<string>): Array<string> =>
    lines.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, "g")) ?? [""])

  it("has neither a half line of progress nor one of the prompt (U1)", () => {
    const rows = ["name: a line of 26 columns"]
    const screen = screenWith(rows)
    screen.write(`above\n${paint("progress of 30 columns: 1 of 2")}`)
    screen.ask()
    expect(emulator.rows).toEqual(["above", "progress of 30 columns: 1 of 2", ...rows])
    columns = 20
    emulator.show(reflowed(emulator.rows))
    // Readline counts the rows of the line in the present width.
    rows.splice(0, 1, ...reflowed(rows))
    screen.resized(() => rows.splice(0, Infinity, "name: a line", "of 26 columns"))
    expect(emulator.rows).toEqual([
      "above",
      "progress of 30 colum",
      "ns: 1 of 2",
      "name: a line",
      "of 26 columns"
    ])
    screen.write(paint("1 of 2"))
    screen.flush()
    expect(emulator.rows).toEqual(["above", "1 of 2", "name: a line", "of 26 columns"])
  })

  it("has no half line of progress while nobody is asked", () => {
    const screen = screenWith([])
    screen.write(`above\n${paint("progress of 30 columns: 1 of 2")}`)
    screen.flush()
    columns = 20
    emulator.show(reflowed(emulator.rows))
    screen.write(paint("1 of 2"))
    screen.flush()
    expect(emulator.rows).toEqual(["above", "1 of 2"])
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
