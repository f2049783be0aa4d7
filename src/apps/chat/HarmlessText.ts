/** A text of a client, as it may be shown to others: without what would act on their terminals. Texts are given as hexadecimal digits. */
import { harmlessOf } from "../../protocol/conversation/PostText.ts"
import { bytesOfHex, hexOf } from "../../protocol/Hex.ts"

/** Bytes that are not UTF-8 become U+FFFD. */
export const shownOf = (digits: string): string => harmlessOf(decoder.decode(bytesOfHex(digits)))

/** The same as digits. */
export const digitsOf = (digits: string): string => hexOf(encoder.encode(shownOf(digits)))

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
