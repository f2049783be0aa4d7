/** The input of readline: the keys of a terminal. Pasted text is no sequence of keys and is passed on as a whole. */
import { Readable } from "node:stream"
import { StringDecoder } from "node:string_decoder"
import * as TextLimits from "../text/TextLimits.ts"
import type { Keys, Paste } from "./PasteReader.ts"
import { PasteReader } from "./PasteReader.ts"

export class KeyInput extends Readable {
  readonly #terminal: NodeJS.ReadStream
  readonly #onPaste: (paste: Paste) => void
  readonly #decoder = new StringDecoder("utf8")
  readonly #reader = new PasteReader(TextLimits.pastedCharacters)
  #timer: NodeJS.Timeout | undefined
  readonly #onData = (bytes: Buffer): void =>
    this.#pass(this.#reader.handleInput(this.#decoder.write(bytes), performance.now()))
  readonly #onEnd = (): void => void this.emit("end")

  constructor(terminal: NodeJS.ReadStream, onPaste: (paste: Paste) => void) {
    // Keys are emitted at once and never buffered.
    super({ read: () => undefined })
    this.#terminal = terminal
    this.#onPaste = onPaste
    terminal.on("data", this.#onData).on("end", this.#onEnd)
  }

  get isRaw(): boolean {
    return this.#terminal.isRaw
  }

  setRawMode(isRaw: boolean): this {
    this.#terminal.setRawMode(isRaw)
    return this
  }

  override pause(): this {
    this.#terminal.pause()
    return super.pause()
  }

  override resume(): this {
    this.#terminal.resume()
    return super.resume()
  }

  /** Stops reading the terminal. */
  close(): void {
    clearTimeout(this.#timer)
    this.#terminal.off("data", this.#onData).off("end", this.#onEnd)
  }

  #pass(read: ReadonlyArray<Keys | Paste>): void {
    for (const piece of read) {
      if (piece._tag === "Keys") this.emit("data", piece.text)
      else this.#onPaste(piece)
    }
    clearTimeout(this.#timer)
    const { deadline } = this.#reader
    if (deadline === undefined) return
    this.#timer = setTimeout(
      () => this.#pass(this.#reader.handleTimeout(performance.now())),
      Math.ceil(deadline - performance.now())
    )
  }
}
