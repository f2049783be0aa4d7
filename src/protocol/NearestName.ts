/** Finds the name that a person has probably meant. */

/** The candidate that is most similar to `word`; undefined if none is similar enough. */
export const nearest = (word: string, candidates: ReadonlyArray<string>): string | undefined => {
  const ranked = candidates.map((candidate) => ({ candidate, steps: editSteps(word, candidate) }))
  const best = ranked.toSorted((a, b) => a.steps - b.steps)[0]
  return best !== undefined && best.steps <= nearness(best.candidate) ? best.candidate : undefined
}

/** The maximum distance: 2 for two exchanged letters, 1 for a short word, which has too many neighbours at 2. */
const nearness = (word: string): number => word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3))

/** The Levenshtein distance. */
const editSteps = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let line = 1; line <= a.length; line++) {
    const next = [line]
    for (let column = 1; column <= b.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (a[line - 1] === b[column - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
