/** Adds simulated faults and the trace to the network of a command. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { Socket } from "../../net/Socket.ts"
import * as EventBus from "../../telemetry/EventBus.ts"
import type { ClientNotAllowed, LastingEvent } from "../../telemetry/TransportEvents.ts"
import * as Faults from "../../testing/Faults.ts"
import { otherWireHint } from "../errors/Failure.ts"
import * as ListenerDrops from "../report/ListenerDrops.ts"
import type { Report, ReportEvent } from "../report/Report.ts"
import type { Traced } from "../report/Trace.ts"
import { count, duration, harmless, listed } from "../text/Format.ts"
import { textOf } from "../trust/KeyName.ts"

export interface NetworkOptions {
  readonly faults: Faults.Options | undefined
  /** Called with each hint about the peer, with each defect, and at the end with a summary of the simulated faults. */
  readonly note: (line: string) => Effect.Effect<void>
  /** Receives what listeners drop and refuse, and the clients that a server does not allow. */
  readonly emit: Report["emit"]
  /** Called with each packet, as the program sent it and as it arrived through the faults; it must not throw or wait. */
  readonly onTraced: ((traced: Traced) => void) | undefined
}

/** Runs a program over a wire, with the requested faults and trace. */
export const simulated = <A, E, R>(
  program: Effect.Effect<A, E, R>,
  { emit, faults, note, onTraced }: NetworkOptions
): Effect.Effect<A, E, R | Socket> => {
  const tally = new Tally()
  const network = Layer.effect(Socket, Socket)
  const faultyNetwork = faults === undefined
    ? network
    : Faults.layer({ ...faults, onFault: tally.note }).pipe(Layer.provide(network))
  return summed(observed(Effect.provide(program, faultyNetwork), { emit, note, onTraced }), tally, { faults, note })
}

/** Runs a program whose transports publish on their own bus. */
const observed = <A, E, R>(
  program: Effect.Effect<A, E, R>,
  { emit, note, onTraced }: Omit<NetworkOptions, "faults">
): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const bus = EventBus.make()
    const trace = onTraced === undefined ? Effect.void : bus.trace(onTraced)
    const notes = Effect.flatMap(bus.subscribe(undefined, isNoted), ({ events }) =>
      // It is forked in an uninterruptible region and must be interruptible.
      Effect.forkScoped(
        Effect.interruptible(
          Stream.runForEach(
            events,
            (event) => event._tag === "ClientNotAllowed" ? emit(notAllowed(event)) : Effect.forEach(noteOf(event), note)
          )
        )
      ))
    const scope = Effect.all([trace, notes, ListenerDrops.reported(bus, emit)], { discard: true })
    return Effect.acquireUseRelease(
      Effect.flatMap(Scope.make(), (own) => Effect.as(Scope.extend(scope, own), own)),
      () => Effect.provideService(program, EventBus.EventBus, bus),
      (own) => Scope.close(own, Exit.void)
    )
  })

/** A client that the operator may want to allow. */
const notAllowed = ({ key, peer }: ClientNotAllowed): ReportEvent => ({
  type: "notAllowed",
  peer,
  key: key === undefined ? undefined : textOf(key)
})

/** Whether an event is reported here; those of rooms are frequent, and reported by their command. */
const isNoted = ({ _tag }: LastingEvent): boolean =>
  _tag === "ClientNotAllowed" || _tag === "PeerHint" || _tag === "Defect"

/** What the user has to know of an event. */
const noteOf = (event: LastingEvent): ReadonlyArray<string> => {
  switch (event._tag) {
    case "PeerHint":
      return [`${event.peer} speaks the ${event.speaks} wire: ${otherWireHint(event.speaks, event.peer)}`]
    case "Defect": {
      const [what = "", where = ""] = Cause.pretty(Cause.die(event.cause)).split("\n")
      return [
        `a packet of ${event.peer} met a defect of this program; other sessions continue. Please report it: ${
          harmless(what + where)
        }`
      ]
    }
    case "ClientNotAllowed":
    case "SessionOpened":
    case "SessionClosed":
    case "ListenerOpened":
    case "ListenerClosed":
    case "ServiceConnected":
    case "ServiceReceived":
    case "ServiceSent":
    case "ServiceDisconnected":
    case "ServiceLogged":
    case "ServiceDefect":
      return []
  }
}

/** Notes a summary of the simulated faults at the end, if there are any. */
const summed = <A, E, R>(
  program: Effect.Effect<A, E, R>,
  tally: Tally,
  { faults, note }: Pick<NetworkOptions, "faults" | "note">
): Effect.Effect<A, E, R> =>
  faults === undefined
    ? program
    : Effect.ensuring(program, Effect.suspend(() => note(tally.summary(faults.delayMillis))))

/** Counts the simulated faults. */
class Tally {
  readonly #met = new Map<FaultName, number>()

  readonly note = ({ fate }: Faults.Fault): void => {
    const name = typeof fate === "object" ? "delay" : fate
    this.#met.set(name, (this.#met.get(name) ?? 0) + 1)
  }

  summary(delayMillis: number | undefined): string {
    return summaryOf(this.#met, delayMillis)
  }
}

type FaultName = Extract<Faults.Fault["fate"], string> | "delay"

const words: Readonly<Record<FaultName, string>> = {
  drop: "lost",
  duplicate: "duplicated",
  damage: "damaged",
  cut: "cut",
  delay: "reordered"
}

const summaryOf = (met: ReadonlyMap<FaultName, number>, delayMillis = 0): string => {
  const total = Array.from(met.values()).reduce((sum, number) => sum + number, 0)
  const parts = Array.from(met, ([name, number]) => `${number} ${words[name]}`)
  const what = [
    ...(total === 0 ? [] : [`${count(total, "datagram")} (${parts.join(", ")})`]),
    ...(delayMillis === 0 ? [] : [`a delay of ${duration(delayMillis)} each way`])
  ]
  return `simulated faults: ${listed(what) || "none"}`
}
