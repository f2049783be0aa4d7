/** What stands between a command and the network when it is asked for: simulated faults, and the trace. */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as BatchFaults from "../BatchFaults.ts"
import { BatchSocket } from "../BatchSocket.ts"
import * as BatchTrace from "../BatchTrace.ts"
import type { Crc } from "../Crc.ts"
import * as Faults from "../Faults.ts"
import { Socket } from "../Socket.ts"
import * as Trace from "../Trace.ts"
import { count, duration, listed } from "./Words.ts"

export interface NetworkOptions {
  readonly faults: Faults.Options | undefined
  /** Is told at the end what the simulated network did. */
  readonly note: (line: string) => Effect.Effect<void>
}

export interface WiringOptions extends NetworkOptions {
  /** Is told of each datagram as the program sent it, and as it came through the faults. */
  readonly onDatagram: ((datagram: Trace.Datagram) => void) | undefined
}

export interface FlockedOptions extends NetworkOptions {
  /** The same for packets. */
  readonly onPacket: ((packet: BatchTrace.Packet) => void) | undefined
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
  return summed(Effect.provide(program, traced), tally, { faults, note })
}

/** The same over the modern wire. */
export const flocked = <A, E, R>(
  program: Effect.Effect<A, E, R>,
  { faults, note, onPacket }: FlockedOptions
): Effect.Effect<A, E, R | BatchSocket | Crc> => {
  const tally = new Tally()
  const network = Layer.effect(BatchSocket, BatchSocket)
  const faulty = faults === undefined
    ? network
    : BatchFaults.layer({ ...faults, onFault: tally.note }).pipe(Layer.provide(network))
  const traced = onPacket === undefined ? faulty : BatchTrace.layer(onPacket).pipe(Layer.provide(faulty))
  return summed(Effect.provide(program, traced), tally, { faults, note })
}

/** With a word at the end of what the simulated network did, where there was one. */
const summed = <A, E, R>(
  program: Effect.Effect<A, E, R>,
  tally: Tally,
  { faults, note }: NetworkOptions
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
