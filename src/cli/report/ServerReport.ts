/** Reports the events of a server, and tracks its connected peers and current messages. */
import * as Effect from "effect/Effect"
import { format } from "../../net/Address.ts"
import type { InboxEvent, Started } from "../../transfer/Inbox.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import type { Failure } from "../errors/Failure.ts"
import * as Failures from "../errors/Failure.ts"
import { outcomes } from "../errors/SessionOutcomes.ts"
import { bitRate, harmless } from "../text/Format.ts"
import * as ConnectedEvent from "./ConnectedEvent.ts"
import { dropped } from "./Dropped.ts"
import type { Report, Underway } from "./Report.ts"
import * as Transfers from "./Transfers.ts"

export class Arrivals {
  readonly #report: Report
  readonly #skipsExisting: boolean
  readonly #underway = new Map<string, Started>()
  readonly #connected = new Set<string>()

  /** With `skipsExisting` a file whose name is taken is skipped, which is no failure. */
  constructor(report: Report, skipsExisting = false) {
    this.#report = report
    this.#skipsExisting = skipsExisting
  }

  /** The messages that are being received. */
  get underway(): ReadonlyArray<Underway> {
    return Array.from(this.#underway.values(), Transfers.receiving)
  }

  /** The connected peers, as `host:port`. */
  get connected(): ReadonlyArray<string> {
    return Array.from(this.#connected)
  }

  /** Records an event and reports it. */
  onEvent(event: InboxEvent): Effect.Effect<void> {
    return Effect.suspend(() => {
      if (event._tag === "Connected") this.#connected.add(format(event.peer))
      if (event._tag === "Disconnected") this.#connected.delete(format(event.peer))
      if (event._tag === "Started") this.#underway.set(event.message.id, event.message)
      else if ("message" in event) this.#underway.delete(event.message.id)
      return this.#emit(event)
    })
  }

  /** Reports the incomplete messages as abandoned, and the connected peers as disconnected. */
  get farewell(): Effect.Effect<void> {
    return Effect.suspend(() => {
      const unfinished = Array.from(this.#underway.values())
      const left = this.connected
      this.#underway.clear()
      this.#connected.clear()
      const cutOff = abandoned("this server stopped before it was complete")
      return Effect.zipRight(
        Effect.forEach(unfinished, (message) => this.#notTaken(message, cutOff, "did not arrive completely"), {
          discard: true
        }),
        Effect.forEach(left, (peer) => this.#report.emit({ type: "disconnected", peer, reason: "left" }), {
          discard: true
        })
      )
    })
  }

  #emit(event: InboxEvent): Effect.Effect<void> {
    switch (event._tag) {
      case "Connected":
        return this.#report.emit(ConnectedEvent.of(event.peer))
      case "Disconnected":
        return this.#disconnected(event)
      case "Started":
        return this.#report.emit({ type: "started", ...described(event.message) })
      case "Received": {
        const { damaged, damagedNumbers, duplicates, durationMillis, path, payloadSize, sha256, size, text } =
          event.message
        const rateBitsPerSecond = bitRate(size, durationMillis)
        const cost = { payloadSize, damaged, damagedNumbers, duplicates, durationMillis, rateBitsPerSecond }
        return this.#report.emit({ type: "received", ...described(event.message), path, text, size, sha256, ...cost })
      }
      case "Refused":
        return this.#refused(event.message, refusalOf(event, this.#skipsExisting))
      case "Abandoned":
        return this.#notTaken(event.message, abandoned(event.error.message), "did not arrive completely")
    }
  }

  #disconnected(event: Extract<InboxEvent, { _tag: "Disconnected" }>): Effect.Effect<void> {
    const peer = format(event.peer)
    const { message, reason } = event.error
    const { server } = outcomes[reason]
    const details = [server === "failed" ? harmless(message) : undefined, dropped(peer, event.dropped)]
    return Effect.zipRight(
      this.#report.emit({ type: "disconnected", peer, reason: server }),
      Effect.forEach(details, (line) => line === undefined ? Effect.void : this.#report.detail(line), { discard: true })
    )
  }

  #refused(message: Started, failure: Failure): Effect.Effect<void> {
    return this.#notTaken(message, failure, failure.exitCode === ExitCode.ok ? "was skipped" : "was refused")
  }

  #notTaken(message: Started, failure: Failure, outcome: string): Effect.Effect<void> {
    const what = message.kind === "text" ? "a text" : `"${message.name}"`
    return this.#report.emit({
      type: "error",
      code: failure.code,
      exitCode: failure.exitCode,
      message: `${what} from ${format(message.peer)} ${outcome}: ${failure.message}`,
      hint: failure.hint
    })
  }
}

/** The exit code of an event that ends a message; undefined for other events. */
export const outcomeOf = (event: InboxEvent, skipsExisting: boolean): ExitCode | undefined => {
  switch (event._tag) {
    case "Received":
      return ExitCode.ok
    case "Refused":
      return refusalOf(event, skipsExisting).exitCode
    case "Abandoned":
      return ExitCode.lost
    default:
      return undefined
  }
}

const refusalOf = ({ error }: Extract<InboxEvent, { _tag: "Refused" }>, skipsExisting: boolean): Failure => {
  const failure = Failures.ofStorage(error)
  return skipsExisting && error.reason === "TargetExists"
    ? new Failures.Failure({ code: "Skipped", exitCode: ExitCode.ok, message: "its name is taken" })
    : failure
}

const abandoned = (message: string): Failure =>
  new Failures.Failure({ code: "Abandoned", exitCode: ExitCode.lost, message })

const described = ({ id, kind, name, peer, plan, size }: Started) => ({
  id,
  peer: format(peer),
  kind,
  name: kind === "text" ? undefined : name,
  ...plan,
  size
})
