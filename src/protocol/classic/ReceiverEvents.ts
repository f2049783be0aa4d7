/** What a receiver tells its application, in order, and whether the application believes the peer to be connected. */
import type { MessageKind } from "./Fragments.ts"
import type { Reassembly, Reception } from "./Reassembly.ts"

export type AbandonReason = "replaced" | "ended" | "lost"
export type DisconnectReason = "ended" | "lost" | "refused" | "left"

/** A message whose name is known. */
export interface Opened {
  readonly _tag: "Opened"
  readonly serial: number
  readonly kind: MessageKind
  /** UTF-8, as the peer sent it. */
  readonly name: Uint8Array
  readonly nameFragments: number
  readonly fragmentCount: number
  /** The field as announced, in either dialect. */
  readonly fragmentSize: number
}

export type ReceiverEvent =
  | { readonly _tag: "Connected" }
  | Opened
  /** Content in order. The application returns its length to `Receiver.written`. */
  | { readonly _tag: "Block"; readonly serial: number; readonly bytes: Uint8Array }
  /** All content has come; the last ACK waits for `Receiver.accept` or `refuse`. */
  | { readonly _tag: "Completed"; readonly serial: number; readonly reception: Reception }
  | { readonly _tag: "Abandoned"; readonly serial: number; readonly reason: AbandonReason }
  | { readonly _tag: "Disconnected"; readonly reason: DisconnectReason }

/** Datagrams that changed nothing, by reason. */
export interface ReceiverCounters {
  /** No frame at all. */
  malformed: number
  /** An INF with a wrong CRC, or a DAT with one outside of an open transfer. */
  damaged: number
  /** A DAT ahead of its turn, or the next one while the answer to the last is withheld. */
  ahead: number
  /** A DAT of no message that is known here. */
  stray: number
  /** Frames that only a client may get. */
  unexpected: number
  /** Late copies: of a finished message's frames, of a refused one's announcement. */
  copies: number
}

const none: ReadonlyArray<ReceiverEvent> = []

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

  /** The events since the last call. */
  poll(): ReadonlyArray<ReceiverEvent> {
    if (this.#queue.length === 0) return none
    const events = this.#queue
    this.#queue = []
    return events
  }
}
