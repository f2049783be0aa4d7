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
import type { Output } from "../report/Output.ts"
import { count, harmless } from "../text/Format.ts"
import * as TextLimits from "../text/TextLimits.ts"
import { wrapped } from "../text/Wrap.ts"
import { Canvas } from "./Canvas.ts"
import { listing, prefixOf } from "./CompletionList.ts"
import type { LineRequest, Shape } from "./Dialog.ts"
import { Back, Dialog } from "./Dialog.ts"
import { KeyInput } from "./KeyInput.ts"
import * as LineBreaks from "./LineBreaks.ts"
import type { Paste } from "./PasteReader.ts"
import { bracketedPaste } from "./PasteReader.ts"
import { Screen } from "./Screen.ts"
import type { Device } from "./TerminalDevice.ts"

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

type Resume = (effect: Effect.Effect<string, Back>) => void

interface Asked {
  readonly request: LineRequest
  readonly resume: Resume
}

/** The time from Ctrl-Z to the check whether this program was stopped, in milliseconds. */
const suspendMillis = 200

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
  #asked: Asked | undefined
  #isClosed = false
  /** Whether the terminal was closed, or the connection to it was lost. */
  #isGone = false
  readonly #keys: KeyInput
  #interface: Interface
  readonly #cleanUps: Array<() => void> = []

  constructor(device: Device, columns: () => number) {
    this.#device = device
    this.#columns = columns
    this.#screen = new Screen({ ...device.output, columns }, {
      cursorRow: () => this.#interface.getCursorPos().rows,
      redraw: () => this.#interface.prompt(true),
      plain: () => this.#interface.getPrompt() + LineBreaks.drawn(this.#interface.line)
    })
    this.output = { ...device.output, columns, write: (text) => this.#screen.write(text) }
    this.#keys = new KeyInput(device.input, (paste) => this.#paste(paste))
    // Called without an interface, because readline would not count the rows of keys that arrive together.
    emitKeypressEvents(this.#keys)
    this.#interface = this.#open()
    this.#bracketPastes(true)
    const stopResizing = device.onResize(() => this.#screen.resized(() => this.#setPrompt()))
    // At an exit that leaves no time to close the dialog, such as a second Ctrl-C.
    const exited = () => this.#leave()
    const continued = () => this.#continue()
    process.on("SIGCONT", continued).on("exit", exited)
    // It stays: a closed terminal fails the restoring of its mode, and reads that are pending, after the dialog too.
    device.input.on("error", () => this.#hangUp())
    this.#cleanUps.push(() => {
      process.off("SIGCONT", continued).off("exit", exited)
      stopResizing()
    })
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
      this.#setPrompt()
      this.#screen.ask()
      return Effect.sync(() => {
        if (this.#asked === asked) this.#withdraw(asked)
      })
    })

  close(): void {
    this.#isClosed = true
    this.#leave()
    this.#interface.close()
    this.#keys.close()
    for (const cleanUp of this.#cleanUps) cleanUp()
  }

  /** Leaves the terminal to other programs, with the cursor below the question. */
  #leave(): void {
    if (this.#isGone) return
    // Moves to the end of the typed line, which may be rows below the cursor.
    this.#press("e")
    this.#screen.leave()
    this.#bracketPastes(false)
  }

  #open(): Interface {
    const { signal } = this.#device
    const opened = createInterface({
      input: this.#keys,
      output: new Canvas((text) => this.#screen.draw(LineBreaks.drawn(text)), this.#columns),
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
      if (!this.#isClosed) this.#leaveQuestion()
    })
    return opened
  }

  #take(line: string): void {
    const asked = this.#asked
    if (asked !== undefined) {
      this.#asked = undefined
      this.#screen.answered()
      this.#remember(asked.request, line)
      return asked.resume(Effect.succeed(LineBreaks.split(line)))
    }
    // Without a question a lone Enter has no effect.
    if (line === "") return
    if (this.#typed.length < TextLimits.typedLines) this.#typed.push(line)
    else this.#note(`"${harmless(line)}" is not used: at most ${TextLimits.typedLines} lines may wait for questions`)
  }

  /** Inserts a pasted text into the line. Only the Enter key is an answer: the lines of a paste answer no later question. */
  #paste({ length, text }: Paste): void {
    const asked = this.#asked
    if (asked === undefined) return this.#note("the pasted text is not used: no question was asked")
    const most = TextLimits.pastedCharacters
    if (length > most) {
      return this.#note(`the pasted text is not used: it has ${length} characters, at most ${most} can be pasted`)
    }
    const takesLines = asked.request.takesLines === true
    const lines = (takesLines ? text.replace(/\n$/, "") : text.trim()).split("\n")
    const used = takesLines ? lines : lines.slice(0, 1)
    this.#interface.write(LineBreaks.joined(used.join("\n")))
    const others = lines.length - used.length
    if (others > 0) this.#note(`${count(others, "further pasted line")} not used: the question takes one line`)
  }

  #note(line: string): void {
    this.#screen.write(`${wrapped(line, this.#columns()).join("\n")}\n`)
  }

  /** The prompt of the current question, broken at spaces. */
  #setPrompt(): void {
    if (this.#asked === undefined) return
    const { prompt } = this.#asked.request
    const lines = wrapped(prompt.trimEnd(), this.#columns())
    this.#interface.setPrompt(lines.join("\n") + prompt.slice(prompt.trimEnd().length))
  }

  #bracketPastes(isOn: boolean): void {
    const { output } = this.#device
    if (output.isAnimated && !this.#isGone) output.write(isOn ? bracketedPaste.on : bracketedPaste.off)
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
    this.#bracketPastes(false)
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
    this.#bracketPastes(true)
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
