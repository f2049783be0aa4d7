/** The items to send, as given on the command line: texts, files, standard input. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Stream from "effect/Stream"
import type { Source, StorageError } from "../../storage/Storage.ts"
import { Storage } from "../../storage/Storage.ts"
import * as Outbox from "../../transfer/Outbox.ts"
import type { SessionError } from "../../transport/SessionError.ts"
import { type Envelope, Transport } from "../../transport/Transport.ts"
import type { Failure } from "../errors/Failure.ts"
import * as Failures from "../errors/Failure.ts"
import { settings, type Values } from "../settings/Settings.ts"
import type { Given } from "../settings/Sources.ts"
import { operandOf } from "../text/Format.ts"

/** One requested item. */
export type Wanted =
  | { readonly _tag: "Text"; readonly text: string }
  | { readonly _tag: "Path"; readonly path: string }
  | { readonly _tag: "Stdin"; readonly name: string }

/** The operands that mean standard input: opened as a path, a closed one would be an empty file. */
const standardInputs: ReadonlyArray<string> = ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"]

/** The items of the command line, in its order. Fails if there is no item. */
export const wantedOf = (
  { name, text: texts }: Pick<Values, "name" | "text">,
  given: ReadonlyArray<Given>
): Either.Either<ReadonlyArray<Wanted>, Failure> =>
  Either.gen(function*() {
    const wanted = given.flatMap((item): ReadonlyArray<Wanted> => {
      if (item._tag === "Operand") {
        return [standardInputs.includes(item.text) ? { _tag: "Stdin", name } : { _tag: "Path", path: item.text }]
      }
      return item.name === settings.text.name ? [{ _tag: "Text", text: item.text }] : []
    })
    if (wanted.length === 0) wanted.push(...texts.map((text) => ({ _tag: "Text", text } as const)))
    if (wanted.filter(({ _tag }) => _tag === "Stdin").length > 1) {
      return yield* Either.left(Failures.usage("standard input (-) is given twice", "it can be read once"))
    }
    const isNamed = given.some((item) => item._tag === "Flag" && item.name === settings.name.name)
    if (isNamed && wanted.length > 0 && wanted.every(({ _tag }) => _tag !== "Stdin")) {
      return yield* Either.left(Failures.usage("--name is for standard input, which is not sent", "add - to send it"))
    }
    return wanted.length > 0
      ? wanted
      : yield* Either.left(Failures.usage("nothing to send", "name files, give --text TEXT, or - for standard input"))
  })

/** The arguments that request the item again. */
export const argumentsFor = (wanted: Wanted): ReadonlyArray<string> => {
  switch (wanted._tag) {
    case "Text":
      return [`--text=${wanted.text}`]
    case "Path":
      return [operandOf(wanted.path)]
    case "Stdin":
      return [`--name=${wanted.name}`, "-"]
  }
}

/** An item that was opened and that the wire can carry. */
export type Item =
  & { readonly label: string; readonly wanted: Wanted }
  & ({ readonly _tag: "Text"; readonly text: string } | { readonly _tag: "File"; readonly source: Source })

/** The name of an item in progress and reports. */
export const shortLabel = (item: Item): string => item._tag === "Text" ? "a text" : item.source.name

/** Opens a requested item; fails if it cannot be read or the wire cannot carry it. */
export const open = (
  wanted: Wanted,
  stdin: Stream.Stream<Uint8Array, StorageError>,
  options: Outbox.SendOptions
) =>
  Effect.gen(function*() {
    const transport = yield* Transport
    const item: Item = yield* Effect.mapError(found(wanted, stdin), Failures.ofSource)
    yield* Effect.mapError(
      Outbox.check(transport, envelopeOf(item, options)),
      (error) => Failures.ofSession(error, transport.capabilities.wire)
    )
    return item
  })

/** The message of an item. */
export const envelopeOf = (item: Item, options: Outbox.SendOptions): Envelope<StorageError> =>
  item._tag === "Text" ? Outbox.textEnvelope(item.text, options) : Outbox.fileEnvelope(item.source, options)

const found = (wanted: Wanted, stdin: Stream.Stream<Uint8Array, StorageError>) =>
  Effect.gen(function*() {
    if (wanted._tag === "Text") {
      return { _tag: "Text", text: wanted.text, label: "the text", wanted } satisfies Item
    }
    const storage = yield* Storage
    const source = yield* wanted._tag === "Stdin" ? storage.spool(wanted.name, stdin) : storage.source(wanted.path)
    return { _tag: "File", source, label: source.path ?? source.name, wanted } satisfies Item
  })

/** The error of a message that could not be sent. */
export type SendError = SessionError | StorageError
