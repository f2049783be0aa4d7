/** Completions for bash, from version 3.2 on, without the package bash-completion. */
import type { OfferedFlag, Offers } from "./Offers.ts"

export const bash = (marker: string, offers: Offers): string =>
  `${marker}

_holub() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} prefix= before= over= word
  local words= flags= files= at=1
  COMPREPLY=()

  # What stands before the word under the cursor; bash makes words of their own of = and :.
  while ((at < COMP_CWORD)); do
    word=\${COMP_WORDS[at]}
    case $word in
      :) ((at++)) ;;
      --) over=yes ;;
      ${offers.valuedFlags.map(written).join("|")})
        ((at++))
        [[ \${COMP_WORDS[at]} == = ]] && ((at++))
        ;;
      -*) ;;
      *) before+=" $word" ;;
    esac
    ((at++))
  done

  if [[ $cur == : || $prev == : ]]; then
    return
  elif [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  elif [[ $cur == --*=* ]]; then
    prev=\${cur%%=*} prefix=\${cur%%=*}= cur=\${cur#*=}
  fi

  [[ $over ]] || case $prev in
${valueCases(offers).join("\n")}
    *) prev= ;;
  esac

  if [[ ! $prev || $over ]]; then
    case $before in
${commandCases(offers).join("\n")}
    esac
    [[ $cur == -* && ! $over ]] && words=$flags files=
  fi

  while IFS= read -r word; do
    COMPREPLY+=("$prefix$word")
  done < <(
    compgen -W "$words" -- "$cur"
    [[ $files ]] && compgen "$files" -- "$cur"
  )
  [[ $files ]] && compopt -o filenames 2>/dev/null
  return 0
}

complete -F _holub holub
`

const written = ({ name }: OfferedFlag): string => `--${name}`

const valueCases = ({ valuedFlags }: Offers): ReadonlyArray<string> => {
  const cases = valuedFlags.flatMap((flag) => {
    const { values } = flag
    if (values === undefined) return []
    const offer = values === "files"
      ? "files=-f"
      : values === "directories"
      ? "files=-d"
      : `words='${values.join(" ")}'`
    return [`    ${written(flag)}) ${offer} ;;`]
  })
  const others = valuedFlags.filter(({ values }) => values === undefined)
  return [...cases, `    ${others.map(written).join("|")}) ;;`]
}

const commandCases = ({ firstFlags, words: all }: Offers): ReadonlyArray<string> => [
  caseOf(["''"], all.map(({ word }) => word), firstFlags, false),
  ...all.flatMap(({ afterNext, flags, next, takesFiles, word }) => [
    ...Array.from(afterNext, ([second, words]) => caseOf([`' ${word} ${second}'`], words, flags, false)),
    caseOf(takesFiles ? [`' ${word}'`, `' ${word} '*`] : [`' ${word}'`], next, flags, takesFiles),
    ...(takesFiles ? [] : [caseOf([`' ${word} '*`], [], flags, false)])
  ])
]

const caseOf = (
  patterns: ReadonlyArray<string>,
  words: ReadonlyArray<string>,
  flags: ReadonlyArray<OfferedFlag>,
  takesFiles: boolean
): string =>
  `      ${patterns.join("|")}) words='${words.join(" ")}' flags='${flagWords(flags).join(" ")}'${
    takesFiles ? " files=-f" : ""
  } ;;`

const flagWords = (flags: ReadonlyArray<OfferedFlag>): ReadonlyArray<string> =>
  flags.flatMap((flag) => flag.isNegatable ? [written(flag), `--no-${flag.name}`] : [written(flag)])
