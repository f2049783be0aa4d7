/** `holub send`: sends files, texts and standard input, in the order in which they were given. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import { format } from "../Address.ts"
import type { Connection, Damage, Plan } from "../Connection.ts"
import type { Crc } from "../Crc.ts"
import type { Sent } from "../Outbox.ts"
import * as Outbox from "../Outbox.ts"
import * as Fragments from "../protocol/classic/Fragments.ts"
import type { Socket } from "../Socket.ts"
import type { Storage, StorageError } from "../Storage.ts"
import type { Given } from "./Argv.ts"
import type { Way } from "./Connecting.ts"
import { connect, leave } from "./Connecting.ts"
import type { Failure } from "./Failure.ts"
import * as Failures from "./Failure.ts"
import { ExitCode } from "./Failure.ts"
import * as Flags from "./Flags.ts"
import type { Item, Wanted } from "./Items.ts"
import * as Items from "./Items.ts"
import type { Report, Underway } from "./Report.ts"
import { failed } from "./Report.ts"
import type { Read } from "./Settings.ts"
import { withDefault } from "./Settings.ts"
import * as Underways from "./Underways.ts"
import { bitRate, count, quoted } from "./Words.ts"

export interface SendOptions extends Way {
  readonly wanted: ReadonlyArray<Wanted>
  /** Undefined: what fits the way to the peer. */
  readonly fragmentSize: number | undefined
  readonly damage: Damage | undefined
  /** The flags as they were written, those of texts left out: for the command that sends the rest. */
  readonly written: ReadonlyArray<string>
}

export const options = (read: Read, given: ReadonlyArray<Given>): Either.Either<SendOptions, Failure> =>
  Either.gen(function*() {
    yield* withDefault(read, Flags.wire)
    const to = yield* withDefault(read, Flags.to)
    const wanted = yield* Items.wantedOf(read, given)
    const which = yield* read(Flags.damage)
    const kind = yield* withDefault(read, Flags.damageKind)
    const seed = (yield* read(Flags.faults))?.seed
    return {
      to,
      fragmentSize: yield* read(Flags.fragmentSize),
      dialect: yield* withDefault(read, Flags.dialect),
      silenceMillis: yield* withDefault(read, Flags.timeout),
      waitMillis: yield* withDefault(read, Flags.wait),
      damage: which === undefined ? undefined : { which, kind, ...(seed === undefined ? {} : { seed }) },
      wanted,
      written: given.flatMap((item) =>
        item.kind === "flag" && item.flag !== Flags.text && item.flag !== Flags.name ? [Flags.written(item)] : []
      )
    }
  })

/** Sends everything; fails before the first frame if anything cannot be read or does not fit. */
export const run = (
  { damage, fragmentSize: wantedSize, wanted, written, ...way }: SendOptions,
  report: Report,
  stdin: Stream.Stream<Uint8Array, StorageError>
): Effect.Effect<ExitCode, Failure, Socket | Crc | Storage | Scope.Scope> =>
  Effect.gen(function*() {
    const sizeToCheck = wantedSize ?? Fragments.maxFragmentSize
    const items = yield* Effect.forEach(wanted, (one) => Items.open(one, stdin, sizeToCheck))
    const pending = [...items]
    const codes: Array<ExitCode> = []
    let current: Item | undefined
    let sending: Underway | undefined
    yield* Effect.forkScoped(report.progress(() => sending === undefined ? [] : [sending]))

    const sendOne = (connection: Connection, item: Item) =>
      Effect.gen(function*() {
        const id = String(codes.length + 1)
        const fragmentSize = wantedSize ?? Outbox.fragmentSizeFor(connection.peer)
        const outcome = yield* Effect.either(Effect.gen(function*() {
          const plan = yield* Effect.mapError(Items.planned(item, fragmentSize), Failures.ofRefusal)
          yield* report.emit(startedEvent(connection, item, id, plan))
          const place = { number: codes.length + 1, of: items.length }
          sending = Underways.sending(connection, plan, { id, label: Items.shortLabel(item), place })
          return yield* Items.sent(connection, item, { fragmentSize, damage })
        }))
        sending = undefined
        if (outcome._tag === "Right") yield* report.emit(sentEvent(connection, outcome.right, id))
        else yield* failed(report, outcome.left, items.length > 1 ? item.label : undefined)
        codes.push(outcome._tag === "Right" ? ExitCode.ok : outcome.left.exitCode)
        return outcome
      })
    /** Sends until something fails; says whether the rest has a chance over another connection. */
    const session = Effect.gen(function*() {
      sending = Underways.connecting(way.to)
      const connection = yield* connect(way, report)
      for (current = pending.shift(); current !== undefined; current = pending.shift()) {
        const outcome = yield* sendOne(connection, current)
        if (outcome._tag === "Right") continue
        yield* leave(connection, report)
        const goesOn = survivable.has(outcome.left.code)
        if (goesOn) current = undefined
        return goesOn
      }
      yield* leave(connection, report)
      return true
    })
    const restCommand = (rest: ReadonlyArray<Item>): string =>
      ["holub", "send", ...written, ...rest.flatMap((item) => Items.argumentsFor(item.wanted))].map(quoted).join(" ")
    /** The message that was under way when everything ended, and those that wait. */
    const left = () => [...(current === undefined ? [] : [current]), ...pending]
    const everything = Effect.gen(function*() {
      while (pending.length > 0) {
        const outcome = yield* Effect.either(Effect.scoped(session))
        if (outcome._tag === "Left") {
          yield* failed(report, outcome.left)
          codes.push(...pending.splice(0).map(() => outcome.left.exitCode))
        } else if (!outcome.right && pending.length > 0) {
          const exitCode = codes.at(-1) ?? ExitCode.unclassified
          yield* failed(report, notSent(pending.length, exitCode, restCommand(left())))
          codes.push(...pending.splice(0).map(() => exitCode))
        }
      }
      return Failures.combined(codes)
    })
    return yield* Effect.onInterrupt(everything, () => {
      const rest = left()
      return rest.length === 0 ? Effect.void : report.note(`to send what is left: ${restCommand(rest)}`)
    })
  })

/** Failures of one message that say nothing about the next. */
const survivable = new Set(["Declined", "Changed", "NotFound", "Denied", "Io"])

const notSent = (number: number, exitCode: ExitCode, command: string): Failure =>
  new Failures.Failure({
    code: "NotSent",
    exitCode,
    message: `${count(number, "message")} after that ${number === 1 ? "was" : "were"} not sent`,
    hint: `to send what is left: ${command}`
  })

export const startedEvent = (
  { peer }: Connection,
  item: Item,
  id: string,
  { contentBytes: size, fragmentCount: fragments, fragmentSize }: Plan
) => ({
  type: "started" as const,
  id,
  peer: format(peer),
  kind: item.kind,
  name: item.kind === "text" ? undefined : item.source.name,
  size,
  fragments,
  fragmentSize
})

export const sentEvent = ({ peer }: Connection, { kind, name, ...sent }: Sent, id: string) => ({
  type: "sent" as const,
  id,
  peer: format(peer),
  kind,
  name: kind === "text" ? undefined : name,
  ...sent,
  rateBitsPerSecond: bitRate(sent.size, sent.durationMillis)
})
