/**
 * The questions of the interactive mode. Each answer is checked immediately: its form, and its usability on this
 * machine.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import { isAbsolute, join } from "node:path"
import type { Address } from "../../net/Address.ts"
import { parse as parseAddress } from "../../net/Address.ts"
import type { Handler, SocketError } from "../../net/Socket.ts"
import { Socket } from "../../net/Socket.ts"
import type { DamageKind, Which } from "../../protocol/classic/Damage.ts"
import * as Fragments from "../../protocol/classic/Fragments.ts"
import type { Source, StorageError } from "../../storage/Storage.ts"
import { Storage } from "../../storage/Storage.ts"
import type { ServeOptions } from "../commands/Serve.ts"
import type { Keyed } from "../settings/DestinationKey.ts"
import { withKey } from "../settings/DestinationKey.ts"
import { parseDamage } from "../settings/FaultOptions.ts"
import type { Parse } from "../settings/Setting.ts"
import { integer } from "../settings/Setting.ts"
import { settings } from "../settings/Settings.ts"
import type { Question } from "./Dialog.ts"
import { wordsCompleted } from "./Dialog.ts"
import { pathCompleted } from "./PathCompleter.ts"
import { answerFor, meanings } from "./PathText.ts"

/** An address of this machine: a socket can be bound to it. A port may follow it. */
export const ownAddress = ({ host: fallback, port }: Address): Question<Address, Socket> => ({
  question: "address to listen at (0.0.0.0 for all)",
  fallback,
  history: "address",
  complete: wordsCompleted(["127.0.0.1", "0.0.0.0", "localhost"]),
  check: (text) =>
    Effect.flatMap(addressOf(text, port), (address) =>
      Effect.as(isFree({ ...address, port: 0 }), address).pipe(
        Effect.mapError(({ message, reason }) =>
          `${
            reason === "AddressNotAvailable" ? `this machine has no address ${address.host}` : message
          }; take an address of this machine, or 0.0.0.0 for all of them`
        )
      ))
})

/** A port that is free at that address; 0 for any. */
export const ownPort = (host: string, fallback: number): Question<number, Socket> => ({
  question: "port (0 for any free one)",
  fallback: String(fallback),
  history: "port",
  check: (text) =>
    Effect.flatMap(valueOf(settings.port.parse, text, "a port"), (port) =>
      Effect.as(isFree({ host, port }), port).pipe(
        Effect.mapError(({ message, reason }) => `${message}; ${portHints[reason] ?? "take another port"}`)
      ))
})

/** A directory that can take files; it is created. The answer is its absolute path. */
export const directory = ({ dir, ifExists, quotaBytes }: ServeOptions): Question<string, Storage> => ({
  question: "directory for files",
  fallback: answerFor(dir),
  history: "directory",
  complete: pathCompleted("directories"),
  check: (text) =>
    Effect.flatMap(Storage, (storage) =>
      Effect.map(
        storage.inbox({
          path: absolute(meanings(text)[0] ?? text),
          ifExists: ifExists === "skip" ? "fail" : ifExists,
          quotaBytes
        }),
        ({ path }) => path
      )).pipe(Effect.mapError(({ message }) => message))
})

/** An address that can be looked up; a key may stand before it, and a port may follow it. The key of `before` stays with its host. */
export const serverAddress = (before: Address & Keyed): Question<Address & Keyed, Socket> => ({
  question: "address of the server",
  fallback: before.host,
  history: "address",
  complete: wordsCompleted(["127.0.0.1", "localhost"]),
  check: (text) =>
    Effect.gen(function*() {
      const address = yield* keyedAddressOf(text, before.port)
      const { resolve } = yield* Socket
      yield* Effect.mapError(resolve(address.host), ({ message }) => `${message}; check the spelling`)
      const isSame = address.key === undefined && address.host === before.host && address.port === before.port
      return isSame ? before : address
    })
})

export const serverPort = (fallback: number): Question<number> => ({
  question: "port of the server",
  fallback: String(fallback),
  history: "port",
  check: (text) => valueOf(integer(1, 65_535), text, "a port")
})

export const text = (fallback: string): Question<string> => ({
  question: "text",
  fallback,
  history: "text",
  takesLines: true,
  check: Effect.succeed
})

/** A file that can be read. */
export const file = (fallback: string): Question<Source, Storage | Scope.Scope> => ({
  question: "file",
  fallback,
  history: "file",
  complete: pathCompleted("files"),
  check: (answer) =>
    answer.trim() === ""
      ? Effect.fail("name a file; Tab completes its path")
      : Effect.flatMap(Storage, (storage) => firstThatOpens(storage.source, meanings(answer))).pipe(
        Effect.mapError(({ message }) => message)
      )
})

