/** What one world of the explorer consists of: messages, faults within a budget, how long its people take, its clock. */
import type { MessageKind } from "../../../src/protocol/classic/Fragments.ts"
import type { TimingValues } from "../../../src/protocol/classic/TimingValues.ts"

export interface WorldMessage {
  readonly kind: MessageKind
  /** Empty for a text. */
  readonly name: string
  readonly content: string
  /** Payload bytes. */
  readonly fragmentSize: number
}

export interface World {
  readonly name: string
  /** In a few words, for the table. */
  readonly about: string
  readonly messages: ReadonlyArray<WorldMessage>
  readonly timing: TimingValues
  /** Between two looks at the clock while something is on its way or somebody may act; Infinity: deadlines only. */
  readonly stepMillis: number
  /** How old a datagram may become: older ones are not delivered. */
  readonly lateMillis: number
  /** How many datagrams may be on their way while time goes by, each counted once; Infinity for all. */
  readonly lates: number
  readonly losses: number
  readonly duplicates: number
  /** DATs that arrive with a wrong CRC. */
  readonly damages: number
  readonly crashes: number
  /** How long a crashed server is away. */
  readonly restartMillis: number
  /** How long the sender's application rests between two messages, at least and at most. */
  readonly restMillis: readonly [least: number, most: number]
  /** How long it stays after the last one before it leaves, at most. */
  readonly stayMillis: number
  /** How long storage takes for each of: to publish, and to accept; at most. */
  readonly storeMillis: number
  /** The server refuses this message, by its place, when it is opened or when it is complete. */
  readonly refuses: { readonly message: number; readonly when: "opened" | "completed" } | undefined
}

/** What became of a message in the eyes of its sender. */
export type Outcome = "confirmed" | "unconfirmed" | "declined" | "ended" | "lost"
