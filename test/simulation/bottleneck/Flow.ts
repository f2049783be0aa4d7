/**
 * A sender with unlimited data: window, pacing, and the loss detection of RFC 9002 (packet and time threshold, probe
 * timeout, persistent congestion), with a congestion controller.
 */
import type { Congestion, PacketState } from "../../../src/protocol/flock/congestion/Congestion.ts"
import { Pacer } from "../../../src/protocol/flock/congestion/Pacer.ts"
import { DeliveryRate, packetState } from "../../../src/protocol/flock/recovery/DeliveryRate.ts"
import { RoundTrip } from "../../../src/protocol/flock/recovery/RoundTrip.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import type { Link } from "./Link.ts"
import { type AckOptions, Receiver } from "./Receiver.ts"

/** Options of a flow. */
export interface FlowOptions {
  readonly controller: (now: number) => Congestion
  readonly startMillis?: number
  readonly packetBytes: number
  readonly acks: AckOptions
  /** The resolution of the pacing timer: it fires at multiples of this time. */
  readonly timerMillis?: number
  /** Only the window limits the rate, as in TCP with CUBIC. */
  readonly isUnpaced?: boolean
  /** Called when a packet enters the link, with the queue length before it. */
  readonly onSent?: (backlogBytes: number) => void
}

const packetThreshold = 3
const persistentTimeouts = 3

/** A flow over a link. */
export class Flow {
  readonly startMillis: number
  readonly controller: Congestion
  deliveredBytes = 0
  sentPackets = 0
  lostPackets = 0
  spuriousPackets = 0
  probeTimeouts = 0
  readonly #options: FlowOptions
  readonly #link: Link
  readonly #receiver: Receiver
  readonly #rate = new DeliveryRate()
  readonly #roundTrip = new RoundTrip()
  readonly #pacer: Pacer
  /** By packet number; undefined if acknowledged or lost. */
  readonly #sent: Array<PacketState | undefined> = []
  readonly #free: Array<PacketState> = []
  #oldest = 0
  #largestAcked = -1
  #processedCount = 0
  #lossAt = Infinity
  #lastSentAt: number
  #timeouts = 0
  #sendAt: number

  constructor(options: FlowOptions, link: Link) {
    this.#options = options
    this.#link = link
    this.startMillis = options.startMillis ?? 0
    this.controller = options.controller(this.startMillis)
    this.#receiver = new Receiver(link, options.acks)
    this.#pacer = new Pacer(this.controller.sendQuantumBytes, this.startMillis)
    this.#sendAt = this.startMillis
    this.#lastSentAt = this.startMillis
  }

  get roundTripMillis(): number {
    return this.#roundTrip.smoothedMillis
  }

  get bytesInFlight(): number {
    return this.#rate.bytesInFlight
  }

  get nextAt(): number {
    return Math.min(this.#receiver.nextAt, this.#sendAt, this.#lossAt, this.#timeoutAt)
  }

  /** Processes the next event. */
  step(now: number): void {
    if (this.#receiver.nextAt <= now) {
      const count = this.#receiver.take()
      if (count !== undefined) this.#handleAck(count, now)
    } else if (this.#lossAt <= now) {
      this.#detectLosses(now)
    } else if (this.#timeoutAt <= now) {
      this.#timeouts++
      this.probeTimeouts++
      this.#sendPacket(now)
    }
    this.#transmit(now)
  }

  get #timeoutAt(): number {
    if (this.#rate.bytesInFlight === 0) return Infinity
    const { delayMillis } = this.#options.acks
    return this.#lastSentAt + this.#roundTrip.probeTimeoutMillis(delayMillis, this.#timeouts)
  }

  #handleAck(count: number, now: number): void {
    const { arrived } = this.#receiver
    let newest = -1
    let newestSentAt = 0
    for (; this.#processedCount < count; this.#processedCount++) {
      const number = arrived[this.#processedCount] ?? 0
      const packet = this.#sent[number]
      if (packet === undefined) {
        this.spuriousPackets++
        continue
      }
      this.#sent[number] = undefined
      this.#rate.onPacketAcked(packet, now)
      this.deliveredBytes += packet.bytes
      this.#free.push(packet)
      newest = number
      newestSentAt = packet.sentAt
    }
    if (newest > this.#largestAcked) {
      this.#largestAcked = newest
      this.#roundTrip.sample(now - newestSentAt, 0)
    }
    this.#detectLosses(now)
    const sample = this.#rate.takeSample(this.#roundTrip.minMillis)
    if (sample === undefined) return
    this.#timeouts = 0
    this.controller.onAck(sample, now)
    this.#rate.endTurn()
  }

  /** RFC 9002 §6.1. Send times increase with packet numbers, so the first packet that is not lost ends the search. */
  #detectLosses(now: number): void {
    this.#lossAt = Infinity
    const delay = this.#roundTrip.lossDelayMillis
    let firstLostAt = Infinity
    let lastLostAt = -Infinity
    let lastLost = -1
    let longest = 0
    for (let number = this.#oldest; number <= this.#largestAcked; number++) {
      const packet = this.#sent[number]
      if (packet !== undefined) {
        if (number > this.#largestAcked - packetThreshold && packet.sentAt + delay > now) {
          this.#lossAt = packet.sentAt + delay
          break
        }
        this.#sent[number] = undefined
        this.lostPackets++
        this.#rate.onPacketLost(packet)
        this.controller.onLoss(packet, this.#rate, now)
        if (number !== lastLost + 1) firstLostAt = packet.sentAt
        lastLost = number
        lastLostAt = packet.sentAt
        longest = Math.max(longest, lastLostAt - firstLostAt)
        this.#free.push(packet)
      }
      this.#oldest = number + 1
    }
    const { delayMillis } = this.#options.acks
    if (longest > persistentTimeouts * this.#roundTrip.probeTimeoutMillis(delayMillis, 0)) {
      this.controller.onPersistentCongestion(this.#rate, now)
    }
  }

  #transmit(now: number): void {
    this.#sendAt = Infinity
    const { controller } = this
    const { isUnpaced = false, packetBytes, timerMillis = 1 } = this.#options
    const rate = isUnpaced ? Infinity : controller.pacingRateBytesPerMilli
    const quantum = controller.sendQuantumBytes
    while (this.#rate.bytesInFlight + packetBytes <= controller.congestionWindowBytes) {
      if (this.#pacer.allowance(rate, quantum, Limits.pacingStepMillis, now) < packetBytes) {
        const due = Math.max(now, this.#pacer.dueAt(rate, quantum))
        this.#sendAt = (Math.floor(due / timerMillis) + 1) * timerMillis
        return
      }
      this.#sendPacket(now)
    }
  }

  #sendPacket(now: number): void {
    const { onSent, packetBytes } = this.#options
    const packet = this.#free.pop() ?? packetState()
    const number = this.#sent.length
    this.#sent.push(packet)
    this.#rate.onPacketSent(packet, packetBytes, now)
    this.#pacer.onSent(packetBytes)
    this.#lastSentAt = now
    this.sentPackets++
    onSent?.(this.#link.backlogBytes(now))
    const leavesAt = this.#link.enter(packetBytes, now)
    if (leavesAt !== undefined) this.#receiver.receive(number, leavesAt)
    this.controller.onPacketSent(packet, this.#rate, now)
  }
}
