/** The events of a receiver for its application, the connected state that they imply, and its counters. */
import type { MessageKind } from "./Fragments.ts"
import type { Reassembly, Reception } from "./Reassembly.ts"

/** Why an incomplete message was abandoned: by another INF, by FIN, or by the idle timeout. */
export type AbandonReason = "replaced" | "ended" | "lost"
/** Why a peer is disconnected: it sent FIN, timed out, had its message refused, or this side ended the connection. */
export type DisconnectReason = "ended" | "lost" | "refused" | "left"

/** A message was begun and its name is complete. */
export interface Opened {
  readonly _tag: "Opened"
  readonly serial: number
  readonly kind: MessageKind
  /** UTF-8 bytes as received, not validated. */
  readonly name: Uint8Array
  readonly nameFragments: number
  readonly fragmentCount: number
  /** The field of the INF, in either dialect. */
  readonly fragmentSize: number
}

/** An event for the application. `serial` identifies the message. */
export type ReceiverEvent =
  | { readonly _tag: "Connected" }
  | Opened
  /** Content in order. The application passes its length to `Receiver.written` once storage has written it. */
  | { readonly _tag: "Block"; readonly serial: number; readonly bytes: Uint8Array }
  /** All content was received. The last ACK waits for `Receiver.accept` or `refuse`. */
  | { readonly _tag: "Completed"; readonly serial: number; readonly reception: Reception }
  | { readonly _tag: "Abandoned"; readonly serial: number; readonly reason: AbandonReason }
  | { readonly _tag: "Disconnected"; readonly reason: DisconnectReason }

/** Dropped datagrams, by reason. */
export interface ReceiverCounters {
  /** Datagrams that are not a frame. */
  malformed: number
  /** INFs with a wrong CRC, and DATs with a wrong CRC outside of an open message. */
  damaged: number
  /** DATs ahead of the next position, and the next DAT while an ACK is withheld. */
  ahead: number
  /** DATs of an unknown message. */
  stray: number
  /** ACKs and NACKs, which only a client may receive. */
  unexpected: number
  /** Late copies of frames of a finished message, and of the announcement of a refused message. */
  copies: number
}

const none: ReadonlyArray<ReceiverEvent> = []

/** A queue of events. Connected and Disconnected alternate: a second one in a row is not emitted. */
export class ReceiverEvents {
  #queue: Array<ReceiverEvent> = []
  #isConnected = false

  get isConnected(): boolean {
    return this.#isConnected
  }

  emitConnected(): void {
    if (this.#isConnected) return
    this.#isConnected = true
    this.#queue.push({ _tag: "Connected" })
  }

  emitDisconnected(reason: DisconnectReason): void {
    if (!this.#isConnected) return
    this.#isConnected = false
    this.#queue.push({ _tag: "Disconnected", reason })
  }

  emitOpened(message: Reassembly): void {
    const { fragmentCount, kind, name, nameFragments, serial } = message
    const fragmentSize = message.record.announcement.fragmentSize
    this.#queue.push({ _tag: "Opened", serial, kind, name, nameFragments, fragmentCount, fragmentSize })
  }

  emitBlock(serial: number, bytes: Uint8Array): void {
    this.#queue.push({ _tag: "Block", serial, bytes })
  }

  emitCompleted(message: Reassembly): void {
    this.#queue.push({ _tag: "Completed", serial: message.serial, reception: message.reception })
  }

  emitAbandoned(serial: number, reason: AbandonReason): void {
    this.#queue.push({ _tag: "Abandoned", serial, reason })
  }

  /** Removes and returns the queued events. */
  poll(): ReadonlyArray<ReceiverEvent> {
    if (this.#queue.length === 0) return none
    const events = this.#queue
    this.#queue = []
    return events
  }
}
