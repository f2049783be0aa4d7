/** `holub send`: sends files, texts and standard input, in the order in which they were given. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Address } from "../Address.ts"
import { format } from "../Address.ts"
import type { Connection, Plan } from "../Connection.ts"
import type { Crc } from "../Crc.ts"
import * as Endpoint from "../Endpoint.ts"
import type { Sent } from "../Outbox.ts"
import * as Outbox from "../Outbox.ts"
import * as Fragments from "../protocol/classic/Fragments.ts"
import type { Dialect } from "../protocol/classic/Frame.ts"
import type { Socket } from "../Socket.ts"
import { Storage } from "../Storage.ts"
import type { Source, StorageError } from "../Storage.ts"
import type { Given } from "./Argv.ts"
import type { Failure } from "./Failure.ts"
import * as Failures from "./Failure.ts"
import { ExitCode } from "./Failure.ts"
import * as Flags from "./Flags.ts"
import type { Report, Underway } from "./Report.ts"
import { failed } from "./Report.ts"
import type { Read } from "./Settings.ts"
import { withDefault } from "./Settings.ts"
import { bitRate, count } from "./Words.ts"

type Wanted =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "stdin"; readonly name: string }

export interface SendOptions {
  readonly to: Address
  readonly wanted: ReadonlyArray<Wanted>
  /** Undefined: what fits the way to the peer. */
  readonly fragmentSize: number | undefined
  readonly dialect: Dialect
}

export const options = (read: Read, given: ReadonlyArray<Given>): Either.Either<SendOptions, Failure> =>
  Either.gen(function*() {
    yield* withDefault(read, Flags.wire)
    const name = yield* withDefault(read, Flags.name)
    const wanted = given.flatMap((item): ReadonlyArray<Wanted> => {
      if (item.kind === "operand") {
        return [item.text === "-" ? { kind: "stdin", name } : { kind: "path", path: item.text }]
      }
      return item.flag === Flags.text ? [{ kind: "text", text: item.text }] : []
    })
    if (wanted.length === 0) {
      wanted.push(...(yield* read.all(Flags.text)).map((text) => ({ kind: "text", text } as const)))
    }
    if (wanted.filter(({ kind }) => kind === "stdin").length > 1) {
      return yield* Either.left(Failures.usage("standard input (-) is given twice", "it can be read once"))
    }
    const settings = {
      to: yield* withDefault(read, Flags.to),
      fragmentSize: yield* read(Flags.fragmentSize),
      dialect: yield* withDefault(read, Flags.dialect)
    }
    return wanted.length > 0
      ? { ...settings, wanted }
      : yield* Either.left(Failures.usage("nothing to send", "name files, give --text TEXT, or - for standard input"))
  })

/** Something to send, opened and found to fit the wire. */
type Item =
  & { readonly label: string }
  & ({ readonly kind: "text"; readonly text: string } | { readonly kind: "file"; readonly source: Source })

/** Sends everything; fails before the first frame if anything cannot be read or does not fit. */
export const run = (
  { dialect, fragmentSize: wantedSize, to, wanted }: SendOptions,
  report: Report,
  stdin: Stream.Stream<Uint8Array, StorageError>
): Effect.Effect<ExitCode, Failure, Socket | Crc | Storage | Scope.Scope> =>
  Effect.gen(function*() {
    const items = yield* Effect.forEach(wanted, (one) => opened(one, stdin, wantedSize ?? Fragments.maxFragmentSize))
    const pending = [...items]
    const codes: Array<ExitCode> = []
    let sending: Underway | undefined
    yield* Effect.forkScoped(report.progress(() => sending === undefined ? [] : [sending]))

    const sendOne = (connection: Connection, item: Item) =>
      Effect.gen(function*() {
        const id = String(codes.length + 1)
        const fragmentSize = wantedSize ?? Outbox.fragmentSizeFor(connection.peer)
        const outcome = yield* Effect.either(Effect.gen(function*() {
          const plan = yield* Effect.mapError(planned(item, fragmentSize), Failures.ofRefusal)
          const fragments = plan.fragmentCount
          yield* report.emit({ type: "started", ...described(item, id, connection.peer), fragments, fragmentSize })
          sending = underway(connection, item, id, plan)
          return yield* sent(connection, item, fragmentSize)
        }))
        sending = undefined
        if (outcome._tag === "Right") yield* report.emit(event(outcome.right, id, connection.peer))
        else yield* failed(report, outcome.left, items.length > 1 ? item.label : undefined)
        codes.push(outcome._tag === "Right" ? ExitCode.ok : outcome.left.exitCode)
        return outcome
      })
    /** Sends until something fails; says whether the rest has a chance over another connection. */
    const session = Effect.gen(function*() {
      const connection = yield* connect(to, dialect)
      for (let item = pending.shift(); item !== undefined; item = pending.shift()) {
        const outcome = yield* sendOne(connection, item)
        if (outcome._tag === "Left") return survivable.has(outcome.left.code)
      }
      return true
    })

    while (pending.length > 0) {
      const outcome = yield* Effect.either(Effect.scoped(session))
      if (outcome._tag === "Left") {
        yield* failed(report, outcome.left)
        codes.push(...pending.splice(0).map(() => outcome.left.exitCode))
      } else if (!outcome.right && pending.length > 0) {
        const exitCode = codes.at(-1) ?? ExitCode.unclassified
        const notSent = `${count(pending.length, "message")} after that ${
          pending.length === 1 ? "was" : "were"
        } not sent`
        yield* failed(report, new Failures.Failure({ code: "NotSent", exitCode, message: notSent }))
        codes.push(...pending.splice(0).map(() => exitCode))
      }
    }
    return Failures.combined(codes)
  })

