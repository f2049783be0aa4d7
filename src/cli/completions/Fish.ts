/** Completions for fish. */
import type { Offer, OfferedFlag, Offers } from "./Offers.ts"

const beforeAnyWord = "__fish_use_subcommand"

export const fish = (marker: string, { firstFlags, words }: Offers): string =>
  [
    marker,
    "",
    "complete -c holub -f",
    ...words.map(({ summary, word }) => line(beforeAnyWord, `-a ${word} -d ${quoted(summary)}`)),
    ...firstFlags.flatMap((flag) => flagLines(beforeAnyWord, flag)),
    ...words.flatMap(linesOf),
    ""
  ].join("\n")

const linesOf = ({ afterNext, flags, next, takesFiles, word }: Offer): ReadonlyArray<string> => {
  const here = seen(word)
  const isOver = next.length === 0 ? "" : `; and not ${seen(...next)}`
  return [
    ...flags.flatMap((flag) => flagLines(here, flag)),
    ...(takesFiles ? [line(here, "-F")] : []),
    ...(next.length === 0 ? [] : [line(`${here}${isOver}`, `-a ${quoted(next.join(" "))}`)]),
    ...Array.from(afterNext).flatMap(([second, words]) =>
      words.length === 0
        ? []
        : [line(`${here}; and ${seen(second)}; and not ${seen(...words)}`, `-a ${quoted(words.join(" "))}`)]
    )
  ]
}

const seen = (...words: ReadonlyArray<string>): string => `__fish_seen_subcommand_from ${words.join(" ")}`

const line = (condition: string, rest: string): string => `complete -c holub -n ${quoted(condition)} ${rest}`

const flagLines = (condition: string, flag: OfferedFlag): ReadonlyArray<string> => {
  const { help, name } = flag
  return [
    line(condition, `-l ${name}${valueOf(flag)} -d ${quoted(help)}`),
    ...(flag.isNegatable ? [line(condition, `-l no-${name} -d ${quoted(`not: ${help}`)}`)] : [])
  ]
}

const valueOf = ({ placeholder, values }: OfferedFlag): string => {
  if (placeholder === undefined) return ""
  if (values === "files") return " -r -F"
  if (values === "directories") return " -x -a '(__fish_complete_directories)'"
  return values === undefined ? " -x" : ` -x -a ${quoted(values.join(" "))}`
}

const quoted = (text: string): string => `'${text.replace(/[\\']/g, "\\$&")}'`
