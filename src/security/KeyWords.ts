/**
 * A key as eight words, to read aloud and to compare: the first 88 bits of SHA-256("holub words" ‖ key), 11 bits for each word of the
 * English list of BIP-39. A second key with the same words takes 2⁸⁸ attempts.
 */
import { bip39English } from "./Bip39English.ts"
import type { Hash } from "./KeyText.ts"

const words = 8
const bitsOfWord = 11
const domain = new TextEncoder().encode("holub words")

/** Eight words, separated by spaces. */
export const ofKey = (hash: Hash, key: Uint8Array): string => {
  const digest = hash.sha256(domain, key)
  return Array.from({ length: words }, (_, word) => {
    let index = 0
    for (let bit = word * bitsOfWord; bit < (word + 1) * bitsOfWord; bit++) {
      index = index * 2 + (((digest[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1)
    }
    return bip39English[index] ?? ""
  }).join(" ")
}
