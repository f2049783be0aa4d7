/** Sentences for options that are out of their range: the option, its range and its value. Undefined for an option in its range. */

/** A number between these bounds. An option that is not given is in its range. */
export const outOfRange = (
  name: string,
  value: number | undefined,
  least: number,
  most = Infinity
): string | undefined => {
  if (value === undefined || (value >= least && value <= most)) return undefined
  return `${name} must be ${rangeOf(least, most)}, not ${value}`
}

/** A whole number between these bounds. */
export const notWhole = (
  name: string,
  value: number | undefined,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER
): string | undefined => {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return undefined
  const range = rangeOf(least, most === Number.MAX_SAFE_INTEGER ? Infinity : most)
  return `${name} must be a whole number, ${range}, not ${value}`
}

/** A word that is one of these. */
export const unknownName = (
  name: string,
  value: string | undefined,
  known: ReadonlyArray<string>
): string | undefined =>
  value === undefined || known.includes(value) ? undefined : `${name} must be ${known.join(", ")}, not "${value}"`

/** An address to connect to or to listen at. */
export const notAnAddress = (
  { host, port }: { readonly host: unknown; readonly port: number | undefined },
  leastPort: 0 | 1
): string | undefined =>
  typeof host !== "string" || host === ""
    ? `host must be a name or an address, not ${JSON.stringify(host)}`
    : notWhole("port", port ?? NaN, leastPort, 65_535)

const rangeOf = (least: number, most: number): string => most === Infinity ? `at least ${least}` : `${least} to ${most}`
