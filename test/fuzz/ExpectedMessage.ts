/**
 * A simple model of a message that a receiver receives: the announcement, the fragments received in order, and the
 * emitted events. Every event of the receiver is compared with it.
 */
import type * as Frame from "../../src/protocol/classic/ClassicFrame.ts"
import type { ReceiverEvent } from "../../src/protocol/classic/ReceiverEvents.ts"
import * as Limits from "../../src/protocol/ProtocolLimits.ts"
import { ensure } from "./fuzzing.ts"

/** The model of one message. */
export class ExpectedMessage {
  readonly serial: number
  readonly announcement: Frame.Frame
  /** The number of the last accepted fragment. */
  position = 0
  /** Whether the last accepted fragment has no answer yet. */
  isWithheld = false
  isCompleted = false
  readonly #name: Array<Uint8Array> = []
  #content: Array<Uint8Array> = []
  contentBytes = 0
  #emittedBytes = 0
  #isOpened = false

  constructor(serial: number, announcement: Frame.Frame) {
    this.serial = serial
    this.announcement = announcement
  }

  /** Whether `frame` equals the announcement. */
  isAnnouncedBy(frame: Frame.Frame): boolean {
    return sameFields(frame, this.announcement) && frame.payload[0] === this.announcement.payload[0]
  }

  /** Whether an intact DAT is the next expected one. */
  isNext(frame: Frame.Frame): boolean {
    return frame.fragmentCount === this.announcement.fragmentCount && frame.sequenceNumber === this.position + 1 &&
      !this.isWithheld
  }

  /** Accepts the next fragment. */
  take(frame: Frame.Frame): void {
    this.position++
    if (this.position <= this.announcement.sequenceNumber) return void this.#name.push(frame.payload.slice())
    this.#content.push(frame.payload.slice())
    this.contentBytes += frame.payload.length
  }

  /** Checks an event of the receiver. */
  onEvent(event: ReceiverEvent): void {
    if (event._tag === "Opened") return this.#open(event)
    if (event._tag === "Block") return this.#onBlock(event.bytes)
    if (event._tag !== "Completed") return
    const { announcement: { fragmentCount }, contentBytes } = this
    ensure(this.#isOpened && !this.isCompleted, "completed without opened, or twice")
    ensure(this.position === fragmentCount, "completed before all fragments were received")
    ensure(this.#emittedBytes === contentBytes, "completed before all content was emitted")
    const { contentBytes: bytes, damagedNumbers, fragmentCount: fragments } = event.reception
    ensure(bytes === contentBytes && fragments === fragmentCount, "the reception report has wrong numbers")
    ensure(damagedNumbers.length <= Limits.numbersKept, "too many damaged numbers are stored")
    ensure(damagedNumbers.every((number) => number <= fragmentCount), "a damaged number is out of range")
    this.isCompleted = true
  }

  #open(event: Extract<ReceiverEvent, { _tag: "Opened" }>): void {
    const { fragmentCount, fragmentSize, payload, sequenceNumber } = this.announcement
    // A message that a held announcement started already has its first fragment when it is opened.
    const isDue = this.position === sequenceNumber || (sequenceNumber === 0 && this.position === 1)
    ensure(!this.#isOpened && isDue, "opened twice, or not when the name is complete")
    ensure(event.kind === (payload[0] === 0x54 ? "text" : "file"), "opened with a wrong kind")
    ensure(event.nameFragments === sequenceNumber, "opened with a wrong number of name fragments")
    ensure(
      event.fragmentCount === fragmentCount && event.fragmentSize === fragmentSize,
      "opened with a wrong fragment count or size"
    )
    const name = Buffer.concat(this.#name).subarray(0, Limits.receivedNameBytes)
    ensure(name.equals(event.name), "opened with a wrong name")
    this.#isOpened = true
  }

  #onBlock(bytes: Uint8Array): void {
    ensure(this.#isOpened && !this.isCompleted, "a block of a message that is not open")
    ensure(bytes.length > 0, "a block is empty")
    ensure(bytes.length <= Limits.receivedBlockBytes, "a block is too large")
    const content = Buffer.concat(this.#content)
    ensure(content.subarray(0, bytes.length).equals(bytes), "a block differs from the received content")
    this.#content = [content.subarray(bytes.length)]
    this.#emittedBytes += bytes.length
  }
}

/** Whether sequence number, fragment count and fragment size are equal. */
export const sameFields = (a: Frame.Header, b: Frame.Header): boolean =>
  a.sequenceNumber === b.sequenceNumber && a.fragmentCount === b.fragmentCount && a.fragmentSize === b.fragmentSize
