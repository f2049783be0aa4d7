/**
 * Reads every packet that one end of a session sends and accepts. From the packets alone it derives which data must not
 * be sent again, which data must be sent again, and which packets must not be accepted twice. It has no access to the
 * session.
 */
import { Ranges } from "../../../src/protocol/flock/streams/Ranges.ts"
import { type Frame, readAll } from "../../../src/protocol/flock/wire/Frame.ts"
import { dataHeaderBytes, numberOf } from "../../../src/protocol/flock/wire/Packet.ts"
import { Violation } from "../Ledger.ts"

type StreamFrame = Extract<Frame, { readonly _tag: "Stream" }>

interface Sent {
  readonly at: number
  readonly frames: ReadonlyArray<StreamFrame>
}

/** The observer of one end. */
export class Witness {
  readonly #sent = new Map<number, Sent>()
  readonly #accepted = new Ranges()
  /** The data that the peer has acknowledged, and the part of it that the session must know. */
  readonly #acked: ByStream = new Map()
  readonly #known: ByStream = new Map()
  /** By stream: the largest end offset that was sent. */
  readonly #furthest = new Map<number, number>()
  readonly #epochOf: (packetNumber: number) => number
  #largestSent = -1
  /** The newest epoch of accepted packets, and the time until which packets of the one before are accepted. */
  #epoch = 0
  #oldUntil = Infinity
  #largestAccepted = -1
  /** These frames, or earlier lost ones, must be sent again in this turn. */
  #required: ReadonlyArray<Frame> = []

  /** `epochOf` returns the epoch of a packet number. */
  constructor(epochOf: (packetNumber: number) => number) {
    this.#epochOf = epochOf
  }

  /** Whether the packet at `start` has a number that was accepted before. */
  hasAccepted(bytes: Uint8Array, start: number): boolean {
    return this.#accepted.has(this.#numberOf(bytes, start))
  }

  #numberOf(bytes: Uint8Array, start: number): number {
    return numberOf(bytes, start, this.#largestAccepted + 1)
  }

  /**
   * The session has accepted a packet as authentic and new; it is in clear. Its own packets older than `trustMillis` may be
   * forgotten. Packets of the epoch before are accepted for `oldKeyMillis` after the first one of this epoch.
   */
  onAccepted(
    bytes: Uint8Array,
    start: number,
    framesEnd: number,
    trustMillis: number,
    oldKeyMillis: number,
    now: number
  ): void {
    const number = this.#numberOf(bytes, start)
    if (!this.#accepted.add(number, number + 1)) throw new Violation("each packet is accepted once", `packet ${number}`)
    this.#checkEpoch(this.#epochOf(number), oldKeyMillis, now)
    this.#largestAccepted = Math.max(this.#largestAccepted, number)
    for (const frame of readAll(bytes, start + dataHeaderBytes, framesEnd) ?? []) {
      if (frame._tag !== "Ack") continue
      for (let index = 0; index < frame.ranges.length; index += 2) {
        for (let one = frame.ranges[index] ?? 0; one <= (frame.ranges[index + 1] ?? -1); one++) {
          this.#onAcked(one, now - trustMillis)
        }
      }
    }
  }

  /** After a probe timeout these frames must be sent again, unless they were acknowledged. */
  require(frames: ReadonlyArray<Frame>): void {
    this.#required = frames.filter((frame) =>
      frame._tag === "Stream" && frame.end > frame.start && !holds(this.#acked, frame)
    )
  }

  /** Called at the end of a turn. */
  checkRequired(): void {
    const [missing] = this.#required
    this.#required = []
    if (missing?._tag === "Stream") {
      throw new Violation("a probe carries the oldest data", `stream ${missing.id} from ${missing.offset}`)
    }
  }

  #checkEpoch(epoch: number, oldKeyMillis: number, now: number): void {
    if (epoch > this.#epoch) {
      this.#epoch = epoch
      this.#oldUntil = now + oldKeyMillis
    } else if (epoch < this.#epoch && (epoch < this.#epoch - 1 || now >= this.#oldUntil)) {
      throw new Violation("an old key is not kept", `a packet of epoch ${epoch} is accepted in epoch ${this.#epoch}`)
    }
  }

  /** The end has written a packet, which is in clear; its frames end at `framesEnd`. */
  onSealed(bytes: Uint8Array, framesEnd: number, number: number, now: number): void {
    if (number <= this.#largestSent) throw new Violation("no packet number is used twice", `${number}`)
    this.#largestSent = number
    const frames = (readAll(bytes, dataHeaderBytes, framesEnd) ?? []).filter((frame) => frame._tag === "Stream")
    for (const frame of frames) {
      if (holds(this.#known, frame)) {
        throw new Violation("acknowledged data is not sent again", `stream ${frame.id} from ${frame.offset}`)
      }
      // Earlier lost data is sent first and may fill the packet.
      if (frame.offset < (this.#furthest.get(frame.id) ?? 0)) this.#required = []
      this.#furthest.set(frame.id, Math.max(this.#furthest.get(frame.id) ?? 0, frame.offset + frame.end - frame.start))
    }
    if (frames.length > 0) this.#sent.set(number, { at: now, frames })
  }

  #onAcked(number: number, notBefore: number): void {
    const sent = this.#sent.get(number)
    if (sent === undefined) return
    this.#sent.delete(number)
    for (const { end, id, offset, start } of sent.frames) {
      add(this.#acked, id, offset, offset + end - start)
      if (sent.at >= notBefore) add(this.#known, id, offset, offset + end - start)
    }
  }
}

type ByStream = Map<number, Ranges>

const add = (all: ByStream, id: number, first: number, end: number): void => {
  const ranges = all.get(id) ?? new Ranges()
  all.set(id, ranges)
  ranges.add(first, end)
}

/** Whether the frame has data and all of it is included. */
const holds = (all: ByStream, { end, id, offset, start }: StreamFrame): boolean => {
  const ranges = all.get(id)
  if (ranges === undefined || end === start) return false
  for (let index = 0; index < ranges.count; index++) {
    if (ranges.firstAt(index) <= offset && ranges.endAt(index) >= offset + end - start) return true
  }
  return false
}
