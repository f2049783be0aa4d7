/**
 * The dialog on a real terminal: Node's readline edits the line, keeps the history and reads the keys; other output
 * appears above the line (Screen). This module handles keys and raw mode; it has no knowledge of the questions. The
 * width comes from the `Terminal` of @effect/platform, which is not used to read lines because it has no prompt,
 * history or completion.
 */
import * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Interface } from "node:readline"
import { createInterface, emitKeypressEvents } from "node:readline"
import { Writable } from "node:stream"
import type { Output } from "../report/Report.ts"
import { count, harmless } from "../text/Format.ts"
import * as TextLimits from "../text/TextLimits.ts"
import { listing, prefixOf } from "./CompletionList.ts"
import type { LineRequest, Shape } from "./Dialog.ts"
import { Back, Dialog } from "./Dialog.ts"
import { Screen } from "./Screen.ts"

/** The streams of a terminal and its signals. */
export interface Device {
  readonly input: NodeJS.ReadStream
  readonly output: Output
  /** Calls back when the size of the terminal has changed; returns how to stop that. */
  readonly onResize: (callback: () => void) => () => void
  /** Acts as if the process had received the signal: for Ctrl-C, Ctrl-Z, and a closed terminal. */
  readonly signal: (signal: "SIGINT" | "SIGHUP" | "SIGTSTP") => void
}

/** A dialog until the scope closes; then the terminal is restored. */
export const layer = (device: Device): Layer.Layer<Dialog, never, Terminal.Terminal> =>
  Layer.scoped(
    Dialog,
    Effect.flatMap(Terminal.Terminal, ({ columns }) =>
      Effect.acquireRelease(
        Effect.sync(() => new TerminalDialog(device, () => Effect.runSync(columns))),
        (dialog) => Effect.sync(() => dialog.close())
      ))
  )

/** The terminal of this process. */
export const ofProcess = (output: Output): Device => ({
  input: process.stdin,
  output,
  onResize: (callback) => {
    process.stderr.on("resize", callback)
    return () => process.stderr.off("resize", callback)
  },
  signal: (signal) => {
    // On systems without signals `process.kill` ends the process at once: other signals are emitted instead.
    if (signal === "SIGTSTP") process.kill(process.pid, signal)
    else process.emit(signal)
  }
})

type Resume = (effect: Effect.Effect<string, Back>) => void

interface Asked {
  readonly request: LineRequest
  readonly resume: Resume
}

/** The time from Ctrl-Z to the check whether this program was stopped, in milliseconds. */
const suspendMillis = 200
/** The maximum interval between two parts of a paste, in milliseconds. */
const pauseMillis = 200

class TerminalDialog implements Shape {
  readonly output: Output
  readonly #device: Device
  readonly #columns: () => number
  readonly #screen: Screen
  readonly #histories = new Map<string, ReadonlyArray<string>>()
  /** The history of readline, filled for the current question. */
  readonly #history: Array<string> = []
  /** Lines that were typed before their question was asked. */
  #typed: Array<string> = []
  #isPasting = false
  /** Discarded lines of a paste that is too long, until the pause after it. */
  #dropped = 0
  #pause: NodeJS.Timeout | undefined
  #asked: Asked | undefined
  #isClosed = false
  /** Whether the terminal was closed, or the connection to it was lost. */
  #isGone = false
  #interface: Interface
  readonly #cleanUps: Array<() => void> = []

