/**
 * A terminal whose whole screen belongs to this program: the alternate screen, raw keys, pasted text as a whole. It draws rows that have
 * changed, at most so many times a second, and restores the terminal at every end and while the program is suspended.
 */
import { emitKeypressEvents, type Interface } from "node:readline"
import { KeyInput } from "../interactive/KeyInput.ts"
import { bracketedPaste, type Paste } from "../interactive/PasteReader.ts"
import type { Paint } from "../report/Colours.ts"
import type { Output } from "../report/Output.ts"
import type { Key } from "./ScreenKeys.ts"
import type { Layout } from "./ScreenLayout.ts"
import { drawn } from "./ScreenRow.ts"
import type { Size } from "./ScreenState.ts"

/** The streams of a terminal and its signals. */
export interface ScreenDevice {
  readonly input: NodeJS.ReadStream
  readonly write: (text: string) => void
  /** Bytes that the terminal has not taken yet. */
  readonly backlogBytes: () => number
  readonly size: () => Size
  /** Calls back when the size has changed; returns how to stop that. */
  readonly onResize: (callback: () => void) => () => void
  readonly signal: (signal: "SIGTSTP" | "SIGHUP") => void
}

export interface FullScreenOptions {
  readonly device: ScreenDevice
  readonly paint: Paint
  readonly layout: (size: Size) => Layout
  readonly onKey: (key: Key) => void
  readonly onPaste: (paste: Paste) => void
}

/** The least time between two drawings, in milliseconds: 30 in a second. */
const frameMillis = 33

/** A terminal with so many bytes to take is drawn later: it shows the newest state then, and none between. */
const mostBacklogBytes = 16 * 1024

/** The wait after Esc for the rest of a key, in milliseconds: over a slow line its bytes come one after the other. */
const escapeMillis = 100

/** The time from Ctrl-Z to the check whether this program was stopped, in milliseconds. */
const suspendMillis = 200

/** The alternate screen, without line wrapping and without a wheel that types arrow keys. */
const entering = `\u001b[?1049h\u001b[?7l\u001b[?1007l\u001b[2J${bracketedPaste.on}`
const leaving = `${bracketedPaste.off}\u001b[0m\u001b[?7h\u001b[?25h\u001b[?1049l`

export class FullScreen {
  readonly #options: FullScreenOptions
  readonly #keys: KeyInput
  readonly #cleanUps: Array<() => void> = []
  /** The rows as they are drawn, for the size that they were drawn for. */
  #drawn: ReadonlyArray<string> = []
  #cursor = ""
  #timer: NodeJS.Timeout | undefined
  #drawnAt = -Infinity
  #isOpen = false
  #isClosed = false
  #isGone = false

  constructor(options: FullScreenOptions) {
    this.#options = options
    const { device, onKey, onPaste } = options
    this.#keys = new KeyInput(device.input, onPaste)
    // The option of an interface of readline, of which this is no more.
    emitKeypressEvents(this.#keys, { escapeCodeTimeout: escapeMillis } as unknown as Interface)
    this.#keys.on("keypress", (text: string | undefined, key: ReadlineKey) => onKey(keyOf(text, key)))
    this.#keys.on("end", () => this.#hangUp())
    // It stays: reads that are pending fail after the end too.
    device.input.on("error", () => this.#hangUp())
    const exited = () => this.#leave()
    const continued = () => this.#continue()
    process.on("SIGCONT", continued).on("exit", exited)
    const stopResizing = device.onResize(() => this.redraw())
    this.#cleanUps.push(() => {
      process.off("SIGCONT", continued).off("exit", exited)
      stopResizing()
    })
    this.#enter()
    this.#keys.resume()
  }

  /** Something has changed: it is drawn soon. */
  changed(): void {
    if (this.#timer !== undefined || !this.#isOpen) return
    const wait = Math.max(0, this.#drawnAt + frameMillis - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#draw()
    }, wait)
  }

