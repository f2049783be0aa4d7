/**
 * One message as it arrives: its place, its name, and blocks of its content (docs/PROTOCOL.md §4.2). Nothing is allocated
 * ahead of what has come, whatever an announcement claims.
 */
import * as Limits from "../ProtocolLimits.ts"
import * as Frame from "./ClassicFrame.ts"
import { FinishedMessage } from "./FinishedMessage.ts"
import type { MessageKind } from "./Fragments.ts"

const firstBlockBytes = 2048

/** What a message cost its receiver, as the summary shows it. */
export interface Reception {
  readonly contentBytes: number
  readonly fragmentCount: number
  /** DATs whose CRC was wrong, each answered by one NACK. */
  readonly damaged: number
  readonly damagedNumbers: ReadonlyArray<number>
  /** DATs that had arrived before. */
  readonly duplicates: number
  /** Payload bytes of a full fragment, whichever dialect announced it. */
  readonly payloadSize: number
}

export class Reassembly {
  /** Distinguishes this message from others of the same peer, within this program. */
  readonly serial: number
  readonly kind: MessageKind
  readonly nameFragments: number
  readonly fragmentCount: number
  /** What later tells copies of this message from new ones. */
  readonly record: FinishedMessage
  duplicates = 0
  damaged = 0
  readonly damagedNumbers: Array<number> = []
  #position = 0
  #name = new Uint8Array(0)
  #block = new Uint8Array(0)
  #filled = 0
  /** A message that has filled one block will fill the next: no growing in steps then. */
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

  /** The last fragment that has arrived; the next one is its successor. */
  get position(): number {
    return this.#position
  }

  get isComplete(): boolean {
    return this.#position === this.fragmentCount
  }

  get isNameComplete(): boolean {
    return this.#position >= this.nameFragments
  }

  /** The UTF-8 name, cut off past `Limits.receivedNameBytes`, which no safe name reaches. */
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

  /** Takes the next fragment in order. */
  append(frame: Frame.Frame): void {
    this.#position++
    // A fragment tells its own size, and so the dialect in which the announcement was written.
    this.#isHeaderCounted = frame.fragmentSize !== frame.payload.length
    if (this.#position <= this.nameFragments) this.#appendName(frame.payload)
    else this.#appendContent(frame.payload)
  }

  /** Notes a DAT with a wrong CRC; its number may be the damaged part, so one out of range is only counted. */
  onDamagedFragment(sequenceNumber: number): void {
    this.damaged++
    if (sequenceNumber <= this.fragmentCount && this.damagedNumbers.length < Limits.numbersKept) {
      this.damagedNumbers.push(sequenceNumber)
    }
  }

  /** The gathered content, once there is a block of it or, with `all`, whatever there is. */
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
