/**
 * A file with one private key: a line with its text (`hs1…`, see KeyText), behind it the time from which it is used, if that is later. The
 * file is created at its first use; processes that create it at the same time end with the same key.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { dirname } from "node:path"
import type { KeyPair, Shape as Cryptography } from "../../security/Crypto.ts"
import { KeyLimits } from "../../security/KeyLimits.ts"
import type { KeyringError } from "../../security/Keyring.ts"
import * as KeyText from "../../security/KeyText.ts"
import type * as Files from "../storage/Files.ts"
import * as FileLock from "./FileLock.ts"
import * as OwnFiles from "./OwnFiles.ts"

/** What key files are read and written with. */
export interface KeyTools {
  readonly files: Files.Files
  readonly crypto: Cryptography
}

export interface StoredKey {
  readonly keyPair: KeyPair
  /** The content of its file, for another file of the same key. */
  readonly text: string
  /** The time from which the key is used, in milliseconds since 1970; undefined: now. */
  readonly fromMillis: number | undefined
}

/** The key of a file, undefined if it does not exist. `what` is the words for it: `the host key`. */
export const load = (
  { crypto, files }: KeyTools,
  path: string,
  what: string
): Effect.Effect<StoredKey | undefined, KeyringError> =>
  Effect.gen(function*() {
    const rules = { what, isPublic: false, followsLinks: false, maxBytes: KeyLimits.keyFileBytes }
    const bytes = yield* OwnFiles.read(files, path, rules)
    if (bytes === undefined) return undefined
    const content = Buffer.from(bytes).toString("latin1")
    bytes.fill(0)
    const [, text = "", from] = /^(\S+)(?: (\S+))?\r?\n?$/.exec(content) ?? []
    const fromMillis = from === undefined ? undefined : Date.parse(from)
    const key = text === "" || Number.isNaN(fromMillis)
      ? Either.left("does not have the form of one")
      : KeyText.parse(crypto, text, KeyText.privatePrefix)
    if (Either.isLeft(key)) {
      return yield* OwnFiles.refused(
        `${what} in ${path} is damaged: it ${key.left}; restore the file, or remove it to have a new key made`
      )
    }
    const keyPair = crypto.keyPair(key.right)
    key.right.fill(0)
    return { keyPair, text, fromMillis }
  })

/** The key of a file, which is made if it does not exist. */
export const loadOrCreate = (tools: KeyTools, path: string, what: string): Effect.Effect<StoredKey, KeyringError> =>
  Effect.gen(function*() {
    const before = yield* load(tools, path, what)
    if (before !== undefined) return before
    yield* create(tools, path)
    const after = yield* load(tools, path, what)
    return after ?? (yield* OwnFiles.refused(`${what} ${path} was removed when it had been made; try again`))
  })

/** Makes a file with a new key. False if the file exists: it stays as it is. */
export const create = (
  { crypto, files }: KeyTools,
  path: string,
  fromMillis?: number
): Effect.Effect<boolean, KeyringError> =>
  Effect.gen(function*() {
    yield* OwnFiles.folder(files, dirname(path))
    const { privateKey } = crypto.generate()
    const text = KeyText.encode(crypto, privateKey, KeyText.privatePrefix)
    privateKey.fill(0)
    return yield* FileLock.locked(files, path, () => OwnFiles.create(files, path, bytesOf(text, fromMillis)))
  })

/** The content of a file. */
export const bytesOf = (text: string, fromMillis?: number): Uint8Array =>
  new TextEncoder().encode(`${text}${fromMillis === undefined ? "" : ` ${secondsOf(fromMillis)}`}\n`)

/** A time in ISO 8601, UTC, without a fraction of a second. */
export const secondsOf = (millis: number): string => new Date(millis).toISOString().replace(/\.\d+/, "")
