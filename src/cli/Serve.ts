/** `holub serve`: takes what peers send, until it is stopped. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { resolve } from "node:path"
import { format } from "../Address.ts"
import type { Crc } from "../Crc.ts"
import * as Endpoint from "../Endpoint.ts"
import type { InboxEvent, Started } from "../Inbox.ts"
import { receiveAll } from "../Inbox.ts"
import * as Policy from "../Policy.ts"
import type { Socket } from "../Socket.ts"
import { Storage } from "../Storage.ts"
import { dropped } from "./Dropped.ts"
import type { Failure } from "./Failure.ts"
import * as Failures from "./Failure.ts"
import { ExitCode } from "./Failure.ts"
import * as Flags from "./Flags.ts"
import type { Report } from "./Report.ts"
import type { Read } from "./Settings.ts"
import { withDefault } from "./Settings.ts"
import * as Underways from "./Underways.ts"
import { bitRate, count } from "./Words.ts"

export interface ServeOptions {
  readonly host: string
  readonly port: number
  readonly dir: string
  readonly ifExists: "rename" | "fail" | "overwrite"
  readonly quotaBytes: number | undefined
  readonly isOnce: boolean
}

export const options = (read: Read): Either.Either<ServeOptions, Failure> =>
  Either.gen(function*() {
    yield* withDefault(read, Flags.wire)
    const ifExists = yield* withDefault(read, Flags.ifExists)
    return {
      host: yield* withDefault(read, Flags.host),
      port: yield* withDefault(read, Flags.port),
      dir: yield* withDefault(read, Flags.dir),
      ifExists: ifExists === "skip" || ifExists === "ask" ? "fail" : ifExists,
      quotaBytes: yield* read(Flags.quota),
      isOnce: yield* withDefault(read, Flags.once)
    }
  })

/** How long messages under way may still take after SIGTERM. */
const drainMillis = 10_000

/** Serves until `stopping` completes, then lets what is under way come to its end. */
export const run = (
  { dir, host, ifExists, isOnce, port, quotaBytes }: ServeOptions,
  report: Report,
  stopping: Effect.Effect<void>
): Effect.Effect<ExitCode, Failure, Socket | Crc | Storage | Scope.Scope> =>
  Effect.gen(function*() {
    const storage = yield* Storage
    const inbox = yield* Effect.mapError(
      storage.inbox({ path: resolve(dir), ifExists, quotaBytes }),
      Failures.ofStorage
    )
    const listener = yield* Effect.mapError(Endpoint.listen({ host, port }), Failures.ofListening)
    yield* report.emit({ type: "listening", ...listener.local, wire: "classic", dir: inbox.path })

    const underway = new Map<string, Started>()
    yield* Effect.forkScoped(report.progress(() => Array.from(underway.values(), Underways.receiving)))
    const first = new FirstPeer()
    const events = receiveAll(listener, inbox).pipe(
      Stream.tap((event) => {
        note(underway, event)
        first.note(event)
        return tell(report, event)
      })
    )
    const served = isOnce
      ? Effect.as(Stream.runDrain(Stream.takeUntil(events, () => first.hasLeft)), undefined)
      : Stream.runDrain(events)
    const told = Effect.repeat(Effect.sleep(Policy.drainPollMillis), { until: () => underway.size === 0 })
    const saying = Effect.suspend(() => report.note(stoppingLine(underway.size)))
    const drained = Effect.all([listener.drain, saying], { concurrency: "unbounded" }).pipe(
      Effect.zipRight(told),
      Effect.timeoutOption(drainMillis),
      Effect.map((ended) => Option.isSome(ended) ? ExitCode.ok : ExitCode.terminated)
    )
    return yield* Effect.raceFirst(
      Effect.map(served, () => first.exitCode),
      Effect.zipRight(stopping, drained)
    )
  })

const stoppingLine = (underway: number): string =>
  `stopping, nothing new is taken${
    underway === 0 ? "" : `; ${count(underway, "message")} may finish within ${drainMillis / 1000} s`
  }`

/** The outcome of the peer that came first, for `--once`. */
class FirstPeer {
  readonly #codes: Array<ExitCode> = []
  #peer: string | undefined
  hasLeft = false

  note(event: InboxEvent): void {
    const peer = format("peer" in event ? event.peer : event.message.peer)
    if (event._tag === "Connected") this.#peer ??= peer
    if (peer !== this.#peer || this.hasLeft) return
    if (event._tag === "Received") this.#codes.push(ExitCode.ok)
    if (event._tag === "Refused") this.#codes.push(Failures.ofStorage(event.error).exitCode)
    if (event._tag === "Abandoned") this.#codes.push(ExitCode.lost)
    if (event._tag !== "Disconnected") return
    this.hasLeft = true
    if (this.#codes.length === 0 && event.reason === "lost") this.#codes.push(ExitCode.lost)
  }

  get exitCode(): ExitCode {
    return Failures.combined(this.#codes)
  }
}

const note = (underway: Map<string, Started>, event: InboxEvent): void => {
  if (event._tag === "Started") underway.set(event.message.id, event.message)
  else if ("message" in event) underway.delete(event.message.id)
}

const tell = (report: Report, event: InboxEvent): Effect.Effect<void> => {
  switch (event._tag) {
    case "Connected":
      return report.emit({ type: "connected", peer: format(event.peer) })
    case "Disconnected": {
      const peer = format(event.peer)
      const line = dropped(peer, event.dropped)
      const told = report.emit({ type: "disconnected", peer, reason: event.reason })
      return line === undefined ? told : Effect.zipRight(told, report.detail(line))
    }
    case "Started":
      return report.emit({ type: "started", ...described(event.message) })
    case "Received": {
      const { damaged, damagedNumbers, duplicates, durationMillis, path, payloadSize, sha256, size, text } =
        event.message
      const rateBitsPerSecond = bitRate(size, durationMillis)
      const cost = { payloadSize, damaged, damagedNumbers, duplicates, durationMillis, rateBitsPerSecond }
      return report.emit({ type: "received", ...described(event.message), path, text, size, sha256, ...cost })
    }
    case "Refused":
      return refused(report, event.message, Failures.ofStorage(event.error), "was refused")
    case "Abandoned":
      return refused(report, event.message, abandoned(event.error.message), "did not arrive whole")
  }
}

const refused = (report: Report, message: Started, failure: Failure, outcome: string): Effect.Effect<void> =>
  report.emit({
    type: "error",
    code: failure.code,
    exitCode: failure.exitCode,
    message: `${message.kind === "text" ? "a text" : `"${message.name}"`} from ${
      format(message.peer)
    } ${outcome}: ${failure.message}`,
    hint: failure.hint
  })

const abandoned = (message: string): Failure =>
  new Failures.Failure({ code: "Abandoned", exitCode: ExitCode.lost, message })

const described = ({ fragmentSize, fragments, id, kind, name, peer }: Started) => ({
  id,
  peer: format(peer),
  kind,
  name: kind === "text" ? undefined : name,
  fragments,
  fragmentSize
})
