/**
 * Separates pasted text from typed keys. A terminal with bracketed paste (mode 2004) puts a paste between two sequences.
 * Another terminal sends it like keys: it is recognised as several lines that arrive faster than a person types.
 * Pure: time is a parameter, in milliseconds of a monotonic clock.
 */

/** Switches bracketed paste on and off. */
export const bracketedPaste = { on: "\u001b[?2004h", off: "\u001b[?2004l" } as const

export interface Keys {
  readonly _tag: "Keys"
  readonly text: string
}

export interface Paste {
  readonly _tag: "Paste"
  /** The text, with line feeds and tabs and without other controls; the beginning of it if it is longer than the limit. */
  readonly text: string
  /** Characters of the whole text. */
  readonly length: number
}

const start = "\u001b[200~"
const end = "\u001b[201~"

/** The longest pause between two parts of a paste without brackets: other programs may be scheduled in between. */
const partMillis = 100
/** The longest wait for the end of a bracketed paste, over a slow network. Without an end, keys would be lost for ever. */
const endMillis = 1000

export class PasteReader {
  readonly #limit: number
  /** What may belong to what comes next: a part of a sequence, or one line that may be the first one of a paste. */
  #held = ""
  /** The paste that is being read; undefined between pastes. */
  #paste: { text: string; length: number; readonly isBracketed: boolean } | undefined
  #deadline: number | undefined

  /** `limit` is the number of characters of a paste that are kept. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** The time of the next {@link handleTimeout}; undefined if nothing waits. */
  get deadline(): number | undefined {
    return this.#deadline
  }

  /** Reads what the terminal has sent. */
  handleInput(text: string, now: number): ReadonlyArray<Keys | Paste> {
    const read: Array<Keys | Paste> = []
    let rest = this.#held + text
    this.#held = ""
    while (rest !== "") {
      rest = this.#paste?.isBracketed === true ? this.#readBracketed(rest, read) : this.#readKeys(rest, read)
    }
    const isBracketed = this.#paste?.isBracketed === true
    const waits = this.#paste !== undefined || this.#held !== ""
    this.#deadline = waits ? now + (isBracketed ? endMillis : partMillis) : undefined
    return read
  }

  /** Nothing has followed: a paste is complete, a held line was typed. */
  handleTimeout(now: number): ReadonlyArray<Keys | Paste> {
    if (this.#deadline === undefined || now < this.#deadline) return []
    this.#deadline = undefined
    const held = this.#held
    this.#held = ""
    if (this.#paste === undefined) return held === "" ? [] : [{ _tag: "Keys", text: held }]
    this.#add(held)
    return [this.#finished()]
  }

  /** Reads the text of a bracketed paste up to its end; returns what follows it. */
  #readBracketed(text: string, read: Array<Keys | Paste>): string {
    const at = text.indexOf(end)
    if (at >= 0) {
      this.#add(text.slice(0, at))
      read.push(this.#finished())
      return text.slice(at + end.length)
    }
    const cut = partialAt(text, end)
    this.#add(text.slice(0, cut))
    this.#held = text.slice(cut)
    return ""
  }

  /** Reads keys, or a paste without brackets, up to a bracket; returns what follows it. */
  #readKeys(text: string, read: Array<Keys | Paste>): string {
    const [starts, ends] = [text.indexOf(start), text.indexOf(end)]
    if (starts < 0 && ends < 0) {
      const cut = partialAt(text, start)
      this.#readPlain(text.slice(0, cut), false, read)
      this.#held += text.slice(cut)
      return ""
    }
    if (starts < 0 || (ends >= 0 && ends < starts)) {
      // The rest of a paste that had no end in time.
      this.#paste ??= { text: "", length: 0, isBracketed: false }
      this.#add(text.slice(0, ends))
      read.push(this.#finished())
      return text.slice(ends + end.length)
    }
    this.#readPlain(text.slice(0, starts), true, read)
    if (this.#paste !== undefined) read.push(this.#finished())
    this.#paste = { text: "", length: 0, isBracketed: true }
    return text.slice(starts + start.length)
  }

  #readPlain(text: string, hasFollower: boolean, read: Array<Keys | Paste>): void {
    if (text === "") return
    const mayBePasted = !control.test(text)
    if (mayBePasted && (this.#paste !== undefined || severalLines.test(text))) {
      this.#paste ??= { text: "", length: 0, isBracketed: false }
      return this.#add(text)
    }
    if (this.#paste !== undefined) read.push(this.#finished())
    if (mayBePasted && !hasFollower && oneLine.test(text)) this.#held = text
    else read.push({ _tag: "Keys", text })
  }

  #add(text: string): void {
    if (this.#paste === undefined) return
    this.#paste.text += text.slice(0, Math.max(0, this.#limit - this.#paste.text.length))
    this.#paste.length += text.length
  }

  #finished(): Paste {
    const { length, text } = this.#paste ?? { length: 0, text: "" }
    this.#paste = undefined
    return { _tag: "Paste", text: text.replace(lineEnd, "\n").replace(controls, ""), length }
  }
}

const lineEnd = /\r\n?|[\u2028\u2029]/g
/** Controls of both sets, except line feeds and tabs: a pasted text is no sequence of keys. */
const controls = /(?![\n\t])\p{Cc}/gu
/** A key that no pasted text has. */
const control = /(?![\r\n\t])\p{Cc}/u
const severalLines = /[\r\n][^\r\n]/
/** A line with its end. The Enter key alone is never held. */
const oneLine = /^[^\r\n].*[\r\n]+$/s

/** The index from which a text may be the beginning of a sequence of at least two characters; its length if nowhere. */
const partialAt = (text: string, sequence: string): number => {
  for (let length = Math.min(sequence.length - 1, text.length); length > 1; length--) {
    if (text.endsWith(sequence.slice(0, length))) return text.length - length
  }
  return text.length
}
