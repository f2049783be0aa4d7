/**
 * The sent packets that are neither acknowledged nor forgotten, by packet number: a ring buffer that grows with the window. Slots
 * are reused, so that a packet allocates no object. LossDetection decides which packets are acknowledged or lost.
 */
import type { PacketState } from "../congestion/Congestion.ts"
import type { Frame } from "../wire/Frame.ts"
import { packetState } from "./DeliveryRate.ts"

/**
 * `Lost` packets were declared lost; an acknowledgement may still arrive. `Settled` packets need no further processing:
 * acknowledged, forgotten, or not ack-eliciting.
 */
export type PacketStatus = "InFlight" | "Lost" | "Settled"

/** The slot of one packet; valid until it is settled. */
export interface SentPacket {
  packetNumber: number
  fate: PacketStatus
  readonly state: PacketState
  /** Its ack-eliciting frames, to be sent again if it is lost. */
  readonly frames: Array<Frame>
  /** Datagram size of a probe of the path MTU, in bytes; 0 for other packets. */
  probedBytes: number
  /** When it was declared lost, in milliseconds. */
  lostAt: number
}

/** Initial slots: an idle session has few packets in flight, and a slot takes about 200 bytes. */
const initialSlots = 8

/** The sent packets of one session, numbered from 0. */
export class SentPackets {
  #slots: Array<SentPacket> = Array.from({ length: initialSlots }, slot)
  /** All older packets are settled. */
  #oldestUnsettled = 0
  #oldestInFlight = 0
  #next = 0
  #lost: Array<SentPacket> = []
  /** Whether one of `#lost` was acknowledged and has to be removed. */
  #hasSettledLost = false

  /** Number of the oldest packet in flight; `next` when there is none. */
  get oldestInFlight(): number {
    return this.#oldestInFlight
  }

  /** Packets that were declared lost and not forgotten, in the order in which they were declared. */
  get lost(): ReadonlyArray<SentPacket> {
    return this.#lost
  }

  /** Number of the next packet. */
  get next(): number {
    return this.#next
  }

  /** Adds a packet with the next number: in flight, without frames. */
  add(): SentPacket {
    if (this.#next - this.#oldestUnsettled >= this.#slots.length) this.#grow()
    const packet = this.#slotOf(this.#next)
    packet.packetNumber = this.#next++
    packet.fate = "InFlight"
    // Mostly one frame; `length = 0` costs as much as a dozen `pop()`s.
    while (packet.frames.length > 0) packet.frames.pop()
    packet.probedBytes = 0
    return packet
  }

  /** Removes the newest packet, which was not written: the next packet gets its number. */
  cancel(packet: SentPacket): void {
    packet.fate = "Settled"
    this.#next = packet.packetNumber
    this.#oldestInFlight = Math.min(this.#oldestInFlight, this.#next)
  }

  /** Leaves the next number out. */
  skip(): void {
    this.settle(this.add())
  }

  /** The packet of that number; undefined when it is settled or was never sent. */
  get(packetNumber: number): SentPacket | undefined {
    if (packetNumber < this.#oldestUnsettled || packetNumber >= this.#next) return undefined
    const packet = this.#slotOf(packetNumber)
    return packet.fate === "Settled" ? undefined : packet
  }

  /** Marks a packet as settled: acknowledged, or not to be waited for. */
  settle(packet: SentPacket): void {
    packet.fate = "Settled"
    this.#advance()
  }

  /** Marks a packet as declared lost at `now`. */
  markLost(packet: SentPacket, now: number): void {
    packet.fate = "Lost"
    packet.lostAt = now
    this.#lost.push(packet)
    this.#advance()
  }

  /** A packet that was declared lost was acknowledged. */
  settleLost(packet: SentPacket): void {
    packet.fate = "Settled"
    this.#hasSettledLost = true
  }

  /** Settles the packets that were declared lost before `before` (milliseconds), and removes those that were acknowledged since. */
  forgetLost(before: number): void {
    const [oldest] = this.#lost
    if (oldest === undefined || (oldest.lostAt >= before && !this.#hasSettledLost)) return
    this.#hasSettledLost = false
    this.#lost = this.#lost.filter((packet) => {
      if (packet.fate === "Lost" && packet.lostAt < before) packet.fate = "Settled"
      return packet.fate === "Lost"
    })
    this.#advance()
  }

  #advance(): void {
    while (this.#oldestUnsettled < this.#next && this.#slotOf(this.#oldestUnsettled).fate === "Settled") {
      this.#oldestUnsettled++
    }
    this.#oldestInFlight = Math.max(this.#oldestInFlight, this.#oldestUnsettled)
    while (this.#oldestInFlight < this.#next && this.#slotOf(this.#oldestInFlight).fate !== "InFlight") {
      this.#oldestInFlight++
    }
  }

  #slotOf(packetNumber: number): SentPacket {
    const found = this.#slots[packetNumber % this.#slots.length]
    if (found === undefined) throw new RangeError(`no slot for packet ${packetNumber}`)
    return found
  }

  #grow(): void {
    const old = this.#slots
    this.#slots = Array.from({ length: 2 * old.length }, () => undefined as never)
    for (let number = this.#oldestUnsettled; number < this.#next; number++) {
      this.#slots[number % this.#slots.length] = old[number % old.length] ?? slot()
    }
    for (let index = 0; index < this.#slots.length; index++) this.#slots[index] ??= slot()
  }
}

const slot = (): SentPacket => ({
  packetNumber: 0,
  fate: "Settled",
  state: packetState(),
  frames: [],
  probedBytes: 0,
  lostAt: 0
})
