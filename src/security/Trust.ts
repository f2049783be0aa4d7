/** The decision which keys of a server to trust, and what is remembered of a server that was accepted. Pure. */
import { isSame } from "../protocol/SameBytes.ts"
import type { Expectation, ServerKey } from "./Keyring.ts"

/**
 * What a client accepts from a place: `known` has the keys remembered for it, `own` the host keys of this user where the place is on this
 * machine. A known key closes the place to others, `acceptsNew` or not.
 */
export const expectationOf = (
  known: ReadonlyArray<ServerKey>,
  own: ReadonlyArray<Uint8Array>,
  acceptsNew: boolean
): Expectation => ({
  keys: [...known.flatMap(({ key, next }) => next === undefined ? [key] : [key, next]), ...own],
  others: known.length > 0 ? "refuse" : acceptsNew ? "accept" : "ask"
})

/**
 * What is remembered of a place after a session with it: undefined if nothing changes. The server decides on its next key as long as it
 * uses the key that is known. A key that it uses replaces the known one.
 */
export const learned = (before: ServerKey | undefined, seen: ServerKey): ServerKey | undefined => {
  const next = seen.next !== undefined && isSame(seen.next, seen.key) ? undefined : seen.next
  const isKnown = before !== undefined && isSame(before.key, seen.key) && isSameNext(before.next, next)
  return isKnown ? undefined : { key: seen.key, next }
}

const isSameNext = (one: Uint8Array | undefined, other: Uint8Array | undefined): boolean =>
  one === undefined || other === undefined ? one === other : isSame(one, other)
