/**
 * A lock that processes share: a file beside the one that it protects, which its holder creates and removes. A lock that a crash left is
 * recognised without clocks: a waiter has seen the same one for longer than any work under it takes. A holder that was stopped for so long
 * finds out before it changes anything.
 */
import * as Effect from "effect/Effect"
import { randomBytes } from "node:crypto"
import { KeyLimits } from "../../security/KeyLimits.ts"
import type { KeyringError } from "../../security/Keyring.ts"
import * as FileErrors from "../storage/FileErrors.ts"
import * as Files from "../storage/Files.ts"
import * as OwnFiles from "./OwnFiles.ts"

/** Fails if the lock was taken away: a holder calls it right before it changes the file. */
export type StillHeld = Effect.Effect<void, KeyringError>

/** Runs `work` while no other process or fiber does so for the same path. Waits for ten seconds at most. */
export const locked = <A>(
  files: Files.Files,
  path: string,
  work: (stillHeld: StillHeld) => Effect.Effect<A, KeyringError>
): Effect.Effect<A, KeyringError> => {
  const lock = `${path}.lock`
  const token = randomBytes(16).toString("hex")
  const held = Effect.map(holderOf(files, lock), (holder) => holder === token)
  const stillHeld = Effect.flatMap(
    held,
    (isHeld) => isHeld ? Effect.void : OwnFiles.refused(`another process changed ${path} in the meantime; try again`)
  )
  return Effect.acquireUseRelease(
    taken(files, lock, token),
    () => work(stillHeld),
    () => Effect.ignoreLogged(Effect.flatMap(held, (isHeld) => isHeld ? unlinked(files, lock) : Effect.void))
  )
}

const taken = Effect.fnUntraced(function*(
  files: Files.Files,
  lock: string,
  token: string
): Effect.fn.Return<void, KeyringError> {
  let seen: string | undefined
  let seenMillis = 0
  for (let waitedMillis = 0; waitedMillis <= KeyLimits.lockWaitMillis; waitedMillis += KeyLimits.lockRetryMillis) {
    if (yield* created(files, lock, token)) return
    const holder = yield* holderOf(files, lock)
    seenMillis = holder !== undefined && holder === seen ? seenMillis + KeyLimits.lockRetryMillis : 0
    seen = holder
    if (seenMillis >= KeyLimits.staleLockMillis) yield* broken(files, lock, seen ?? "")
    // Only the wait can be interrupted: a lock that was taken is given back.
    else yield* Effect.interruptible(Effect.sleep(KeyLimits.lockRetryMillis))
  }
  return yield* OwnFiles.refused(`${lock} is held by another process; try again, or remove it if no holub runs`)
})

/** False if the lock exists. It need not outlive a crash, so nothing is synced. */
const created = (files: Files.Files, lock: string, token: string): Effect.Effect<boolean, KeyringError> =>
  Effect.gen(function*() {
    const open = () => files.open(lock, Files.flags.create | Files.flags.writeOnly, 0o600)
    const file = yield* Files.opened("create", lock, open)
    yield* Files.writeAt(file, lock, new TextEncoder().encode(token), 0)
    return true
  }).pipe(
    Effect.scoped,
    Effect.catchIf(({ reason }) => reason === "TargetExists", () => Effect.succeed(false)),
    Effect.mapError(OwnFiles.ofStorage)
  )

/** The token of the holder; undefined without one. */
const holderOf = (files: Files.Files, lock: string): Effect.Effect<string | undefined, KeyringError> =>
  Effect.map(
    OwnFiles.read(files, lock, { what: "the lock", isPublic: false, followsLinks: false, maxBytes: 64 }),
    (bytes) => bytes === undefined ? undefined : Buffer.from(bytes).toString("latin1")
  )

/** Removes a lock that a crash left. One that another waiter has taken in the meantime is put back. */
const broken = (files: Files.Files, lock: string, stale: string): Effect.Effect<void, KeyringError> => {
  const aside = `${lock}.${randomBytes(8).toString("hex")}`
  return Files.attempt("remove", lock, () => files.rename(lock, aside)).pipe(
    Effect.catchIf(({ cause }) => FileErrors.code(cause) === "ENOENT", () => Effect.void),
    Effect.mapError(OwnFiles.ofStorage),
    Effect.zipRight(holderOf(files, aside)),
    Effect.flatMap((holder) =>
      holder === undefined || holder === stale
        ? Effect.void
        : Effect.ignore(Files.attempt("create", lock, () => files.link(aside, lock)))
    ),
    Effect.zipRight(unlinked(files, aside)),
    Effect.uninterruptible
  )
}

const unlinked = (files: Files.Files, path: string): Effect.Effect<void, KeyringError> =>
  Files.attempt("remove", path, () => files.unlink(path)).pipe(
    Effect.catchIf(({ reason }) => reason === "NotFound", () => Effect.void),
    Effect.mapError((error): KeyringError => OwnFiles.ofStorage(error))
  )
