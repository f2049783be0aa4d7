/** Compares secrets in a time that does not depend on where they differ. */

/** Whether both have the same length and bytes. Only a difference in length ends the comparison early. */
export const isSame = (one: Uint8Array, other: Uint8Array): boolean => {
  if (one.length !== other.length) return false
  let difference = 0
  for (let at = 0; at < one.length; at++) difference |= (one[at] ?? 0) ^ (other[at] ?? 0)
  return difference === 0
}
