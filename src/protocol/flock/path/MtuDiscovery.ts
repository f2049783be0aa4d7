/**
 * Packetization layer path MTU discovery (RFC 8899; docs/PROTOCOL.md, flock §9.1): one probe at a time, the largest sizes first, then
 * a binary search. Sizes are bytes of UDP payload. The sender reports the outcome of each datagram.
 */
import * as Limits from "../../ProtocolLimits.ts"

/** Sizes probed after the largest and before the binary search: Ethernet jumbo and standard frames over IPv4 and IPv6, tunnels. */
const commonBytes: ReadonlyArray<number> = [8972, 8952, 1472, 1452, 1392]

/** The search for one path. It starts with `Limits.leastDatagramBytes`, which the handshake has proved. */
export class MtuDiscovery {
  #datagramBytes: number = Limits.leastDatagramBytes
  readonly #maxBytes: number
  /** The smallest size that is known to be too large. */
  #tooLargeBytes: number
  #probeLosses = 0
  #probedBytes: number | undefined
  /** Large datagrams lost since one was acknowledged, and when the first of them was sent (milliseconds). */
  #consecutiveLosses = 0
  #firstLossSentAt = 0
  /** Probe timeouts since a large one was acknowledged: small datagrams may arrive meanwhile. */
  #timeouts = 0
  /** Refused datagrams of at most `Limits.leastDatagramBytes` since one as large as the smallest of them was acknowledged. */
  #leastRefusals = 0
  #smallestRefusedBytes = Infinity
  #firstRefusedAt = 0

  /** `maxBytes` is the largest datagram that both the network interface and the peer accept. */
  constructor(maxBytes: number) {
    this.#maxBytes = Math.max(maxBytes, Limits.leastDatagramBytes)
    this.#tooLargeBytes = this.#maxBytes + 1
  }

  /** Largest datagram that may be sent now. */
  get datagramBytes(): number {
    return this.#datagramBytes
  }

  /** The size to probe now; undefined while a probe is in flight, and when the search is complete. */
  get probeBytes(): number | undefined {
    const largest = this.#tooLargeBytes - 1
    if (this.#probedBytes !== undefined || largest - this.#datagramBytes < this.#stepBytes(largest)) return undefined
    if (largest === this.#maxBytes) return largest
    const common = commonBytes.find((bytes) => bytes <= largest && bytes > this.#datagramBytes)
    return common ?? Math.ceil((this.#datagramBytes + largest) / 2)
  }

  /** A probe of that size was written. */
  onProbeSent(bytes: number): void {
    this.#probedBytes = bytes
  }

  /** A probe of that size was acknowledged. True when {@link datagramBytes} increased. */
  onProbeAcked(bytes: number): boolean {
    if (this.#probedBytes === bytes) this.#probedBytes = undefined
    this.#probeLosses = 0
    this.#timeouts = 0
    if (bytes <= this.#datagramBytes || bytes >= this.#tooLargeBytes) return false
    this.#datagramBytes = bytes
    return true
  }

  /** A probe of that size was lost, perhaps for another reason: the size counts as too large after `Limits.mtuProbes` losses in a row. */
  onProbeLost(bytes: number): void {
    if (this.#probedBytes === bytes) this.#probedBytes = undefined
    if (++this.#probeLosses >= Limits.mtuProbes) this.#markTooLarge(bytes)
  }

  /** The system refused to send a datagram of that size (EMSGSIZE). True when {@link datagramBytes} decreased. */
  onTooLarge(bytes: number): boolean {
    if (this.#probedBytes === bytes) this.#probedBytes = undefined
    if (bytes > Limits.leastDatagramBytes) this.#markTooLarge(bytes)
    if (bytes > this.#datagramBytes || this.#datagramBytes === Limits.leastDatagramBytes) return false
    this.#datagramBytes = Limits.leastDatagramBytes
    return true
  }

  /**
   * The system refused a datagram of that size at `now`. True when the path no longer carries datagrams that every path of flock must
   * carry. Few refusals do not show it: a forged ICMP message causes one, and an interface may change for a moment.
   */
  isPathTooSmall(bytes: number, now: number): boolean {
    if (bytes > Limits.leastDatagramBytes) return false
    if (this.#leastRefusals++ === 0) this.#firstRefusedAt = now
    this.#smallestRefusedBytes = Math.min(this.#smallestRefusedBytes, bytes)
    return this.#leastRefusals >= Limits.refusals && now - this.#firstRefusedAt >= Limits.smallPathMillis
  }

  /**
   * A datagram that was no probe, sent at `sentAt`, was acknowledged or lost. True when the path seems to drop large datagrams (a
   * black hole, RFC 8899 §4.3) and {@link datagramBytes} decreased. Losses within one round trip do not suffice: a full queue causes
   * them too.
   */
  onDatagramOutcome(bytes: number, isAcked: boolean, sentAt: number, roundTripMillis: number): boolean {
    if (isAcked && bytes >= this.#smallestRefusedBytes) {
      this.#leastRefusals = 0
      this.#smallestRefusedBytes = Infinity
    }
    if (bytes <= Limits.leastDatagramBytes) return false
    if (isAcked) {
      this.#timeouts = 0
      this.#consecutiveLosses = 0
      return false
    }
    if (this.#consecutiveLosses++ === 0) this.#firstLossSentAt = sentAt
    return this.#consecutiveLosses >= Limits.mtuLosses && sentAt - this.#firstLossSentAt > roundTripMillis &&
      this.fallBack()
  }

  /** A probe timeout expired. True when the size of datagrams may be the cause and {@link datagramBytes} decreased. */
  onTimeout(): boolean {
    return ++this.#timeouts >= Limits.mtuTimeouts && this.fallBack()
  }

  /** Falls back to the minimum, and restarts the search. True when {@link datagramBytes} decreased. */
  fallBack(): boolean {
    this.#consecutiveLosses = 0
    this.#probeLosses = 0
    this.#timeouts = 0
    if (this.#datagramBytes === Limits.leastDatagramBytes) return false
    this.#datagramBytes = Limits.leastDatagramBytes
    this.#tooLargeBytes = this.#maxBytes + 1
    return true
  }

  /** The session has moved to another path: the search begins again, and a probe in flight says nothing. */
  restart(): void {
    this.fallBack()
    this.#tooLargeBytes = this.#maxBytes + 1
    this.#probedBytes = undefined
    this.#leastRefusals = 0
    this.#smallestRefusedBytes = Infinity
  }

  #markTooLarge(bytes: number): void {
    this.#probeLosses = 0
    this.#tooLargeBytes = Math.min(this.#tooLargeBytes, bytes)
  }

  /** Precision of the search, in bytes. */
  #stepBytes(largest: number): number {
    // The largest size of all is probed even when it is only a little larger.
    return largest === this.#maxBytes ? 1 : Limits.mtuStepBytes
  }
}
