/**
 * Writes DATA packets: header, frames, padding, tag (docs/PROTOCOL.md, flock §2). It fills the available space with the frames that
 * ReceivedPackets and Streams provide.
 */
import * as Limits from "../ProtocolLimits.ts"
import type { Protection } from "./handshake/Protection.ts"
import type { LossDetection } from "./recovery/LossDetection.ts"
import type { ReceivedPackets } from "./recovery/ReceivedPackets.ts"
import type { SentPacket } from "./recovery/SentPackets.ts"
import type { Streams } from "./streams/Streams.ts"
import type { Frame } from "./wire/Frame.ts"
import { ackBytes, isAckEliciting, smallFrameBytes, write as writeFrame } from "./wire/Frame.ts"
import { dataHeaderBytes, form, resetBytes, writeHeader, writeNumber } from "./wire/Packet.ts"

/** A packet that was written. */
export interface WrittenPacket {
  /** Offset of its end in the target, in bytes. */
  readonly end: number
  readonly isAckEliciting: boolean
  /** Its entry in SentPackets, with the frames to retransmit when it is lost. */
  readonly packet: SentPacket
}

/** Writes the DATA packets of one session; each has the next packet number of `recovery`. */
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
   * Writes a packet into [start, end) of `target`: a pending ACK and, if `withData`, frames of the streams. While the streams have
   * more to send, or when `isPadded`, the packet is padded to `end`, because the datagrams of a run have one length. Undefined when
   * there is nothing to write: then no packet number is used.
   */
  write(
    target: Uint8Array,
    start: number,
    end: number,
    withData: boolean,
    now: number,
    isPadded = false
  ): WrittenPacket | undefined {
    const framesEnd = end - this.#protection.tagBytes
    this.#begin(start)
    const packet = this.#recovery.sent.add()
    if (this.#received.isAckPending && framesEnd - this.#at >= ackBytes(Limits.ackRanges)) {
      this.#add(target, packet, this.#received.takeAck(now))
    }
    if (withData) this.#addData(target, packet, framesEnd, now)
    if (this.#at === start + dataHeaderBytes) {
      this.#recovery.sent.cancel(packet)
      return undefined
    }
    const isFilled = isPadded || (withData && this.#streams.hasUnsent)
    return this.#seal(target, start, isFilled ? framesEnd : this.#at, packet)
  }

  /** Writes a packet that contains only these frames, padded with PADDING to at least `paddedBytes`. */
  writeFrames(target: Uint8Array, start: number, frames: ReadonlyArray<Frame>, paddedBytes: number): WrittenPacket {
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

  #seal(target: Uint8Array, start: number, wantedEnd: number, packet: SentPacket): WrittenPacket {
    // A peer that has forgotten the session answers with a RESET, which is shorter than its cause.
    const framesEnd = Math.max(wantedEnd, start + resetBytes + 1 - this.#protection.tagBytes)
    target.fill(0, this.#at, framesEnd)
    const end = framesEnd + this.#protection.tagBytes
    writeHeader(target, start, form.data, this.#remoteId, end)
    writeNumber(target, start, packet.packetNumber)
    this.#protection.seal(target, start, start + dataHeaderBytes, framesEnd, packet.packetNumber)
    return { end, isAckEliciting: this.#isAckEliciting, packet }
  }
}
