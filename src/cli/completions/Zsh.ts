/** Completions for zsh, as a function that its completion system loads. */
import type { Offer, OfferedFlag, Offers } from "./Offers.ts"

export const zsh = (marker: string, { firstFlags, words }: Offers): string =>
  `#compdef holub
${marker}

_holub() {
  local curcontext=$curcontext state line ret=1
  typeset -A opt_args
  local -a commands=(
${words.map(({ summary, word }) => `    ${quoted(`${word}:${summary}`)}`).join("\n")}
  )

  _arguments -C \\
${specs(firstFlags).map((spec) => `    ${spec} \\`).join("\n")}
    '1: :->command' \\
    '*::: :->rest' && ret=0

  case $state in
    command) _describe -t commands command commands && ret=0 ;;
    rest)
      words=($line[1] "\${words[@]}")
      ((CURRENT += 1))
      case $line[1] in
${words.flatMap(caseOf).join("\n")}
      esac
      ;;
  esac
  return ret
}

if [[ $funcstack[1] == _holub ]]; then
  _holub "$@"
else
  compdef _holub holub
fi
`

const caseOf = (offer: Offer): ReadonlyArray<string> => [
  `        ${offer.word})`,
  "          _arguments \\",
  ...[...specs(offer.flags), ...operandsOf(offer)].map((spec) => `            ${spec} \\`),
  "            && ret=0",
  "          ;;"
]

const operandsOf = ({ afterNext, next, takesFiles }: Offer): ReadonlyArray<string> => {
  if (takesFiles) return ["'*:file:_files'"]
  const later = [...new Set([...afterNext.values()].flat())]
  return [
    ...(next.length === 0 ? [] : [`'1: :(${next.join(" ")})'`]),
    ...(later.length === 0 ? [] : [`'2: :(${later.join(" ")})'`])
  ]
}

const specs = (flags: ReadonlyArray<OfferedFlag>): ReadonlyArray<string> =>
  flags.flatMap((flag) => {
    const { help, isRepeatable, name, placeholder } = flag
    const purpose = `[${plain(help)}]`
    if (placeholder === undefined) {
      if (!flag.isNegatable) return [quoted(`--${name}${purpose}`)]
      return [quoted(`(--no-${name})--${name}${purpose}`), quoted(`(--${name})--no-${name}[not: ${plain(help)}]`)]
    }
    return [quoted(`${isRepeatable ? "*" : ""}--${name}=${purpose}:${plain(placeholder)}:${actionOf(flag)}`)]
  })

const actionOf = ({ values }: OfferedFlag): string => {
  if (values === undefined) return " "
  return values === "files" ? "_files" : values === "directories" ? "_files -/" : `(${values.join(" ")})`
}

/** The text without characters that `_arguments` interprets. */
const plain = (text: string): string => text.replace(/[\\[\]:]/g, "\\$&")

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
