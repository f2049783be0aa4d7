/** Numbers as people write them, with any number of digits, exactly: 0.1 + 0.2 is 0.3. A point stands before the decimals. */

/** `units` / 10^`scale`. */
export interface Decimal {
  readonly units: bigint
  /** The number of decimals. */
  readonly scale: number
}

/** Why a text is no number: with a comma in it, 1,000 would be a thousand to some people and one to others. */
export type NumberFault = "NotNumber" | "HasComma" | "TooLong"

/** Characters of a number, at most: work on one takes microseconds, and a message has no more than some hundreds. */
export const mostCharacters = 1000

export const zero: Decimal = { units: 0n, scale: 0 }

/** Reads digits with an optional sign and an optional point among, before or behind them; spaces around are ignored. */
export const parse = (text: string): Decimal | NumberFault => {
  const trimmed = text.trim()
  const { integer = "", decimals = "", sign } = pattern.exec(trimmed)?.groups ?? {}
  const digits = integer + decimals
  if (digits === "") {
    return /,/.test(trimmed) && /\d/.test(trimmed) && /^[-+\u2212]?[\d.,]+$/.test(trimmed)
      ? "HasComma"
      : "NotNumber"
  }
  if (trimmed.length > mostCharacters) return "TooLong"
  const units = BigInt(digits)
  return { units: sign === "-" || sign === "\u2212" ? -units : units, scale: decimals.length }
}

const pattern = /^(?<sign>[-+\u2212])?(?<integer>\d*)(?:\.(?<decimals>\d*))?$/

export const isDecimal = (value: Decimal | NumberFault): value is Decimal => typeof value === "object"

export const add = (one: Decimal, other: Decimal): Decimal => {
  const scale = Math.max(one.scale, other.scale)
  return { units: unitsAt(one, scale) + unitsAt(other, scale), scale }
}

const unitsAt = ({ scale, units }: Decimal, wanted: number): bigint => units * 10n ** BigInt(wanted - scale)

/** The shortest text: no zeros behind the last decimal, no point without decimals, a digit before the point. */
export const format = ({ scale, units }: Decimal): string => {
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0")
  const integer = digits.slice(0, digits.length - scale)
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "")
  return `${units < 0n ? "-" : ""}${integer}${fraction === "" ? "" : `.${fraction}`}`
}
