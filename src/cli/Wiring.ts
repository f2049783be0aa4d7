/** What stands between a command and the network when it is asked for: simulated faults, and the trace of frames. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as BatchFaults from "../BatchFaults.ts"
import { BatchSocket } from "../BatchSocket.ts"
import type { Crc } from "../Crc.ts"
import * as Faults from "../Faults.ts"
import { Socket } from "../Socket.ts"
import * as Trace from "../Trace.ts"
import { count, duration, listed } from "./Words.ts"

export interface WiringOptions {
  readonly faults: Faults.Options | undefined
  /** Is told of each datagram as the program sent it, and as it came through the faults. */
  readonly onDatagram: ((datagram: Trace.Datagram) => void) | undefined
  /** Is told at the end what the simulated network did. */
  readonly note: (line: string) => Effect.Effect<void>
}

/** Runs a program over the network as the options have it. */
export const wired = <A, E, R>(
  program: Effect.Effect<A, E, R>,
  { faults, note, onDatagram }: WiringOptions
): Effect.Effect<A, E, R | Socket | Crc> => {
  const tally = new Tally()
  const network = Layer.effect(Socket, Socket)
  const faulty = faults === undefined
    ? network
    : Faults.layer({ ...faults, onFault: tally.note }).pipe(Layer.provide(network))
  const traced = onDatagram === undefined ? faulty : Trace.layer(onDatagram).pipe(Layer.provide(faulty))
  const provided = Effect.provide(program, traced)
  return faults === undefined
    ? provided
    : Effect.ensuring(provided, Effect.suspend(() => note(tally.summary(faults.delayMillis))))
}

/** The same over the modern wire. */
export const flocked = <A, E, R>(
  program: Effect.Effect<A, E, R>,
  { faults, note }: Omit<WiringOptions, "onDatagram">
): Effect.Effect<A, E, R | BatchSocket> => {
  if (faults === undefined) return program
  const tally = new Tally()
  const faulty = BatchFaults.layer({ ...faults, onFault: tally.note }).pipe(
    Layer.provide(Layer.effect(BatchSocket, BatchSocket))
  )
  return Effect.ensuring(Effect.provide(program, faulty), Effect.suspend(() => note(tally.summary(faults.delayMillis))))
}

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
