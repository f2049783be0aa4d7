/**
 * Reads what one end of a session sends and takes, packet by packet, and knows from that alone what may not go again, what has
 * to, and what may not be taken twice. It asks the session nothing.
 */
import { crcBytes } from "../../../src/protocol/flock/handshake/Protection.ts"
import { Ranges } from "../../../src/protocol/flock/streams/Ranges.ts"
import { type Frame, readAll } from "../../../src/protocol/flock/wire/Frame.ts"
import { dataHeaderBytes, endOf, form, formAt, numberOf } from "../../../src/protocol/flock/wire/Packet.ts"
import { Violation } from "../Ledger.ts"

type StreamFrame = Extract<Frame, { readonly type: "Stream" }>

interface Sent {
  readonly at: number
  readonly frames: ReadonlyArray<StreamFrame>
}

export class Witness {
  readonly #sent = new Map<number, Sent>()
  readonly #taken = new Ranges()
  /** What the peer has acknowledged, and so much of it as the session must know. */
  readonly #acked: ByStream = new Map()
  readonly #known: ByStream = new Map()
  /** By stream: the end of the furthest byte that was sent. */
  readonly #furthest = new Map<number, number>()
  #largestSent = -1
  #largestTaken = -1
  /** These, or others that went before, have to go again in this turn. */
  #wanted: ReadonlyArray<Frame> = []

  /** A datagram leaves. */
  onSent(bytes: Uint8Array, now: number): void {
    for (let start = 0; start < bytes.length;) {
      const end = endOf(bytes, start, bytes.length)
      if (end === undefined) throw new Violation("what is sent is well-formed", "a packet has no end")
      if (formAt(bytes, start) === form.data) this.#onPacketSent(bytes, start, end, now)
      start = end
    }
  }

  /** The session took a packet for authentic and new. `trustMillis`: of older packets it may have forgotten what they carried. */
  onTaken(bytes: Uint8Array, start: number, end: number, trustMillis: number, now: number): void {
    const number = numberOf(bytes, start, this.#largestTaken + 1)
    if (!this.#taken.add(number, number + 1)) throw new Violation("each packet is taken once", `packet ${number}`)
    this.#largestTaken = Math.max(this.#largestTaken, number)
    for (const frame of readAll(bytes, start + dataHeaderBytes, end - crcBytes) ?? []) {
      if (frame.type !== "Ack") continue
      for (let index = 0; index < frame.ranges.length; index += 2) {
        for (let one = frame.ranges[index] ?? 0; one <= (frame.ranges[index + 1] ?? -1); one++) {
          this.#onAcked(one, now - trustMillis)
        }
      }
    }
  }

  /** After a probe timeout these have to go again, so far as they have not arrived. */
  want(frames: ReadonlyArray<Frame>): void {
    this.#wanted = frames.filter((frame) =>
      frame.type === "Stream" && frame.end > frame.start && !holds(this.#acked, frame)
    )
  }

  /** The turn is over. */
  checkWanted(): void {
    const [missing] = this.#wanted
    this.#wanted = []
    if (missing?.type === "Stream") {
      throw new Violation("a probe carries the oldest data", `stream ${missing.id} from ${missing.offset}`)
    }
  }

  #onPacketSent(bytes: Uint8Array, start: number, end: number, now: number): void {
    const number = numberOf(bytes, start, this.#largestSent + 1)
    if (number <= this.#largestSent) throw new Violation("no packet number is used twice", `${number}`)
    this.#largestSent = number
    const frames = (readAll(bytes, start + dataHeaderBytes, end - crcBytes) ?? []).filter((frame) =>
      frame.type === "Stream"
    )
    for (const frame of frames) {
      if (holds(this.#known, frame)) {
        throw new Violation("what has arrived does not go again", `stream ${frame.id} from ${frame.offset}`)
      }
      // What was lost before goes first, and may be all that there is room for.
      if (frame.offset < (this.#furthest.get(frame.id) ?? 0)) this.#wanted = []
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

/** Whether all of its bytes are among them, and there are some. */
const holds = (all: ByStream, { end, id, offset, start }: StreamFrame): boolean => {
  const ranges = all.get(id)
  if (ranges === undefined || end === start) return false
  for (let index = 0; index < ranges.count; index++) {
    if (ranges.firstAt(index) <= offset && ranges.endAt(index) >= offset + end - start) return true
  }
  return false
}
