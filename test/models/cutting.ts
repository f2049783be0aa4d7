/** Splits a message as the existing client does: texts and names by characters, the content of a file by bytes. */
import { largestFragment } from "./frames.ts"

export interface Piece {
  /** The size in the header without the dialect: characters of a text, bytes of content. */
  readonly size: number
  readonly data: Uint8Array
}

export interface Message {
  readonly kind: "T" | "F"
  readonly fragmentSize: number
  /** The number of pieces that carry the file name. */
  readonly named: number
  readonly pieces: ReadonlyArray<Piece>
}

const encoder = new TextEncoder()

const checked = (fragmentSize: number): number => {
  if (Number.isInteger(fragmentSize) && fragmentSize >= 1 && fragmentSize <= largestFragment) return fragmentSize
  throw new RangeError(`fragment size ${fragmentSize}`)
}

/** Code points, as these programs count them: a letter with its accent is one, an emoji is one. */
const byCharacters = (text: string, fragmentSize: number): ReadonlyArray<Piece> => {
  const characters = Array.from(text)
  return Array.from({ length: Math.ceil(characters.length / fragmentSize) }, (_, index) => {
    const part = characters.slice(index * fragmentSize, (index + 1) * fragmentSize)
    return { size: part.length, data: encoder.encode(part.join("")) }
  })
}

const byBytes = (bytes: Uint8Array, fragmentSize: number): ReadonlyArray<Piece> =>
  Array.from({ length: Math.ceil(bytes.length / fragmentSize) }, (_, index) => {
    const data = bytes.slice(index * fragmentSize, (index + 1) * fragmentSize)
    return { size: data.length, data }
  })

/** An empty message is one fragment without data. */
const atLeastOne = (pieces: ReadonlyArray<Piece>): ReadonlyArray<Piece> =>
  pieces.length > 0 ? pieces : [{ size: 0, data: new Uint8Array(0) }]

export const cutText = (text: string, fragmentSize: number): Message => ({
  kind: "T",
  fragmentSize,
  named: 0,
  pieces: atLeastOne(byCharacters(text, checked(fragmentSize)))
})

export const cutFile = (name: string, bytes: Uint8Array, fragmentSize: number): Message => {
  const named = byCharacters(name, checked(fragmentSize))
  const content = atLeastOne(byBytes(bytes, fragmentSize))
  return { kind: "F", fragmentSize, named: named.length, pieces: [...named, ...content] }
}
