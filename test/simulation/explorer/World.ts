/**
 * The parameters of a world of the explorer: messages, a budget of faults, durations of the applications, the clock.
 */
import type { MessageKind } from "../../../src/protocol/classic/Fragments.ts"
import type { TimingValues } from "../../../src/protocol/classic/TimingValues.ts"

/** A message that the client sends. */
export interface WorldMessage {
  readonly kind: MessageKind
  /** Empty for a text. */
  readonly name: string
  readonly content: string
  /** Payload bytes. */
  readonly fragmentSize: number
}

/** The parameters of a world. */
export interface World {
  readonly name: string
  /** A short description for the printed table. */
  readonly about: string
  readonly messages: ReadonlyArray<WorldMessage>
  readonly timing: TimingValues
  /**
   * The time step while a datagram is in flight or an application may act; Infinity: time advances to deadlines only.
   */
  readonly stepMillis: number
  /** The maximum age of a datagram at its delivery. */
  readonly lateMillis: number
  /** The number of datagrams that may stay in flight while time advances, each counted once; Infinity for all. */
  readonly lates: number
  readonly losses: number
  readonly duplicates: number
  /** The number of DATs that arrive with a wrong CRC. */
  readonly damages: number
  readonly crashes: number
  /** The time until a crashed server restarts. */
  readonly restartMillis: number
  /** The minimum and maximum pause of the sender's application between two messages. */
  readonly restMillis: readonly [least: number, most: number]
  /** The maximum time between the last message and leaving. */
  readonly stayMillis: number
  /** The maximum duration of each step of storage: publishing and accepting. */
  readonly storeMillis: number
  /** The index of the message that the server refuses, when it is opened or when it is complete. */
  readonly refuses: { readonly message: number; readonly when: "opened" | "completed" } | undefined
}

/** The outcome of a message that its sender reports. */
export type Outcome = "confirmed" | "unconfirmed" | "declined" | "ended" | "lost"
