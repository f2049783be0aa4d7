/** A stream of texts without marks, as hexadecimal digits: it is divided by the texts that are expected in it, and else by its reads. */
import { cutBytes } from "../../protocol/framing/Utf8Text.ts"
import { bytesOfHex } from "../../protocol/Hex.ts"
import * as Limits from "./LinkedLimits.ts"

/** What a read gave, and when. */
export interface Read {
  readonly text: string
  readonly at: number
}

/** The reads that are not divided yet. */
export type BareStream = ReadonlyArray<Read>

/** How often a text is expected in what follows: so often for certain, and so often if the whole stream is made of expected texts. */
export interface Expected {
  readonly text: string
  readonly times: () => number
  readonly most: () => number
}

/** The longest expected text with which the stream begins; and whether the stream may be the beginning of one. */
export const compared = (stream: BareStream, expected: ReadonlyArray<Expected>): {
  readonly found: string | undefined
  readonly isBeginning: boolean
} => {
  const all = stream.map(({ text }) => text).join("")
  const found = longest(all, expected.filter(({ text, times }) => all.startsWith(text) && times() > 0))
  if (found !== undefined) return { found, isBeginning: false }
  const isBeginning = expected.some(({ text, times }) => text.startsWith(all) && times() > 0)
  return { found: isBeginning ? undefined : divided(all, expected), isBeginning }
}

/** The first text of a stream that is made of expected texts; undefined for another stream. */
const divided = (all: string, expected: ReadonlyArray<Expected>): string | undefined => {
  const used = new Map<string, number>()
  const isLeft = ({ most, text }: Expected) => most() > (used.get(text) ?? 0)
  let first: string | undefined
  for (let rest = all; rest !== "";) {
    const text = longest(rest, expected.filter((one) => rest.startsWith(one.text) && isLeft(one)))
    if (text === undefined) return undefined
    first ??= text
    used.set(text, (used.get(text) ?? 0) + 1)
    rest = rest.slice(text.length)
  }
  return first
}

const longest = (of: string, beginnings: ReadonlyArray<Expected>): string | undefined => {
  const length = beginnings.reduce((most, { text }) => Math.max(most, text.length), 0)
  return length === 0 ? undefined : of.slice(0, length)
}

/** What the first read gave, with those after it that are its rest; and whether another one may follow. */
export const first = (stream: BareStream): { readonly text: string; readonly isCut: boolean } => {
  let text = ""
  let isCut = true
  for (const read of stream) {
    if (!isCut) break
    text += read.text
    isCut = read.text.length >= 2 * Limits.fullReadBytes || isCutInside(text)
  }
  return { text, isCut }
}

const isCutInside = (text: string): boolean => cutBytes(bytesOfHex(text.slice(-6))) > 0

/** The stream without so many digits at its beginning. */
export const without = (stream: BareStream, digits: number): BareStream => {
  let more = digits
  return stream.flatMap(({ at, text }) => {
    const rest = text.slice(more)
    more = Math.max(0, more - text.length)
    return rest === "" ? [] : [{ at, text: rest }]
  })
}

export const digitsOf = (stream: BareStream): number => stream.reduce((sum, { text }) => sum + text.length, 0)