/** Failures of one message that say nothing about the next. */
const survivable = new Set(["Declined", "Changed", "NotFound", "Denied", "Io"])

const connect = (to: Address, dialect: Dialect) =>
  Endpoint.connect({ ...to, dialect }).pipe(
    Effect.mapError((error) =>
      error._tag === "SocketError" ? Failures.ofConnecting(error) : Failures.ofConnection(error)
    )
  )

const opened = (wanted: Wanted, stdin: Stream.Stream<Uint8Array, StorageError>, fragmentSize: number) =>
  Effect.tap(found(wanted, stdin), (item) => planned(item, fragmentSize)).pipe(
    Effect.mapError((error) => error._tag === "StorageError" ? Failures.ofSource(error) : Failures.ofRefusal(error))
  )

const found = (wanted: Wanted, stdin: Stream.Stream<Uint8Array, StorageError>) =>
  Effect.gen(function*() {
    if (wanted.kind === "text") return { kind: "text", text: wanted.text, label: "the text" } satisfies Item
    const storage = yield* Storage
    const source = yield* wanted.kind === "stdin" ? storage.spool(wanted.name, stdin) : storage.source(wanted.path)
    return { kind: "file", source, label: source.path ?? source.name } satisfies Item
  })

const planned = (item: Item, fragmentSize: number) =>
  item.kind === "text" ? Outbox.checkText(item.text, fragmentSize) : Outbox.checkFile(item.source, fragmentSize)

const sent = (connection: Connection, item: Item, fragmentSize: number): Effect.Effect<Sent, Failure> =>
  item.kind === "text"
    ? Effect.mapError(Outbox.sendText(connection, item.text, { fragmentSize }), failureOf)
    : Effect.mapError(Outbox.sendFile(connection, item.source, { fragmentSize }), failureOf)

const failureOf = (
  error: Effect.Effect.Error<ReturnType<typeof Outbox.sendFile | typeof Outbox.sendText>>
): Failure => {
  switch (error._tag) {
    case "ConnectionError":
      return Failures.ofConnection(error)
    case "MessageRefused":
      return Failures.ofRefusal(error)
    case "StorageError":
      return Failures.ofSource(error)
  }
}

const underway = (connection: Connection, item: Item, id: string, plan: Plan): Underway => ({
  id,
  label: item.kind === "text" ? "a text" : item.source.name,
  verb: "sending",
  size: plan.contentBytes,
  bytes: () => {
    const fragments = Math.max(0, connection.acknowledgedFragments() - plan.nameFragments)
    return Math.min(plan.contentBytes, fragments * plan.fragmentSize)
  }
})

const described = (item: Item, id: string, peer: Address) => ({
  id,
  peer: format(peer),
  kind: item.kind,
  name: item.kind === "text" ? undefined : item.source.name
})

const event = (
  { kind, name, ...sent }: Sent,
  id: string,
  peer: Address
) => ({
  type: "sent" as const,
  id,
  peer: format(peer),
  kind,
  name: kind === "text" ? undefined : name,
  ...sent,
  rateBitsPerSecond: bitRate(sent.size, sent.durationMillis)
})
