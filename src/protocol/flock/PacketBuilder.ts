/**
 * Writes DATA packets: header, frames, padding, tag. It knows the layout and the room; which frames go is asked of those who
 * have them.
 */
import * as Limits from "../ProtocolLimits.ts"
import type { Protection } from "./handshake/Protection.ts"
import type { LossDetection } from "./recovery/LossDetection.ts"
import type { ReceivedPackets } from "./recovery/ReceivedPackets.ts"
import type { SentPacket } from "./recovery/SentPackets.ts"
import type { Streams } from "./streams/Streams.ts"
import type { Frame } from "./wire/Frame.ts"
import { ackBytes, isAckEliciting, smallFrameBytes, write as writeFrame } from "./wire/Frame.ts"
import { dataHeaderBytes, form, writeHeader, writeNumber } from "./wire/Packet.ts"

/** A packet that has been written. */
export interface Written {
  /** Where it ends. */
  readonly end: number
  readonly isAckEliciting: boolean
  readonly packet: SentPacket
}

export class PacketBuilder {
  readonly #remoteId: number
  readonly #protection: Protection
  readonly #recovery: LossDetection
  readonly #received: ReceivedPackets
  readonly #streams: Streams
  #at = 0
  #isAckEliciting = false

  constructor(
    remoteId: number,
    protection: Protection,
    recovery: LossDetection,
    received: ReceivedPackets,
    streams: Streams
  ) {
    this.#remoteId = remoteId
    this.#protection = protection
    this.#recovery = recovery
    this.#received = received
    this.#streams = streams
  }

  /**
   * Writes what waits, as much as fits from `start` up to `end`: what there is to acknowledge, and, if `withData`, what the
   * streams have. While they have more it fills the packet to the last byte, for the packets of a run are of one length.
   * Undefined when there is nothing to write.
   */
  write(target: Uint8Array, start: number, end: number, withData: boolean, now: number): Written | undefined {
    const framesEnd = end - this.#protection.tagBytes
    this.#begin(start)
    const packet = this.#recovery.sent.add()
    if (this.#received.hasNews && framesEnd - this.#at >= ackBytes(Limits.ackRanges)) {
      this.#add(target, packet, this.#received.takeAck(now))
    }
    if (withData) this.#addData(target, packet, framesEnd, now)
    if (this.#at === start + dataHeaderBytes) {
      this.#recovery.sent.takeBack(packet)
      return undefined
    }
    return this.#seal(target, start, withData && this.#streams.hasUnsent ? framesEnd : this.#at, packet)
  }

  /** Writes a packet of these frames alone, filled up with PADDING to `paddedBytes`. */
  writeFrames(target: Uint8Array, start: number, frames: ReadonlyArray<Frame>, paddedBytes: number): Written {
    this.#begin(start)
    const packet = this.#recovery.sent.add()
    for (const frame of frames) this.#add(target, packet, frame)
    return this.#seal(target, start, Math.max(this.#at, start + paddedBytes - this.#protection.tagBytes), packet)
  }

  #begin(start: number): void {
    this.#at = start + dataHeaderBytes
    this.#isAckEliciting = false
  }

  #addData(target: Uint8Array, packet: SentPacket, framesEnd: number, now: number): void {
    while (framesEnd - this.#at >= smallFrameBytes) {
      const frame = this.#streams.nextControl(this.#recovery.roundTrip.smoothedMillis, now)
      if (frame === undefined) break
      this.#add(target, packet, frame)
    }
    for (;;) {
      const frame = this.#streams.nextFrame(framesEnd - this.#at)
      if (frame === undefined) break
      this.#add(target, packet, frame)
    }
  }

  #add(target: Uint8Array, packet: SentPacket, frame: Frame): void {
    this.#at = writeFrame(target, this.#at, frame)
    if (!isAckEliciting(frame)) return
    this.#isAckEliciting = true
    packet.frames.push(frame)
  }

  #seal(target: Uint8Array, start: number, framesEnd: number, packet: SentPacket): Written {
    target.fill(0, this.#at, framesEnd)
    const end = framesEnd + this.#protection.tagBytes
    writeHeader(target, start, form.data, this.#remoteId, end)
    writeNumber(target, start, packet.packetNumber)
    this.#protection.seal(target, start, start + dataHeaderBytes, framesEnd, packet.packetNumber)
    return { end, isAckEliciting: this.#isAckEliciting, packet }
  }
}
