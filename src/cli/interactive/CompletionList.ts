/** Several completions of a line: their common prefix, and the list that Tab shows. */
import * as TextLimits from "../text/TextLimits.ts"

/** The common prefix of all lines. */
export const prefixOf = (lines: ReadonlyArray<string>): string =>
  lines.reduce((prefix, line) => {
    let length = 0
    while (length < prefix.length && prefix[length] === line[length]) length++
    return prefix.slice(0, length)
  })

/** The names in columns, as many as fit the width. */
export const listing = (shown: ReadonlyArray<string>, columns: number): string => {
  const offered = shown.slice(0, TextLimits.offeredNames)
  const width = Math.max(...offered.map((name) => name.length)) + 2
  const perLine = Math.max(1, Math.floor((columns - 1) / width))
  const lines = Array.from(
    { length: Math.ceil(offered.length / perLine) },
    (_, at) => offered.slice(at * perLine, (at + 1) * perLine).map((name) => name.padEnd(width)).join("").trimEnd()
  )
  const more = shown.length - offered.length
  return `${[...lines, ...(more > 0 ? [`and ${more} more`] : [])].join("\n")}\n`
}
