/** The output of readline: it passes the drawing of a line to the screen. */
import { Writable } from "node:stream"

export class Canvas extends Writable {
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
