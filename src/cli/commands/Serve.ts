/** `holub serve`: receives the messages of peers until it is stopped. */
import type * as Terminal from "@effect/platform/Terminal"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { format } from "../../net/Address.ts"
import { Storage } from "../../storage/Storage.ts"
import * as Inbox from "../../transfer/Inbox.ts"
import type { InboxEvent } from "../../transfer/Inbox.ts"
import * as Router from "../../transfer/Router.ts"
import type { SessionError } from "../../transport/SessionError.ts"
import * as Timing from "../../transport/Timing.ts"
import type { Listener, Transport } from "../../transport/Transport.ts"
import * as Transports from "../../transport/Transport.ts"
import { combined, ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import * as Failures from "../errors/Failure.ts"
import type { Report } from "../report/Report.ts"
import { Arrivals, outcomeOf } from "../report/ServerReport.ts"
import type { Host } from "../services/HostRooms.ts"
import type { HostValues } from "../settings/ServiceSettings.ts"
import type { Values } from "../settings/Settings.ts"
import { count } from "../text/Format.ts"
import { textOf, wordsOf } from "../trust/KeyName.ts"
import type { Run } from "./CommandContext.ts"
import { type NetworkValues, onNetwork } from "./Layers.ts"

export interface ServeOptions {
  readonly host: string
  readonly port: number
  /** The number of further ports to try if the port is in use. */
  readonly portSearch: number
  readonly dir: string
  readonly ifExists: "rename" | "fail" | "skip" | "overwrite"
  readonly quotaBytes: number | undefined
  readonly isOnce: boolean
  /** Whether clients need a shared key. */
  readonly isShared?: boolean | undefined
}

type ServeValues = Pick<
  Values,
  "host" | "port" | "portSearch" | "dir" | "ifExists" | "quota" | "once" | "wire" | "pskFile"
>

const noRooms: Host = () => Effect.succeed({ handlers: [], firstLeft: Effect.never })

export const options = (
  { dir, host, ifExists, once, port, portSearch, pskFile, quota, wire }: ServeValues
): ServeOptions => ({
  host,
  port,
  portSearch,
  dir,
  ifExists,
  quotaBytes: quota,
  isOnce: once,
  isShared: wire !== "classic" && pskFile !== undefined
})

/** The command on this machine. The apps are loaded only where there are some, or a store. */
export const start: Run<
  ServeValues & NetworkValues & HostValues & Pick<Values, "json" | "verbose">,
  Terminal.Terminal
> = (values, context) =>
  values.app.length === 0 && values.profile === undefined && values.store === undefined && values.web === undefined
    ? onNetwork(run(options(values), context.report, context.stopping), values, context)
    : Effect.flatMap(
      Effect.promise(() => import("../services/ServeRooms.ts")),
      ({ withRooms }) =>
        withRooms(
          values,
          context,
          (host, stopping) => onNetwork(run(options(values), context.report, stopping, host), values, context)
        )
    )

/** The time for the current messages after SIGTERM, in milliseconds. */
const drainMillis = 10_000

/** Serves until `stopping` completes, then drains: the current messages may be completed. Returns the exit code. */
export const run = <R = never>(
  { dir, ifExists, isOnce, isShared, quotaBytes, ...where }: ServeOptions,
  report: Report,
  stopping: Effect.Effect<void>,
  host: Host<R> = noRooms
): Effect.Effect<ExitCode, Failure, Transport | Storage | Scope.Scope | R> =>
  Effect.gen(function*() {
    const storage = yield* Storage
    const skipsExisting = ifExists === "skip"
    const inbox = yield* Effect.mapError(
      storage.inbox({ path: dir, ifExists: skipsExisting ? "fail" : ifExists, quotaBytes }),
      Failures.ofStorage
    )
    const arrivals = new Arrivals(report, skipsExisting)
    // Finalizers run in reverse order: reception stops, peers get FIN, then the incomplete messages are reported.
    yield* Effect.addFinalizer(() => arrivals.farewell)
    const listening = yield* Effect.mapError(
      listen(where.host, where.port, where.portSearch),
      Failures.ofListening
    )
    const { wire } = listening.capabilities
    const { publicKey } = listening
    yield* report.emit({
      type: "listening",
      ...listening.local,
      wire,
      key: publicKey === undefined ? undefined : textOf(publicKey),
      words: publicKey === undefined ? undefined : wordsOf(publicKey),
      psk: isShared === true ? true : undefined,
      dir: inbox.path
    })

    const { firstLeft, handlers } = yield* host(listening)
    yield* Effect.forkScoped(report.progress(() => arrivals.underway))
    const first = new FirstSender(skipsExisting)
    const events = Router.run<Inbox.MessageEvent, never>(listening, [Inbox.handler(inbox), ...handlers], (event) => {
      first.note(event)
      return arrivals.onEvent(event)
    })
    const served = yield* Effect.forkScoped(
      isOnce
        ? Effect.raceFirst(Stream.runDrain(Stream.takeUntil(events, () => first.hasLeft)), firstLeft)
        : Stream.runDrain(events)
    )
    const finished = Effect.repeat(Effect.sleep(Timing.drainPollMillis), {
      until: () => arrivals.underway.length === 0
    })
    const announced = Effect.suspend(() => report.note(stoppingLine(arrivals, wire)))
    const drained = Effect.all([listening.drain, announced], { concurrency: "unbounded" }).pipe(
      Effect.zipRight(finished),
      Effect.timeoutOption(drainMillis),
      Effect.map((ended) => Option.isSome(ended) ? ExitCode.ok : ExitCode.terminated)
    )
    return yield* Effect.raceFirst(
      Effect.map(Fiber.join(served), () => first.exitCode),
      Effect.zipRight(stopping, drained)
    ).pipe(Effect.onInterrupt(() => report.note("stopping immediately")))
  })

/** Listens at the port, or at the first free one of the `more` following ports. */
const listen = (
  host: string,
  port: number,
  more: number
): Effect.Effect<Listener, SessionError, Transport | Scope.Scope> =>
  Effect.catchIf(
    Transports.listen({ host, port }),
    ({ reason }) => reason === "AddressInUse" && more > 0 && port < 65_535,
    () => listen(host, port + 1, more - 1)
  )

const stoppingLine = ({ connected, underway }: Arrivals, wire: string): string =>
  underway.length > 0
    ? `stopping, new messages are refused; ${count(underway.length, "message")} may finish within ${
      drainMillis / 1000
    } s`
    : connected.length > 0 && wire === "classic"
    ? `stopping; ${count(connected.length, "peer")} will be informed within ${Timing.farewellMillis / 1000} s`
    : "stopping"

/**
 * The outcome of the first peer that has begun a message, for `--once`. A peer without a message does not count: a stray or
 * forged datagram may open a connection.
 */
class FirstSender {
  readonly #skipsExisting: boolean
  readonly #codes: Array<ExitCode> = []
  #peer: string | undefined
  hasLeft = false

  constructor(skipsExisting: boolean) {
    this.#skipsExisting = skipsExisting
  }

  note(event: InboxEvent): void {
    const peer = format("peer" in event ? event.peer : event.message.peer)
    if (event._tag === "Started") this.#peer ??= peer
    if (peer !== this.#peer || this.hasLeft) return
    const code = outcomeOf(event, this.#skipsExisting)
    if (code !== undefined) this.#codes.push(code)
    if (event._tag === "Disconnected") this.hasLeft = true
  }

  get exitCode(): ExitCode {
    return combined(this.#codes)
  }
}