/** A fragment size with which the message fits the wire. */
export const fragmentSize = (
  fallback: number,
  fits: (fragmentSize: number) => Effect.Effect<unknown, { readonly message: string }>
): Question<number> => ({
  question: `fragment size in bytes (${Fragments.minFragmentSize} to ${Fragments.maxFragmentSize})`,
  fallback: String(fallback),
  history: "fragment size",
  check: (answer) =>
    Effect.flatMap(
      valueOf(settings.fragmentSize.parse, answer, "a fragment size"),
      (size) => Effect.as(Effect.mapError(fits(size), ({ message }) => message), size)
    )
})

/** The fragments to damage, and the answer as it was typed. */
export const damage = (fallback: string): Question<{ readonly which: Which; readonly text: string }> => ({
  question: "fragments to damage (first, every:N, list:2,5,9, rate:5%)",
  fallback,
  history: "damage",
  complete: wordsCompleted(["first", "every:", "list:", "rate:"]),
  check: (answer) =>
    Effect.map(valueOf(parseDamage, answer, "the selection"), (which) => ({ which, text: answer.trim() }))
})

export const damageKind = (fallback: DamageKind): Question<DamageKind> => ({
  question: "how (remove the first byte, flip a bit, cut in half)",
  fallback,
  complete: wordsCompleted(["remove", "flip", "cut"]),
  check: (answer) => {
    const word = answer.trim().toLowerCase()
    const found = damageKinds.find((kind) => word !== "" && kind.startsWith(word))
    return found === undefined
      ? Effect.fail(`the kind of damage must be remove, flip or cut, not "${answer.trim()}"`)
      : Effect.succeed(found)
  }
})

const damageKinds: ReadonlyArray<DamageKind> = ["remove", "flip", "cut"]

const addressOf = (answer: string, defaultPort: number): Effect.Effect<Address, string> => {
  if (/^\d+$/.test(answer.trim())) {
    return Effect.fail(`"${answer.trim()}" is a port; write the address first, like 127.0.0.1`)
  }
  const address = parseAddress(answer.trim(), defaultPort)
  return address === undefined
    ? Effect.fail(`"${answer.trim()}" is not an address; write a name, 192.0.2.7 or 2001:db8::1`)
    : Effect.succeed(address)
}

/** The address of a server, which may be pasted from the command that the server shows. */
const keyedAddressOf = (answer: string, defaultPort: number): Effect.Effect<Address & Keyed, string> => {
  const [pasted = answer.trim()] = /\bh[ks]1\S*@\S+/i.exec(answer) ?? []
  if (!pasted.includes("@")) return addressOf(pasted, defaultPort)
  const place: Parse<Address> = (words) =>
    Either.fromNullable(parseAddress(words, defaultPort), () => "must be KEY@HOST[:PORT]")
  return Either.mapLeft(withKey(place)(pasted), (must) => `the address ${must}`)
}

const valueOf = <A>(parse: Parse<A>, answer: string, what: string): Effect.Effect<A, string> =>
  Either.mapLeft(parse(answer.trim()), (must) => `${what} ${must}, not "${answer.trim()}"`)

const ignored: Handler = { onRun: () => undefined, onError: () => undefined }

/** Succeeds if a socket can be bound to the address; the socket is closed again. */
const isFree = ({ host, port }: Address): Effect.Effect<void, SocketError, Socket> =>
  Effect.gen(function*() {
    const socket = yield* Socket
    const [resolved = host] = yield* socket.resolve(host)
    yield* Effect.scoped(socket.bind({ host: resolved, port }, ignored))
  })

const portHints: Partial<Record<SocketError["reason"], string>> = {
  AddressInUse: "take another one, or 0 for any that is free",
  Denied: "ports below 1024 need privileges; take a higher one"
}

const absolute = (path: string): string => isAbsolute(path) ? path : join(process.cwd(), path)

/** The error is that of the first path. */
const firstThatOpens = (
  open: (path: string) => Effect.Effect<Source, StorageError, Scope.Scope>,
  [first = "", ...others]: ReadonlyArray<string>
): Effect.Effect<Source, StorageError, Scope.Scope> =>
  Effect.catchAll(
    open(first),
    (error) => Effect.firstSuccessOf([...others.map(open), Effect.fail(error)]).pipe(Effect.mapError(() => error))
  )
