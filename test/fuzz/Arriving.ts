/**
 * What a receiver should have of a message, kept beside it by simple means: the announcement, the fragments that came in
 * their turn, and what was told of them. Every event of the receiver is held against it.
 */
import type * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import type { ReceiverEvent } from "../../src/protocol/classic/ReceiverEvents.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import { ensure } from "./fuzzing.ts"

export class Arriving {
  readonly serial: number
  readonly announcement: Frame.Frame
  /** The last fragment that was taken. */
  position = 0
  /** Whether the fragment that was taken last has had no answer. */
  isWithheld = false
  isCompleted = false
  readonly #name: Array<Uint8Array> = []
  #content: Array<Uint8Array> = []
  contentBytes = 0
  #toldBytes = 0
  #isOpened = false

  constructor(serial: number, announcement: Frame.Frame) {
    this.serial = serial
    this.announcement = announcement
  }

  isAnnouncedBy(frame: Frame.Frame): boolean {
    return sameFields(frame, this.announcement) && frame.payload[0] === this.announcement.payload[0]
  }

  /** Whether an intact DAT is the one whose turn it is. */
  isNext(frame: Frame.Frame): boolean {
    return frame.fragmentCount === this.announcement.fragmentCount && frame.sequenceNumber === this.position + 1 &&
      !this.isWithheld
  }

  take(frame: Frame.Frame): void {
    this.position++
    if (this.position <= this.announcement.sequenceNumber) return void this.#name.push(frame.payload.slice())
    this.#content.push(frame.payload.slice())
    this.contentBytes += frame.payload.length
  }

  hear(event: ReceiverEvent): void {
    if (event._tag === "Opened") return this.#open(event)
    if (event._tag === "Block") return this.#hearBlock(event.bytes)
    if (event._tag !== "Completed") return
    const { announcement: { fragmentCount }, contentBytes } = this
    ensure(this.#isOpened && !this.isCompleted, "completed without being opened, or twice")
    ensure(this.position === fragmentCount, "completed, but not all of it has come")
    ensure(this.#toldBytes === contentBytes, "completed, but not all of it was handed over")
    const { contentBytes: bytes, damagedNumbers, fragmentCount: fragments } = event.reception
    ensure(bytes === contentBytes && fragments === fragmentCount, "the reception has wrong numbers")
    ensure(damagedNumbers.length <= Limits.numbersKept, "too many numbers are kept")
    ensure(damagedNumbers.every((number) => number <= fragmentCount), "a number out of range is kept")
    this.isCompleted = true
  }

  #open(event: Extract<ReceiverEvent, { _tag: "Opened" }>): void {
    const { fragmentCount, fragmentSize, payload, sequenceNumber } = this.announcement
    // A message that a held announcement began has its first fragment by the time that it is told.
    const isDue = this.position === sequenceNumber || (sequenceNumber === 0 && this.position === 1)
    ensure(!this.#isOpened && isDue, "opened twice, or not when its name is whole")
    ensure(event.kind === (payload[0] === 0x54 ? "text" : "file"), "another kind is told")
    ensure(event.nameFragments === sequenceNumber, "another number of fragments is told")
    ensure(event.fragmentCount === fragmentCount && event.fragmentSize === fragmentSize, "other numbers are told")
    const name = Buffer.concat(this.#name).subarray(0, Limits.receivedNameBytes)
    ensure(name.equals(event.name), "another name is told")
    this.#isOpened = true
  }

  #hearBlock(bytes: Uint8Array): void {
    ensure(this.#isOpened && !this.isCompleted, "a block of what is not open")
    ensure(bytes.length > 0, "an empty block")
    ensure(bytes.length <= Limits.receivedBlockBytes, "a block is too large")
    const content = Buffer.concat(this.#content)
    ensure(content.subarray(0, bytes.length).equals(bytes), "other content is told than has come")
    this.#content = [content.subarray(bytes.length)]
    this.#toldBytes += bytes.length
  }
}

export const sameFields = (a: Frame.Header, b: Frame.Header): boolean =>
  a.sequenceNumber === b.sequenceNumber && a.fragmentCount === b.fragmentCount && a.fragmentSize === b.fragmentSize
