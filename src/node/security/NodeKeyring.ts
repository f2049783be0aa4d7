/** The service Keyring in files: `host.key`, `identity.key` and `known_hosts` in one directory. */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { join, resolve } from "node:path"
import { isLoopback } from "../../net/Address.ts"
import { isSame } from "../../protocol/SameBytes.ts"
import { Crypto } from "../../security/Crypto.ts"
import type { Place, Shape } from "../../security/Keyring.ts"
import { Keyring } from "../../security/Keyring.ts"
import { nameOf } from "../../security/KeyringMemory.ts"
import * as Trust from "../../security/Trust.ts"
import * as Files from "../storage/Files.ts"
import * as AllowedKeys from "./AllowedKeys.ts"
import * as HostKeys from "./HostKeys.ts"
import * as KeyFile from "./KeyFile.ts"
import * as KnownHosts from "./KnownHosts.ts"
import * as KnownHostsText from "./KnownHostsText.ts"
import * as OwnFiles from "./OwnFiles.ts"

export interface Places {
  /** The directory of the files, such as `~/.local/state/holub`; it is created with mode 0700. */
  readonly directory: string
  /** The file of the host key; default `host.key` in the directory. */
  readonly hostKeyFile?: string | undefined
  /** The file of the identity; default `identity.key` in the directory. */
  readonly identityFile?: string | undefined
}

export interface Options extends Places {
  /** Whether the first key of an unknown server is accepted; otherwise the client asks. */
  readonly acceptNew?: boolean | undefined
  /** The file with the keys of the clients that a server accepts; without it all. */
  readonly allowedFile?: string | undefined
  /** Receives sentences about lines of `known_hosts` that cannot be read; by default they are logged as warnings. */
  readonly warn?: ((sentence: string) => Effect.Effect<void>) | undefined
}

export interface Paths {
  readonly hostKey: string
  readonly identity: string
  readonly knownHosts: string
}

/** The absolute paths of the files. */
export const pathsOf = ({ directory, hostKeyFile, identityFile }: Places): Paths => ({
  hostKey: resolve(hostKeyFile ?? join(directory, "host.key")),
  identity: resolve(identityFile ?? join(directory, "identity.key")),
  knownHosts: resolve(directory, "known_hosts")
})

/**
 * The keys of files. The host key is read, and made, once: at the first use of `host` or `nextHostKey`. The identity exists if `key show`
 * has made it or its file is named; otherwise clients are anonymous.
 */
export const layer = (options: Options): Layer.Layer<Keyring, never, Crypto> =>
  Layer.effect(Keyring, Effect.flatMap(Crypto, (crypto) => make({ files: Files.make(), crypto }, options)))

/** The service over given system calls, which a test can replace. */
export const make = (tools: KeyFile.KeyTools, options: Options): Effect.Effect<Shape> =>
  Effect.gen(function*() {
    const { acceptNew = false, allowedFile, identityFile, warn = Effect.logWarning } = options
    const paths = pathsOf(options)
    const hostKeys = yield* Effect.cached(HostKeys.open(tools, paths.hostKey))
    const lines = Effect.tap(KnownHosts.read(tools, paths.knownHosts), (all) =>
      Effect.forEach(
        all.filter(({ problem }) => problem !== undefined),
        (line) => warn(`${KnownHosts.sentenceOf(paths.knownHosts, line)}; it is kept`),
        { discard: true }
      ))
    /** The own host keys, if the place is on this machine. */
    const ownAt = (place: Place) =>
      isLoopback(place.host)
        ? Effect.map(
          HostKeys.peek(tools, paths.hostKey),
          (keys) => [keys?.host, keys?.next?.keyPair].flatMap((pair) => pair === undefined ? [] : [pair.publicKey])
        )
        : Effect.succeed([])
    return {
      host: Effect.map(hostKeys, ({ host }) => host),
      nextHostKey: Effect.map(hostKeys, ({ next }) => next?.keyPair.publicKey),
      identity: Effect.flatMap(KeyFile.load(tools, paths.identity, "the identity"), (stored) =>
        stored === undefined && identityFile !== undefined
          ? OwnFiles.refused(`the identity ${paths.identity} does not exist; check the path`)
          : Effect.succeed(stored?.keyPair)),
      expected: (place) =>
        Effect.gen(function*() {
          const name = yield* nameOf(place)
          const all = yield* lines
          const [damaged] = KnownHostsText.damagedAt(all, name)
          if (damaged !== undefined) {
            return yield* OwnFiles.refused(
              `${
                KnownHosts.sentenceOf(paths.knownHosts, damaged)
              }, so ${name} cannot be trusted; correct the line, or remove it: holub trust remove ${
                OwnFiles.quoted(name)
              }`
            )
          }
          return Trust.expectationOf(KnownHostsText.knownAt(all, name), yield* ownAt(place), acceptNew)
        }),
      learn: (place, seen) =>
        Effect.gen(function*() {
          const name = yield* nameOf(place)
          if (
            (yield* ownAt(place)).some((own) =>
              isSame(own, seen.key)
            )
          ) return
          const now = KeyFile.secondsOf(yield* Clock.currentTimeMillis)
          const after = (all: ReadonlyArray<KnownHostsText.Line>) =>
            KnownHostsText.learned(tools.crypto, all, name, seen, now)
          // Most sessions change nothing: then there is neither a lock nor a new file.
          if (after(yield* KnownHosts.read(tools, paths.knownHosts)) === undefined) return
          yield* KnownHosts.change(tools, paths.knownHosts, after)
        }),
      allowed: allowedFile === undefined
        ? Effect.succeed(undefined)
        : AllowedKeys.load(tools.files, tools.crypto, resolve(allowedFile))
    }
  })
