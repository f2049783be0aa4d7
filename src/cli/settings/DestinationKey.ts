/** The key before the `@` of a destination: `hk1…@HOST:PORT` accepts only the server that has it. */
import * as Either from "effect/Either"
import { nodeCrypto } from "../../node/security/NodeCrypto.ts"
import * as KeyText from "../../security/KeyText.ts"
import type { Parse } from "./Setting.ts"

/** The public key of a server, 32 bytes. */
export interface Keyed {
  readonly key?: Uint8Array
}

/** Parses `KEY@` before what `parse` accepts. A word before the `@` that is no key at all is left to `parse`. */
export const withKey = <A extends object>(parse: Parse<A>): Parse<A & Keyed> => (text) => {
  const at = text.indexOf("@")
  if (at < 0 || !/^h[ks]1/i.test(text)) return parse(text)
  return Either.flatMap(
    Either.mapLeft(
      KeyText.parse(nodeCrypto, text.slice(0, at)),
      (why) => `must be KEY@HOST[:PORT] with a key as \`holub key show\` prints it (this one ${why})`
    ),
    (key) => Either.map(parse(text.slice(at + 1)), (rest) => ({ ...rest, key }))
  )
}
