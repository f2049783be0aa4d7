/**
 * The host key of a server and the one that follows it. `key rotate` makes the next key (`host.key.next`) with a date in 30 days. Until
 * then a server announces it to its clients; the first server that starts afterwards makes it the host key. A server that runs keeps the key
 * with which it started.
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { dirname } from "node:path"
import { isSame } from "../../protocol/SameBytes.ts"
import type { KeyPair } from "../../security/Crypto.ts"
import { KeyLimits } from "../../security/KeyLimits.ts"
import type { KeyringError } from "../../security/Keyring.ts"
import * as FileLock from "./FileLock.ts"
import * as KeyFile from "./KeyFile.ts"
import * as OwnFiles from "./OwnFiles.ts"

export interface NextKey {
  readonly keyPair: KeyPair
  /** The time from which it is the host key, in milliseconds since 1970. */
  readonly fromMillis: number
}

export interface HostKeys {
  readonly host: KeyPair
  readonly next: NextKey | undefined
}

const what = "the host key"
const nextWhat = "the next host key"
/** Where the next key is, for the path of the host key. */
export const nextPathOf = (path: string): string => `${path}.next`

/** The keys as they are: nothing is made, and no key takes the place of another. Undefined without a host key. */
export const peek = (tools: KeyFile.KeyTools, path: string): Effect.Effect<HostKeys | undefined, KeyringError> =>
  Effect.gen(function*() {
    const host = yield* KeyFile.load(tools, path, what)
    if (host === undefined) return undefined
    const next = yield* KeyFile.load(tools, nextPathOf(path), nextWhat)
    // A crash may have left the next key when it had become the host key.
    const isNext = next !== undefined && !isSame(next.keyPair.publicKey, host.keyPair.publicKey)
    return {
      host: host.keyPair,
      next: isNext ? { keyPair: next.keyPair, fromMillis: next.fromMillis ?? 0 } : undefined
    }
  })

/** The keys for a server that starts: the host key is made if there is none, and replaced by the next one on its day. */
export const open = (tools: KeyFile.KeyTools, path: string): Effect.Effect<HostKeys, KeyringError> =>
  Effect.gen(function*() {
    yield* KeyFile.loadOrCreate(tools, path, what)
    const now = yield* Clock.currentTimeMillis
    const next = yield* KeyFile.load(tools, nextPathOf(path), nextWhat)
    if (next !== undefined && (next.fromMillis ?? 0) <= now) yield* replaced(tools, path, now)
    const keys = yield* peek(tools, path)
    return keys ?? (yield* OwnFiles.refused(`${what} ${path} was removed; try again`))
  })

/** The next key becomes the host key. A crash between the two steps leaves the same key in both files. */
const replaced = (tools: KeyFile.KeyTools, path: string, now: number): Effect.Effect<void, KeyringError> =>
  FileLock.locked(tools.files, path, (stillHeld) =>
    Effect.gen(function*() {
      const next = yield* KeyFile.load(tools, nextPathOf(path), nextWhat)
      if (next === undefined || (next.fromMillis ?? 0) > now) return
      yield* stillHeld
      yield* OwnFiles.replace(tools.files, path, KeyFile.bytesOf(next.text))
      yield* OwnFiles.remove(tools.files, nextPathOf(path))
    }))

/** Makes the next key. Fails if there is one already. */
export const rotate = (tools: KeyFile.KeyTools, path: string): Effect.Effect<HostKeys, KeyringError> =>
  Effect.gen(function*() {
    yield* OwnFiles.folder(tools.files, dirname(path))
    const { next: before } = yield* open(tools, path)
    if (before !== undefined) return yield* underWay(path, before)
    const fromMillis = (yield* Clock.currentTimeMillis) + KeyLimits.rotationMillis
    const isNew = yield* KeyFile.create(tools, nextPathOf(path), fromMillis)
    const keys = yield* open(tools, path)
    return isNew || keys.next === undefined ? keys : yield* underWay(path, keys.next)
  })

const underWay = (path: string, { fromMillis }: NextKey): Effect.Effect<never, KeyringError> =>
  OwnFiles.refused(
    `a next host key exists already and is used from ${KeyFile.secondsOf(fromMillis)}; wait until then, or remove ${
      OwnFiles.quoted(nextPathOf(path))
    } to give it up`
  )
