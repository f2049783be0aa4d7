/** The file of `--allow-keys`: the public keys of the clients that a server accepts, one a line; `#` begins a comment. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Shape as Cryptography } from "../../security/Crypto.ts"
import { KeyLimits } from "../../security/KeyLimits.ts"
import type { KeyringError } from "../../security/Keyring.ts"
import * as KeyText from "../../security/KeyText.ts"
import type * as Files from "../storage/Files.ts"
import * as OwnFiles from "./OwnFiles.ts"

/** Whether a key of 32 bytes is in the file. Fails with the number of the line that is no key, and if the file does not exist. */
export const load = (
  files: Files.Files,
  crypto: Cryptography,
  path: string
): Effect.Effect<(key: Uint8Array) => boolean, KeyringError> =>
  Effect.gen(function*() {
    const rules = {
      what: "the list of allowed keys",
      isPublic: true,
      followsLinks: true,
      maxBytes: KeyLimits.allowedKeysBytes
    }
    const bytes = yield* OwnFiles.read(files, path, rules)
    if (bytes === undefined) return yield* OwnFiles.refused(`${rules.what} ${path} does not exist; check the path`)
    const texts = new Set<string>()
    for (const [at, line] of Buffer.from(bytes).toString("utf8").split("\n").entries()) {
      const text = line.replace(/#.*/, "").trim()
      if (text === "") continue
      const key = KeyText.parse(crypto, text)
      if (Either.isLeft(key)) {
        return yield* OwnFiles.refused(
          `line ${at + 1} of ${path} is not a key: it ${key.left}; a line has one key, and # begins a comment`
        )
      }
      texts.add(nameOf(key.right))
    }
    return (key) => texts.has(nameOf(key))
  })

const nameOf = (key: Uint8Array): string => Buffer.from(key).toString("latin1")
