/** `holub send`: sends files, texts and standard input, in the order in which they were given. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import { format } from "../../net/Address.ts"
import type { Address } from "../../net/Address.ts"
import type { Storage, StorageError } from "../../storage/Storage.ts"
import type { Damage } from "../../transport/classic/ClassicConnection.ts"
import type { Given } from "../Argv.ts"
import type { Failure } from "../errors/Failure.ts"
import * as Failures from "../errors/Failure.ts"
import { ExitCode } from "../errors/Failure.ts"
import type { Report, Underway } from "../report/Report.ts"
import { failed } from "../report/Report.ts"
import * as Transfers from "../report/Transfers.ts"
import type { Read } from "../Settings.ts"
import * as Flags from "../settings/Flags.ts"
import { bitRate, count, quoted } from "../text/Format.ts"
import type { Item, Wanted } from "../wires/Item.ts"
import * as Items from "../wires/Item.ts"
import type { Begun, Carrier, Line, Outcome } from "../wires/Line.ts"

export interface SendOptions {
  readonly wanted: ReadonlyArray<Wanted>
  /** The flags as they were written, those of texts left out: for the command that sends the rest. */
  readonly written: ReadonlyArray<string>
}

export const options = (read: Read, given: ReadonlyArray<Given>): Either.Either<SendOptions, Failure> =>
  Either.map(Items.wantedOf(read, given), (wanted) => ({
    wanted,
    written: given.flatMap((item) =>
      item.kind === "flag" && item.flag !== Flags.text && item.flag !== Flags.name ? [Flags.written(item)] : []
    )
  }))

/** Sends everything; fails before the first frame if anything cannot be read or does not fit. */
export const run = <Needed>(
  { wanted, written }: SendOptions,
  carrier: Carrier<Needed>,
  report: Report,
  stdin: Stream.Stream<Uint8Array, StorageError>
): Effect.Effect<ExitCode, Failure, Exclude<Needed, Scope.Scope> | Storage | Scope.Scope> =>
  Effect.gen(function*() {
    const items = yield* Effect.forEach(wanted, (one) => Items.open(one, stdin, carrier.check))
    const pending = [...items]
    const codes: Array<ExitCode> = []
    let current: Item | undefined
    let sending: Underway | undefined
    yield* Effect.forkScoped(report.progress(() => sending === undefined ? [] : [sending]))

    const sendOne = (line: Line, item: Item) =>
      Effect.gen(function*() {
        const id = String(codes.length + 1)
        const outcome = yield* Effect.either(Effect.gen(function*() {
          const ready = yield* line.prepare(item)
          yield* report.emit(startedEvent(line.peer, item, id, ready.begun))
          const place = { number: codes.length + 1, of: items.length }
          sending = ready.underway({ id, label: Items.shortLabel(item), place })
          return yield* ready.send
        }))
        sending = undefined
        if (outcome._tag === "Right") {
          yield* report.emit(sentEvent(line.peer, item, outcome.right, id))
          yield* tellSpared(report, carrier.damage, outcome.right)
        } else yield* failed(report, outcome.left, items.length > 1 ? item.label : undefined)
        codes.push(outcome._tag === "Right" ? ExitCode.ok : outcome.left.exitCode)
        return outcome
      })
    /** Sends until something fails; says whether the rest has a chance over another connection. */
    const session = Effect.gen(function*() {
      sending = Transfers.connecting(carrier.to)
      const line = yield* carrier.connect(report)
      for (current = pending.shift(); current !== undefined; current = pending.shift()) {
        const outcome = yield* sendOne(line, current)
        if (outcome._tag === "Right" || line.carriesOn()) continue
        yield* line.leave
        const goesOn = survivable.has(outcome.left.code)
        if (goesOn) current = undefined
        return goesOn
      }
      yield* line.leave
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

/** Whoever wants damage and misses every fragment learns it. */
export const tellSpared = (
  report: Report,
  damage: Damage | undefined,
  { damaged, fragments = 0 }: Pick<Outcome, "damaged" | "fragments">
) =>
  damage === undefined || damaged > 0
    ? Effect.void
    : report.note(`  damaged on purpose 0 of ${count(fragments, "fragment")}`)

export const startedEvent = (peer: Address, item: Item, id: string, begun: Begun) => ({
  type: "started" as const,
  id,
  peer: format(peer),
  kind: item.kind,
  name: item.kind === "text" ? undefined : item.source.name,
  ...begun
})

export const sentEvent = (peer: Address, { kind }: Item, { name, ...outcome }: Outcome, id: string) => ({
  type: "sent" as const,
  id,
  peer: format(peer),
  kind,
  name: kind === "text" ? undefined : name,
  ...outcome,
  rateBitsPerSecond: bitRate(outcome.size, outcome.durationMillis)
})
