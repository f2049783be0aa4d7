/**
 * The memory of a finished message, which tells a late copy of it from a new one (docs/PROTOCOL.md §7.3). On this wire
 * nothing but time and content distinguishes the two: an announcement equal to the last one, followed within the life of a
 * datagram by nothing but equal fragments, is the network's copy.
 */
import * as Limits from "../Limits.ts"
import * as Frame from "./Frame.ts"

export class Echo {
  readonly #announcement: Frame.Header
  readonly #mark: number
  /** CRCs of the first fragments; each covers its header too. */
  readonly #crcs: Array<number> = []
  #expiresAt = -Infinity

  constructor(announcement: Frame.Frame) {
    // A datagram's bytes are the socket's; only numbers are kept.
    const { fragmentCount, fragmentSize, kind, sequenceNumber } = announcement
    this.#announcement = { sequenceNumber, fragmentCount, fragmentSize, kind }
    this.#mark = announcement.payload[0] ?? 0
  }

  get fragmentCount(): number {
    return this.#announcement.fragmentCount
  }

  get mark(): number {
    return this.#mark
  }

  get nameFragments(): number {
    return this.#announcement.sequenceNumber
  }

  get announcedFragmentSize(): number {
    return this.#announcement.fragmentSize
  }

  /** Remembers the next fragment that was accepted. */
  add(frame: Frame.Frame): void {
    if (this.#crcs.length < Limits.echoFragments) this.#crcs.push(frame.crc)
  }

  /** The message is finished: until `expiresAt` (milliseconds) copies of it may come. */
  finish(expiresAt: number): void {
    this.#expiresAt = expiresAt
  }

  /** Whether an announcement is that of this message. */
  isAnnouncedBy(frame: Frame.Frame): boolean {
    return Frame.sameHeader(frame, this.#announcement) && frame.payload[0] === this.#mark
  }

  /** Whether an announcement at `now` may be the copy of this message's. */
  mayBeCopied(frame: Frame.Frame, now: number): boolean {
    return now < this.#expiresAt && this.isAnnouncedBy(frame)
  }

  /** Whether a fragment equals the one that this message had at its place. Those that are not remembered do not. */
  hasFragment(frame: Frame.Frame): boolean {
    return frame.fragmentCount === this.fragmentCount && this.#crcs[frame.sequenceNumber - 1] === frame.crc
  }
}
