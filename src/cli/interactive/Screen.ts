/**
 * The bottom of a terminal: a line of progress and, below it, the line that a person types. Other output appears above
 * both. This module tracks their rows; readline tracks the content of the typed line.
 */
import type { Output } from "../report/Output.ts"
import { erasure } from "../report/Progress.ts"
import { widthOf } from "../text/Width.ts"

/** The typed line with its prompt, as Node's readline draws it through {@link Screen.draw}. */
export interface Typed {
  /** Rows between the first one of the prompt and the cursor. */
  readonly cursorRow: () => number
  /** Draws it again: goes up as many rows as the cursor had when it was last drawn, clears, writes. */
  readonly redraw: () => void
  /** The same for a terminal that cannot clear lines. */
  readonly plain: () => string
}

export class Screen {
  readonly #terminal: Output
  readonly #typed: Typed
  #isAsking = false
  /** Text behind the last line feed: progress. */
  #status = ""
  /** The progress that is drawn. */
  #shownStatus = ""
  /** Whole lines that are not shown yet. */
  #lines = ""
  #isScheduled = false
  /** Collected while something is drawn, then written at once. */
  #drawn: string | undefined
  #isMuted = false

  constructor(terminal: Output, typed: Typed) {
    this.#terminal = terminal
    this.#typed = typed
  }

  /**
   * Shows text above the prompt, together with all text written in the same turn. Lines of a writer that does not clear
   * the progress appear above it.
   */
  write(text: string): void {
    for (const [index, piece] of text.split(erasure).entries()) {
      if (index > 0) this.#status = ""
      const end = piece.lastIndexOf("\n") + 1
      this.#lines += piece.slice(0, end)
      this.#status += piece.slice(end)
    }
    if (this.#isScheduled) return
    this.#isScheduled = true
    queueMicrotask(() => this.flush())
  }

  /** Receives what readline draws. Without a question it is not shown: it is drawn with the next question. */
  draw(text: string): void {
    if (this.#isMuted || !this.#isAsking) return
    this.#send(text)
  }

  flush(): void {
    if (!this.#isScheduled) return
    this.#isScheduled = false
    this.#atOnce(() => {
      this.#erase()
      this.#send(this.#lines)
      this.#lines = ""
      this.#show()
    })
  }

  /** Shows the prompt. */
  ask(): void {
    this.flush()
    this.#atOnce(() => {
      this.#erase()
      this.#isAsking = true
      this.#show()
    })
  }

  /** Enter was typed: the cursor is below the prompt, which stays. */
  answered(): void {
    this.#isAsking = false
    this.#shownStatus = ""
  }

  /** Removes the prompt. */
  withdraw(): void {
    this.#atOnce(() => {
      this.#erase()
      this.#isAsking = false
      this.#show()
    })
  }

  /** Keeps the prompt as it is and moves the cursor below it. */
  leave(): void {
    this.flush()
    if (this.#isAsking || this.#shownStatus !== "") this.#send("\n")
    this.answered()
  }

  /** Draws everything again, on a screen on which other programs may have written. */
  again(): void {
    this.#atOnce(() => {
      // Without other output the cursor is still behind the progress.
      if (!this.#isAsking) this.#erase()
      this.#show()
    })
  }

  /**
   * The size of the terminal has changed: what was drawn takes other rows now. `change` is called between the removal of
   * the drawing and the next one.
   */
  resized(change: () => void): void {
    if (!this.#terminal.isAnimated) return
    this.#atOnce(() => {
      this.#erase()
      change()
      this.#show()
    })
  }

  /** Removes what is drawn, from wherever the terminal of the present width has put its cursor. */
  #erase(): void {
    const statusRows = Math.ceil(widthOf(this.#shownStatus) / this.#terminal.columns())
    const rows = this.#isAsking ? this.#typed.cursorRow() + statusRows : Math.max(0, statusRows - 1)
    if (!this.#terminal.isAnimated) {
      if (this.#isAsking) this.#send("\n")
    } else if (this.#isAsking || statusRows > 0) {
      this.#send(`${rows > 0 ? `\u001b[${rows}A` : ""}\r\u001b[J`)
    }
    this.#shownStatus = ""
  }

  #show(): void {
    this.#shownStatus = this.#terminal.isAnimated ? this.#status : ""
    if (this.#shownStatus !== "") this.#send(this.#isAsking ? `${this.#status}\n` : this.#status)
    if (!this.#isAsking) return
    if (!this.#terminal.isAnimated) return this.#send(this.#typed.plain())
    // Readline moves the cursor up before it draws. The muted call gives the row of the cursor; the line feeds make room for it.
    this.#isMuted = true
    this.#typed.redraw()
    this.#isMuted = false
    this.#send("\n".repeat(this.#typed.cursorRow()))
    this.#typed.redraw()
  }

  #atOnce(draw: () => void): void {
    this.#drawn = ""
    draw()
    const text = this.#drawn
    this.#drawn = undefined
    if (text !== "") this.#terminal.write(text)
  }

  #send(text: string): void {
    if (this.#drawn === undefined) this.#terminal.write(text)
    else this.#drawn += text
  }
}
