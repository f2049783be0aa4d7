/**
 * Copies a core with its complete state, so that several transitions can start from the same state. The copy is
 * generic: it follows own properties, which include the private ones after bundling (test/simulation/bundle.mjs).
 * Prototypes are kept, references to the same object stay references to the same copy, and frozen objects and functions
 * are shared.
 */

/** A deep copy. */
export const copyOf = <Value>(value: Value): Value => copy(value, new Map()) as Value

const copy = (value: unknown, copies: Map<object, unknown>): unknown => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  const known = copies.get(value)
  if (known !== undefined) return known
  if (value instanceof Uint8Array) {
    const bytes = value.slice()
    copies.set(value, bytes)
    return bytes
  }
  if (Array.isArray(value)) {
    const items: Array<unknown> = []
    copies.set(value, items)
    for (const item of value) items.push(copy(item, copies))
    return items
  }
  const made = Object.create(Object.getPrototypeOf(value) as object | null) as Record<string, unknown>
  copies.set(value, made)
  for (const [name, part] of Object.entries(value)) made[name] = copy(part, copies)
  return made
}
