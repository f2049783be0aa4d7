/** A receiver and its application, controlled by the test. */
import { crc32 } from "node:zlib"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { Receiver } from "../../../src/protocol/classic/Receiver.ts"
import type { ReceiverEvent } from "../../../src/protocol/classic/ReceiverEvents.ts"
import * as Timing from "../../../src/transport/Timing.ts"
import { content, text } from "./exchange.ts"

const { dat, inf } = Frame.Kind
export const none = new Uint8Array(0)

export const frame = (
  kind: Frame.Kind,
  sequenceNumber: number,
  fragmentCount: number,
  payload: Uint8Array = none
): Uint8Array => {
  const target = new Uint8Array(Frame.maxReadBytes)
  const header = { sequenceNumber, fragmentCount, fragmentSize: kind === inf ? 17 : payload.length + 13, kind }
  return target.slice(0, Frame.encode(target, header, payload, crc32))
}

export const damaged = (bytes: Uint8Array): Uint8Array => {
  const copy = bytes.slice()
  copy[copy.length - 1] = (copy.at(-1) ?? 0) ^ 1
  return copy
}

export class Bench {
  readonly core = new Receiver({ crc32, timing: Timing.classic }, 0)
  readonly events: Array<ReceiverEvent> = []
  now = 0

  /** Passes a datagram to the receiver; returns the replies, as `ACK 1`. */
  receive(bytes: Uint8Array): ReadonlyArray<string> {
    this.core.handleDatagrams([bytes], this.now)
    return this.replies()
  }

  timeoutAt(now: number): ReadonlyArray<string> {
    this.now = now
    this.core.handleTimeout(now)
    return this.replies()
  }

  call(verb: (core: Receiver) => void): ReadonlyArray<string> {
    verb(this.core)
    return this.replies()
  }

  accept(serial: number): ReadonlyArray<string> {
    return this.call((core) => core.accept(serial, this.now))
  }

  replies(): ReadonlyArray<string> {
    const replies: Array<string> = []
    const target = new Uint8Array(Frame.maxFrameBytes)
    for (;;) {
      const length = this.core.pollTransmit(target, this.now)
      if (length === 0) break
      const reply = Frame.decode(target.slice(0, length))
      replies.push(typeof reply === "string" ? reply : `${Frame.kindNames[reply.kind]} ${reply.sequenceNumber}`)
    }
    this.events.push(...this.core.pollEvents())
    return replies
  }

  get tags(): ReadonlyArray<string> {
    return this.events.map(({ _tag }) => _tag)
  }

  /** Begins a text of `count` one-byte fragments and delivers all but the last. */
  begin(count: number): void {
    this.receive(frame(inf, 0, count, text("T")))
    for (let position = 1; position < count; position++) this.receive(frame(dat, position, count, content(1)))
  }

  finish(count: number, serial = 1): ReadonlyArray<string> {
    this.begin(count)
    this.receive(frame(dat, count, count, content(1)))
    return this.accept(serial)
  }
}
