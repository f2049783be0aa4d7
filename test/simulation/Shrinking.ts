/** The search for a smaller script that violates the same rule (delta debugging), for every kind of world. */

/** Runs a script. Returns the violated rule, if any, and the number of events of the run. */
export type Verdict<A> = (script: A) => { readonly rule: string | undefined; readonly events: number }

/** The limits of the work for one script. */
export interface ShrinkLimits {
  readonly runs: number
  readonly events: number
}

/** Keeps a candidate that violates the same rule, and returns whether it does. False when the limits are reached. */
export type Attempt<A> = (candidate: A) => boolean

/**
 * The smallest script found that violates the same rule; the script itself if it violates none. `pass` attempts changes of the current
 * script, and is repeated until one pass has changed nothing.
 */
export const shrunk = <A>(
  script: A,
  verdict: Verdict<A>,
  limits: ShrinkLimits,
  pass: (current: () => A, attempt: Attempt<A>) => void
): A => {
  const { rule } = verdict(script)
  if (rule === undefined) return script
  let smallest = script
  let runs = 0
  let events = 0
  const attempt: Attempt<A> = (candidate) => {
    if (runs >= limits.runs || events >= limits.events) return false
    const seen = verdict(candidate)
    runs++
    events += seen.events
    if (seen.rule !== rule) return false
    smallest = candidate
    return true
  }
  for (let before: A | undefined; before !== smallest;) {
    before = smallest
    pass(() => smallest, attempt)
  }
  return smallest
}

/** Removes items of a list in a script: halves first, then quarters, finally single ones. */
export const withoutSome = <A, B>(
  current: () => A,
  attempt: Attempt<A>,
  itemsOf: (script: A) => ReadonlyArray<B>,
  withItems: (script: A, items: ReadonlyArray<B>) => A
): void => {
  for (let size = itemsOf(current()).length; size >= 1; size = Math.floor(size / 2)) {
    for (let from = 0; from < itemsOf(current()).length;) {
      const script = current()
      if (!attempt(withItems(script, itemsOf(script).toSpliced(from, size)))) from += size
    }
  }
}
