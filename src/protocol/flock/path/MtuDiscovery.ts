/**
 * The largest datagram that the path takes, found by trying (RFC 8899): a probe at a time, far up first, then by halves. Sizes are
 * bytes of UDP payload. It knows no packet; who sends tells it what became of datagrams.
 */
import * as Limits from "../../ProtocolLimits.ts"

/** What is tried after the largest, before the halves: Ethernet's jumbo frames and plain ones, over IPv4 and IPv6, and tunnels. */
const commonBytes: ReadonlyArray<number> = [8972, 8952, 1472, 1452, 1392]

export class MtuDiscovery {
  #datagramBytes: number = Limits.leastDatagramBytes
  readonly #maxBytes: number
  /** The least size that is known to be too large. */
  #tooLargeBytes: number
  #losses = 0
  #probedBytes: number | undefined
  /** Large datagrams that were lost since one got through, and when the first of them was sent. */
  #lostInARow = 0
  #lostSince = 0
  /** Probe timeouts since one got through: small datagrams may pass all the while. */
  #timeouts = 0

  /** `maxBytes`: no datagram may be larger, be it for the interface or the peer. */
  constructor(maxBytes: number) {
    this.#maxBytes = Math.max(maxBytes, Limits.leastDatagramBytes)
    this.#tooLargeBytes = this.#maxBytes + 1
  }

  /** What every datagram may have. */
  get datagramBytes(): number {
    return this.#datagramBytes
  }

  /** The size to try now; undefined while a probe is under way, and when there is nothing left to find. */
  get probeBytes(): number | undefined {
    const largest = this.#tooLargeBytes - 1
    if (this.#probedBytes !== undefined || largest - this.#datagramBytes < this.#stepBytes(largest)) return undefined
    if (largest === this.#maxBytes) return largest
    const common = commonBytes.find((bytes) => bytes <= largest && bytes > this.#datagramBytes)
    return common ?? Math.ceil((this.#datagramBytes + largest) / 2)
  }

  onProbeSent(bytes: number): void {
    this.#probedBytes = bytes
  }

  /** True when datagrams may be larger now. */
  onProbeAcked(bytes: number): boolean {
    if (this.#probedBytes === bytes) this.#probedBytes = undefined
    this.#losses = 0
    this.#timeouts = 0
    if (bytes <= this.#datagramBytes || bytes >= this.#tooLargeBytes) return false
    this.#datagramBytes = bytes
    return true
  }

  /** A probe may have been lost for another reason: a few in a row settle it. */
  onProbeLost(bytes: number): void {
    if (this.#probedBytes === bytes) this.#probedBytes = undefined
    if (++this.#losses >= Limits.mtuProbes) this.#refuse(bytes)
  }

  /** The system says that a datagram of that size does not go. True when datagrams must be smaller now. */
  onTooLarge(bytes: number): boolean {
    if (this.#probedBytes === bytes) this.#probedBytes = undefined
    if (bytes > Limits.leastDatagramBytes) this.#refuse(bytes)
    if (bytes > this.#datagramBytes || this.#datagramBytes === Limits.leastDatagramBytes) return false
    this.#datagramBytes = Limits.leastDatagramBytes
    return true
  }

  /**
   * A datagram that was no probe, sent at `sentAt`, got through or was lost. True when the path seems to swallow large ones: they
   * are smaller now. What is lost within a round trip may be lost to a full queue.
   */
  onDatagram(bytes: number, arrived: boolean, sentAt: number, roundTripMillis: number): boolean {
    if (bytes <= Limits.leastDatagramBytes) return false
    if (arrived) {
      this.#timeouts = 0
      this.#lostInARow = 0
      return false
    }
    if (this.#lostInARow++ === 0) this.#lostSince = sentAt
    return this.#lostInARow >= Limits.mtuLosses && sentAt - this.#lostSince > roundTripMillis && this.fallBack()
  }

  /** Nothing was heard for a probe timeout. True when that may be for the size of datagrams: they are smaller now. */
  onTimeout(): boolean {
    return ++this.#timeouts >= Limits.mtuTimeouts && this.fallBack()
  }

  /** Nothing gets through: perhaps for its size. The search begins anew. True when datagrams are smaller now. */
  fallBack(): boolean {
    this.#lostInARow = 0
    this.#losses = 0
    this.#timeouts = 0
    if (this.#datagramBytes === Limits.leastDatagramBytes) return false
    this.#datagramBytes = Limits.leastDatagramBytes
    this.#tooLargeBytes = this.#maxBytes + 1
    return true
  }

  #refuse(bytes: number): void {
    this.#losses = 0
    this.#tooLargeBytes = Math.min(this.#tooLargeBytes, bytes)
  }

  /** How exactly the size is found. */
  #stepBytes(largest: number): number {
    // The largest of all is worth a probe even where it is only a little more.
    return largest === this.#maxBytes ? 1 : Limits.mtuStepBytes
  }
}