  /** Draws all rows again, over what other programs may have written. */
  redraw(): void {
    if (!this.#isOpen) return
    this.#drawn = []
    this.#options.device.write("\u001b[0m\u001b[2J")
    this.changed()
  }

  /** Ctrl-Z: the shell gets the terminal back, until `fg`. */
  suspend(): void {
    const { device } = this.#options
    this.#leave()
    device.signal("SIGTSTP")
    // Without job control the program neither stops nor continues. With it, SIGCONT is handled before this check.
    setTimeout(() =>
      setImmediate(() => {
        if (!this.#isOpen) this.#continue()
      }), suspendMillis).unref()
  }

  /** Restores the terminal for good. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#leave()
    this.#keys.pause()
    this.#keys.close()
    for (const cleanUp of this.#cleanUps) cleanUp()
  }

  #draw(): void {
    if (!this.#isOpen) return
    const { device, layout, paint } = this.#options
    if (device.backlogBytes() > mostBacklogBytes) {
      this.#drawnAt = performance.now()
      return this.changed()
    }
    const size = device.size()
    const { cursor, rows } = layout(size)
    const next = rows.map((row) => drawn(row, size.width, paint))
    const changes = next.flatMap((text, at) => text === this.#drawn[at] ? [] : [`\u001b[${at + 1};1H${text}`])
    const place = `\u001b[${cursor.row + 1};${cursor.column + 1}H`
    this.#drawn = next
    this.#drawnAt = performance.now()
    if (changes.length === 0 && place === this.#cursor) return
    this.#cursor = place
    device.write(`\u001b[?25l${changes.join("")}${place}\u001b[?25h`)
  }

  #enter(): void {
    const { input, write } = this.#options.device
    input.setRawMode(true)
    write(entering)
    this.#isOpen = true
    this.#drawn = []
    this.#cursor = ""
    this.changed()
  }

  #leave(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#isGone) return
    this.#options.device.write(leaving)
    this.#options.device.input.setRawMode(false)
  }

  /** After `fg` the shell has changed the mode of the terminal, which Node does not know. */
  #continue(): void {
    if (this.#isClosed || this.#isGone) return
    this.#options.device.input.setRawMode(false)
    this.#enter()
  }

  /** The terminal was closed. */
  #hangUp(): void {
    if (this.#isGone || this.#isClosed) return
    this.#isGone = true
    this.#options.device.signal("SIGHUP")
  }
}

/** A key as `emitKeypressEvents` reports it. */
interface ReadlineKey {
  readonly name?: string | undefined
  readonly ctrl?: boolean
  readonly meta?: boolean
  readonly shift?: boolean
}

const keyOf = (typed: string | undefined, { ctrl = false, meta = false, name, shift = false }: ReadlineKey): Key => ({
  name,
  text: typed !== undefined && !ctrl && !meta && !/\p{Cc}/u.test(typed) ? typed : undefined,
  ctrl,
  alt: meta,
  shift
})

/** Columns and rows that a whole screen needs: less shows a line or two of a room. */
export const leastSize: Size = { width: 40, height: 8 }

/** Whether a person can use rooms on a whole screen here: both streams are a terminal that moves its cursor, and it is large enough. */
export const canFill = (
  { input, size }: Pick<ScreenDevice, "input" | "size">,
  stdout: Pick<Output, "isAnimated">
): boolean => {
  const { height, width } = size()
  return input.isTTY && stdout.isAnimated && width >= leastSize.width && height >= leastSize.height
}

/** The terminal of this process: standard input and standard output. */
export const ofProcess = (): ScreenDevice => ({
  input: process.stdin,
  write: (text) => void (process.stdout.destroyed || process.stdout.write(text)),
  backlogBytes: () => process.stdout.writableLength,
  size: () => ({ width: process.stdout.columns || 80, height: process.stdout.rows || 24 }),
  onResize: (callback) => {
    process.stdout.on("resize", callback)
    return () => process.stdout.off("resize", callback)
  },
  signal: (signal) => {
    // On systems without signals `process.kill` ends the process at once: other signals are emitted instead.
    if (signal === "SIGTSTP") process.kill(process.pid, signal)
    else process.emit(signal)
  }
})
