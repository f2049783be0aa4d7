/**
 * Reassembles one message from its fragments, in order: its position, its name, and blocks of its content
 * (docs/PROTOCOL.md §4.2). Memory is allocated for received bytes only, whatever size an announcement states.
 */
import * as Limits from "../ProtocolLimits.ts"
import * as Frame from "./ClassicFrame.ts"
import { FinishedMessage } from "./FinishedMessage.ts"
import type { MessageKind } from "./Fragments.ts"

const firstBlockBytes = 2048

/** The statistics of one received message, as a summary shows them. */
export interface Reception {
  readonly contentBytes: number
  readonly fragmentCount: number
  /** DATs with a wrong CRC, each answered by one NACK. */
  readonly damaged: number
  readonly damagedNumbers: ReadonlyArray<number>
  /** DATs that had been received before. */
  readonly duplicates: number
  /** Payload bytes of a full fragment, in either dialect of the announcement. */
  readonly payloadSize: number
}

/** One message while it is received. */
export class Reassembly {
  /** Identifies this message among the messages of the same peer, within this program. */
  readonly serial: number
  readonly kind: MessageKind
  readonly nameFragments: number
  readonly fragmentCount: number
  /** Distinguishes late copies of this message from new messages once it is over. */
  readonly record: FinishedMessage
  duplicates = 0
  damaged = 0
  readonly damagedNumbers: Array<number> = []
  #position = 0
  #name = new Uint8Array(0)
  #block = new Uint8Array(0)
  #filled = 0
  /** A message that has filled one block will fill the next, so the next block has its full size at once. */
  #nextBlockBytes = firstBlockBytes
  #contentBytes = 0
  #isHeaderCounted = true

  constructor(serial: number, announcement: Frame.Frame) {
    this.serial = serial
    this.kind = announcement.payload[0] === Frame.textMark ? "text" : "file"
    this.nameFragments = announcement.sequenceNumber
    this.fragmentCount = announcement.fragmentCount
    this.record = new FinishedMessage(announcement)
  }

  /** The sequence number of the last received fragment; 0 before the first. */
  get position(): number {
    return this.#position
  }

  get isComplete(): boolean {
    return this.#position === this.fragmentCount
  }

  get isNameComplete(): boolean {
    return this.#position >= this.nameFragments
  }

  /** The UTF-8 name, truncated to `Limits.receivedNameBytes`, which is more than a valid name has. */
  get name(): Uint8Array {
    return this.#name
  }

  get reception(): Reception {
    return {
      contentBytes: this.#contentBytes,
      fragmentCount: this.fragmentCount,
      damaged: this.damaged,
      damagedNumbers: this.damagedNumbers,
      duplicates: this.duplicates,
      payloadSize: this.#payloadSize
    }
  }

  /** Appends the next fragment in order. */
  append(frame: Frame.Frame): void {
    this.#position++
    // A fragment states its own size, which shows the dialect of the announcement.
    this.#isHeaderCounted = frame.fragmentSize !== frame.payload.length
    if (this.#position <= this.nameFragments) this.#appendName(frame.payload)
    else this.#appendContent(frame.payload)
  }

  /** Counts a DAT with a wrong CRC. Its number may be the damaged part, so a number out of range is not kept. */
  onDamagedFragment(sequenceNumber: number): void {
    this.damaged++
    if (sequenceNumber <= this.fragmentCount && this.damagedNumbers.length < Limits.numbersKept) {
      this.damagedNumbers.push(sequenceNumber)
    }
  }

  /** Returns the collected content once a block is full, or with `all` in any case; undefined without content. */
  takeBlock(all: boolean): Uint8Array | undefined {
    if (this.#filled === 0) return undefined
    const isFull = this.#filled + Frame.maxReadPayloadBytes > Limits.receivedBlockBytes
    if (!isFull && !all) return undefined
    const block = this.#block.subarray(0, this.#filled)
    this.#block = new Uint8Array(0)
    this.#filled = 0
    if (isFull) this.#nextBlockBytes = Limits.receivedBlockBytes
    return block
  }

  get #payloadSize(): number {
    const { fragmentSize } = this.record.announcement
    return this.#isHeaderCounted ? Math.max(0, fragmentSize - Frame.headerBytes) : fragmentSize
  }

  #appendName(payload: Uint8Array): void {
    const room = Limits.receivedNameBytes - this.#name.length
    if (room <= 0) return
    const taken = payload.subarray(0, room)
    const name = new Uint8Array(this.#name.length + taken.length)
    name.set(this.#name)
    name.set(taken, this.#name.length)
    this.#name = name
  }

  #appendContent(payload: Uint8Array): void {
    const needed = this.#filled + payload.length
    if (needed > this.#block.length) {
      const size = Math.min(Limits.receivedBlockBytes, Math.max(this.#nextBlockBytes, this.#block.length * 4))
      const grown = new Uint8Array(Math.max(size, needed))
      grown.set(this.#block.subarray(0, this.#filled))
      this.#block = grown
    }
    this.#block.set(payload, this.#filled)
    this.#filled = needed
    this.#contentBytes += payload.length
  }
}
