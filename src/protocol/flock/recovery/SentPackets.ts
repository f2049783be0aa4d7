/**
 * The packets that were sent and whose fate is open, by number: a ring that grows with the window. Slots are used again, so
 * that a packet costs no new object. What the fate is, Recovery decides.
 */
import type { PacketState } from "../congestion/Congestion.ts"
import type { Frame } from "../wire/Frame.ts"
import { packetState } from "./DeliveryRate.ts"

/**
 * `Lost` is what is taken for lost: an acknowledgement may still come. `Settled` needs no more attention, nor does a packet
 * that asks for no acknowledgement.
 */
export type Fate = "InFlight" | "Lost" | "Settled"

export interface SentPacket {
  packetNumber: number
  fate: Fate
  readonly state: PacketState
  /** What is to be sent again if it is lost. */
  readonly frames: Array<Frame>
  /** The size of the datagram that this packet tries out; 0 for others. */
  probedBytes: number
  /** When it was taken for lost. */
  lostAt: number
}

/** Slots at first: an idle session has few packets under way, and each slot is some 200 bytes. */
const firstSlots = 8

export class SentPackets {
  #slots: Array<SentPacket> = Array.from({ length: firstSlots }, slot)
  /** In flight or lost: all older ones are settled. */
  #first = 0
  #oldestInFlight = 0
  #next = 0
  #lost: Array<SentPacket> = []
  /** Whether one of them has arrived after all. */
  #isLostStale = false

  /** The oldest number that is in flight, or `next`. */
  get oldestInFlight(): number {
    return this.#oldestInFlight
  }

  /** Those that are taken for lost and not yet forgotten, in the order in which that was decided. */
  get lost(): ReadonlyArray<SentPacket> {
    return this.#lost
  }

  /** The number of the next packet. */
  get next(): number {
    return this.#next
  }

  /** A packet with the next number, in flight, its frames empty. */
  add(): SentPacket {
    if (this.#next - this.#first >= this.#slots.length) this.#grow()
    const packet = this.#slotOf(this.#next)
    packet.packetNumber = this.#next++
    packet.fate = "InFlight"
    // Mostly one, and `length = 0` costs as much as a dozen.
    while (packet.frames.length > 0) packet.frames.pop()
    packet.probedBytes = 0
    return packet
  }

  /** The newest packet was not written after all, and its number is free. */
  takeBack(packet: SentPacket): void {
    packet.fate = "Settled"
    this.#next = packet.packetNumber
    this.#oldestInFlight = Math.min(this.#oldestInFlight, this.#next)
  }

  /** Leaves a number out. */
  skip(): void {
    this.settle(this.add())
  }

  /** The packet of that number, if its fate is open. */
  get(packetNumber: number): SentPacket | undefined {
    if (packetNumber < this.#first || packetNumber >= this.#next) return undefined
    const packet = this.#slotOf(packetNumber)
    return packet.fate === "Settled" ? undefined : packet
  }

  /** Needs no more attention. */
  settle(packet: SentPacket): void {
    packet.fate = "Settled"
    this.#advance()
  }

  markLost(packet: SentPacket, now: number): void {
    packet.fate = "Lost"
    packet.lostAt = now
    this.#lost.push(packet)
    this.#advance()
  }

  /** A packet that was taken for lost has arrived after all. */
  settleLost(packet: SentPacket): void {
    packet.fate = "Settled"
    this.#isLostStale = true
  }

  /** Lost packets are settled that were lost before `before`, or have arrived after all. */
  forgetLost(before: number): void {
    const [oldest] = this.#lost
    if (oldest === undefined || (oldest.lostAt >= before && !this.#isLostStale)) return
    this.#isLostStale = false
    this.#lost = this.#lost.filter((packet) => {
      if (packet.fate === "Lost" && packet.lostAt < before) packet.fate = "Settled"
      return packet.fate === "Lost"
    })
    this.#advance()
  }

  #advance(): void {
    while (this.#first < this.#next && this.#slotOf(this.#first).fate === "Settled") this.#first++
    this.#oldestInFlight = Math.max(this.#oldestInFlight, this.#first)
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
    for (let number = this.#first; number < this.#next; number++) {
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
