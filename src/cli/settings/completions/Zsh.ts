/** Completions for zsh, as a function that its completion system loads. */
import type { Flag } from "../../Flag.ts"
import type { Offer } from "./Offers.ts"
import { firstFlags, isSwitch, offers } from "./Offers.ts"

export const zsh = (marker: string): string =>
  `#compdef holub
${marker}

_holub() {
  local curcontext=$curcontext state line ret=1
  typeset -A opt_args
  local -a commands=(
${offers.map(({ summary, word }) => `    ${quoted(`${word}:${summary}`)}`).join("\n")}
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
${offers.flatMap(caseOf).join("\n")}
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

const specs = (flags: ReadonlyArray<Flag<unknown>>): ReadonlyArray<string> =>
  flags.flatMap((flag) => {
    const { help, isRepeatable, name, placeholder } = flag
    const purpose = `[${plain(help)}]`
    if (placeholder === undefined) {
      if (!isSwitch(flag)) return [quoted(`--${name}${purpose}`)]
      return [quoted(`(--no-${name})--${name}${purpose}`), quoted(`(--${name})--no-${name}[not: ${plain(help)}]`)]
    }
    return [quoted(`${isRepeatable ? "*" : ""}--${name}=${purpose}:${plain(placeholder)}:${actionOf(flag)}`)]
  })

const actionOf = ({ choices }: Flag<unknown>): string => {
  if (choices === undefined) return " "
  return choices === "files" ? "_files" : choices === "directories" ? "_files -/" : `(${choices.join(" ")})`
}

/** What has no meaning to `_arguments`. */
const plain = (text: string): string => text.replace(/[\\[\]:]/g, "\\$&")

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`
