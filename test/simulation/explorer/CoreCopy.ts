/**
 * Copies a core with all that it holds, so that one state has many futures. It knows no core: it follows own properties,
 * which is all of them once the bundler has opened the private ones (test/simulation/bundle.mjs). Prototypes stay, two
 * names of one thing stay two names of one thing, and what is frozen or a function is shared.
 */

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
