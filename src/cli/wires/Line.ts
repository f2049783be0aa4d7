/** A way to a server, as `send` and the communicator need it: what both wires have in common. */
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import type { Damage } from "../../transport/classic/ClassicConnection.ts"
import type { Failure } from "../errors/Failure.ts"
import type { Report, ReportEvent, Underway } from "../report/Report.ts"
import type { Item } from "./Item.ts"

type SentEvent = Extract<ReportEvent, { type: "sent" }>

/** How a message goes: its bytes, and how it is cut where it is. */
export interface Begun {
  readonly size: number
  readonly fragments?: number | undefined
  readonly fragmentSize?: number | undefined
}

/** What a message that arrived has cost. */
export type Outcome = Omit<SentEvent, "type" | "id" | "peer" | "kind" | "rateBitsPerSecond" | keyof Begun> & Begun

/** A message that is ready to go over a line. */
export interface Ready {
  readonly begun: Begun
  readonly underway: (message: Pick<Underway, "id" | "label" | "place">) => Underway
  readonly send: Effect.Effect<Outcome, Failure>
}

/** How one message is cut and spoilt, where messages are. */
export interface Cut {
  readonly fragmentSize?: number | undefined
  readonly damage?: Damage | undefined
}

/** A connection or session with a server. */
export interface Line {
  readonly peer: Address
  /** The fragment size that fits the way; undefined on a wire that sees to it by itself, and takes no `Cut`. */
  readonly fragmentSize: number | undefined
  /** Asks whether the server is there; gives the milliseconds until its answer. */
  readonly roundTrip: Effect.Effect<number, Failure>
  readonly prepare: (item: Item, cut?: Cut) => Effect.Effect<Ready, Failure>
  /** Why it came to its end, once it has. */
  readonly lost: Effect.Effect<Failure>
  /** Whether it can carry the next message after one that failed. */
  readonly carriesOn: () => boolean
  /** Ends it, and tells how it ended. */
  readonly leave: Effect.Effect<void>
}

export interface Carrier<Needed> {
  readonly to: Address
  /** What is spoilt on purpose. */
  readonly damage?: Damage | undefined
  /** Fails if no line could carry it. */
  readonly check: (item: Item) => Effect.Effect<unknown, Failure>
  readonly connect: (report: Report) => Effect.Effect<Line, Failure, Needed | Scope.Scope>
}
