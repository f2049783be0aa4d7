/** How the program names a public key to people: its text, for commands and files, and its words, to compare by eye and by ear. */
import { nodeCrypto } from "../../node/security/NodeCrypto.ts"
import * as KeyText from "../../security/KeyText.ts"
import * as KeyWords from "../../security/KeyWords.ts"

export const textOf = (key: Uint8Array): string => KeyText.encode(nodeCrypto, key)

export const wordsOf = (key: Uint8Array): string => KeyWords.ofKey(nodeCrypto, key)
