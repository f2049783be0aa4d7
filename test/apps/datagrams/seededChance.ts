/** Random numbers that follow from a seed. */
import * as Chance from "../../../src/apps/Chance.ts"
import { nodeCrypto } from "../../../src/node/security/NodeCrypto.ts"

/** A function that draws a whole number from 0 to `bound` - 1. */
export const chanceOf = (seed: number): (bound: number) => number => {
  let rest = Chance.of(nodeCrypto, Uint8Array.of(seed >> 8, seed & 255))
  return (bound) => {
    const [value, next] = Chance.below(rest, bound)
    rest = next
    return value
  }
}
