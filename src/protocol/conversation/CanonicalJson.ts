/**
 * The one text of a JSON value, over which hashes are computed: the JSON Canonicalization Scheme (RFC 8785) for the values that events
 * have. The subset: numbers are integers of at most 2⁵³ − 1 in magnitude, and not −0; strings have no lone surrogate. For these values
 * the text is that of RFC 8785: keys sorted by UTF-16 code units (§3.2.3), strings and numbers as ECMAScript writes them (§3.2.2), no space.
 */
import * as Limits from "./ConversationLimits.ts"

/** A value of JSON. */
export type Json = null | boolean | number | string | ReadonlyArray<Json> | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

/** The text of a value; undefined for one outside the subset, or with more than `bodyDepth` levels. */
export const canonicalJson = (value: unknown): string | undefined => textOf(value, Limits.bodyDepth)

const textOf = (value: unknown, levels: number): string | undefined => {
  if (value === null || typeof value === "boolean") return String(value)
  if (typeof value === "number") return Number.isSafeInteger(value) && !Object.is(value, -0) ? String(value) : undefined
  if (typeof value === "string") return isWellFormed(value) ? JSON.stringify(value) : undefined
  if (typeof value !== "object" || levels === 0) return undefined
  if (Array.isArray(value)) return joined("[", value.map((item) => textOf(item, levels - 1)), "]")
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return undefined
  const members = Object.entries(value)
    // The order of UTF-16 code units is that of the operator.
    .toSorted(([one], [other]) => one < other ? -1 : 1)
    .map(([key, member]) => {
      const text = textOf(member, levels - 1)
      return text === undefined || !isWellFormed(key) ? undefined : `${JSON.stringify(key)}:${text}`
    })
  return joined("{", members, "}")
}

const joined = (open: string, parts: ReadonlyArray<string | undefined>, close: string): string | undefined =>
  parts.includes(undefined) ? undefined : `${open}${parts.join(",")}${close}`

/** Whether a text has no lone surrogate: UTF-8 can carry it. */
export const isWellFormed = (text: string): boolean => !/\p{Cs}/u.test(text)

const encoder = new TextEncoder()

/** The bytes of a text in UTF-8. */
export const utf8 = (text: string): Uint8Array => encoder.encode(text)

/**
 * The number of bytes of a text in UTF-8 if it is at most `most`, and Infinity otherwise. A text that is much longer is not encoded.
 */
export const utf8Bytes = (text: string, most: number): number => {
  if (text.length > most) return Infinity
  const { length } = utf8(text)
  return length > most ? Infinity : length
}