  constructor(device: Device, columns: () => number) {
    this.#device = device
    this.#columns = columns
    this.#screen = new Screen(device.output, {
      cursorRow: () => this.#interface.getCursorPos().rows,
      redraw: () => this.#interface.prompt(true),
      plain: () => this.#interface.getPrompt() + this.#interface.line
    })
    this.output = { ...device.output, columns, write: (text) => this.#screen.write(text) }
    // Called without an interface, because readline would not count the rows of pasted text.
    emitKeypressEvents(device.input)
    this.#interface = this.#open()
    const continued = () => this.#continue()
    process.on("SIGCONT", continued)
    // It stays: a closed terminal fails the restoring of its mode, and reads that are pending, after the dialog too.
    device.input.on("error", () => this.#hangUp())
    this.#cleanUps.push(() => process.off("SIGCONT", continued))
  }

  readonly line = (request: LineRequest): Effect.Effect<string, Back> =>
    Effect.async((resume: Resume) => {
      // Without a terminal there is no answer: the program is stopping.
      if (this.#isGone) return
      const typed = request.isSudden === true ? undefined : this.#typed.shift()
      if (typed !== undefined) {
        this.#screen.write(`${request.prompt}${harmless(typed)}\n`)
        return resume(Effect.succeed(typed))
      }
      const asked = { request, resume }
      this.#asked = asked
      this.#history.splice(0, Infinity, ...this.#historyOf(request))
      this.#interface.setPrompt(request.prompt)
      this.#screen.ask()
      return Effect.sync(() => {
        if (this.#asked === asked) this.#withdraw(asked)
      })
    })

  close(): void {
    this.#isClosed = true
    clearTimeout(this.#pause)
    if (!this.#isGone) {
      // Moves to the end of the typed line, which may be rows below the cursor.
      this.#press("e")
      this.#screen.leave()
    }
    this.#interface.close()
    for (const cleanUp of this.#cleanUps) cleanUp()
  }

  #open(): Interface {
    const { input, onResize, signal } = this.#device
    const canvas = new Canvas((text) => this.#screen.draw(text), this.#columns)
    const stopResizing = onResize(() => canvas.emit("resize"))
    const opened = createInterface({
      input,
      output: canvas,
      terminal: true,
      history: this.#history,
      historySize: TextLimits.rememberedLines,
      removeHistoryDuplicates: true,
      completer: (line: string): [Array<string>, string] => [this.#completed(line), line]
    })
    opened.on("line", (text) => this.#take(text))
    opened.on("SIGINT", () => signal("SIGINT"))
    opened.on("SIGTSTP", () => this.#suspend())
    // Errors of readline and of the input.
    opened.on("error", () => this.#hangUp())
    opened.on("close", () => {
      stopResizing()
      if (!this.#isClosed) this.#leaveQuestion()
    })
    return opened
  }

  #take(text: string): void {
    if (this.#dropped > 0) return this.#drop(1)
    const asked = this.#asked
    if (asked !== undefined) {
      this.#asked = undefined
      this.#screen.answered()
      this.#remember(asked.request, text)
      asked.resume(Effect.succeed(text))
    } else if (text !== "" || this.#isPasting) {
      // Without a question a lone Enter has no effect; within pasted lines it accepts a default.
      this.#typed.push(text)
      if (this.#typed.length > TextLimits.typedLines) this.#drop(this.#typed.splice(0).length)
    }
    if (this.#isPasting) return
    this.#isPasting = true
    setImmediate(() => {
      this.#isPasting = false
    })
  }

  /** After lost lines the rest of a paste would answer the wrong questions, so all of it is discarded. */
  #drop(lines: number): void {
    this.#dropped += lines
    if (this.#asked !== undefined) {
      this.#screen.answered()
      this.#screen.ask()
    }
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => {
      const dropped = count(this.#dropped, "line")
      this.#dropped = 0
      this.#screen.write(`${dropped} of the pasted text discarded: at most ${TextLimits.typedLines} may wait\n`)
    }, pauseMillis)
  }

  /** Ctrl-D on an empty line has closed readline, or the terminal was closed. */
  #leaveQuestion(): void {
    if (this.#device.input.readableEnded || this.#device.input.destroyed) return this.#hangUp()
    const asked = this.#asked
    this.#asked = undefined
    if (asked !== undefined) this.#screen.leave()
    this.#typed = []
    this.#interface = this.#open()
    asked?.resume(Effect.fail(new Back()))
  }

  #hangUp(): void {
    if (this.#isGone || this.#isClosed) return
    this.#isGone = true
    this.#device.signal("SIGHUP")
  }

  /** Removes the question; the typed text was meant for it and is discarded. */
  #withdraw({ request }: Asked): void {
    this.#asked = undefined
    this.#screen.withdraw()
    this.#press("e")
    this.#press("u")
    if (request.isSudden !== true) this.#typed = []
  }

  #press(letter: string): void {
    this.#interface.write(null, { ctrl: true, name: letter })
  }

  #suspend(): void {
    const { input, signal } = this.#device
    input.setRawMode(false)
    signal("SIGTSTP")
    // Without job control the program neither stops nor continues. With it, SIGCONT is handled before this check.
    setTimeout(() =>
      setImmediate(() => {
        if (!input.isRaw && !this.#isClosed) this.#continue()
      }), suspendMillis).unref()
  }

  /** Restores raw mode and the screen: after Ctrl-Z and `fg` the shell has changed both. */
  #continue(): void {
    this.#device.input.setRawMode(false)
    this.#device.input.setRawMode(true)
    this.#screen.again()
  }

  #completed(line: string): Array<string> {
    const complete = this.#asked?.request.complete
    // Without completion a tab is a plain character, as in pasted text.
    if (complete === undefined) return [`${line}\t`]
    const { lines, shown } = complete(line)
    if (lines.length < 2 || prefixOf(lines).length > line.length) return [...lines]
    this.#screen.write(listing(shown, this.#columns()))
    return []
  }

  #historyOf({ history }: LineRequest): ReadonlyArray<string> {
    return history === undefined ? [] : this.#histories.get(history) ?? []
  }

  #remember(request: LineRequest, text: string): void {
    if (request.history === undefined || text.trim() === "") return
    const others = this.#historyOf(request).filter((line) => line !== text)
    this.#histories.set(request.history, [text, ...others].slice(0, TextLimits.rememberedLines))
  }
}

/** The output of readline, which passes its drawing to the screen. */
class Canvas extends Writable {
  readonly #columns: () => number

  constructor(draw: (text: string) => void, columns: () => number) {
    super({
      decodeStrings: false,
      write: (chunk, _encoding, done) => {
        draw(String(chunk))
        done()
      }
    })
    this.#columns = columns
  }

  get columns(): number {
    return this.#columns()
  }
}
