/** What stands between a command and the network when it is asked for: simulated faults, and the trace. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Crc } from "../../net/Crc.ts"
import { Socket } from "../../net/Socket.ts"
import * as BatchTrace from "../../telemetry/BatchTrace.ts"
import * as Trace from "../../telemetry/Trace.ts"
import * as Faults from "../../testing/Faults.ts"
import type { WireName } from "../../transport/Transport.ts"
import type { Traced } from "../report/Trace.ts"
import { count, duration, listed } from "../text/Format.ts"

export interface WiringOptions {
  readonly faults: Faults.Options | undefined
  /** Is told at the end what the simulated network did. */
  readonly note: (line: string) => Effect.Effect<void>
  /** Is told of each datagram, or packet, as the program sent it, and as it came through the faults. */
  readonly onTraced: ((traced: Traced) => void) | undefined
}

/** Runs a program over a wire, with the faults and the trace that the options ask for. */
export const simulated = <A, E, R>(
  wire: WireName,
  program: Effect.Effect<A, E, R>,
  { faults, note, onTraced }: WiringOptions
): Effect.Effect<A, E, Exclude<R, Socket> | Socket | Crc> => {
  const tally = new Tally()
  const network = Layer.effect(Socket, Socket)
  const spoilt = faults === undefined
    ? network
    : Faults.layer({ ...faults, onFault: tally.note }).pipe(Layer.provide(network))
  const trace = wire === "classic" ? Trace.layer : BatchTrace.layer
  const observed = onTraced === undefined ? spoilt : trace(onTraced).pipe(Layer.provide(spoilt))
  return summed(Effect.provide(program, observed), tally, { faults, note })
}

/** With a word at the end of what the simulated network did, where there was one. */
const summed = <A, E, R>(
  program: Effect.Effect<A, E, R>,
  tally: Tally,
  { faults, note }: Pick<WiringOptions, "faults" | "note">
): Effect.Effect<A, E, R> =>
  faults === undefined
    ? program
    : Effect.ensuring(program, Effect.suspend(() => note(tally.summary(faults.delayMillis))))

/** What the simulated network did. */
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
  duplicate: "doubled",
  damage: "damaged",
  cut: "cut",
  delay: "overtaken"
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
