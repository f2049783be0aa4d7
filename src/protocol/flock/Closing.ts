/**
 * The end of a session (docs/PROTOCOL.md, flock §10; RFC 9000 §10.2): its reason, how many CLOSEs are still to be sent, and the
 * closing period, in which packets of the peer are answered with CLOSE. It neither writes nor reads packets.
 */
import * as Limits from "../ProtocolLimits.ts"
import type { CloseReason } from "./CloseCode.ts"

/** The state machine Open → Closing → Closed of one session. */
export class Closing {
  #state: "Open" | "Closing" | "Closed" = "Open"
  #reason: CloseReason | undefined
  #isReasonEmitted = false
  #pendingCloses = 0
  #sentCloses = 0
  /** Packets that arrived during the closing period. */
  #latePackets = 0
  #closedAt = Infinity
  /** The host shuts down: packets that arrive later will not be answered. */
  #isHostLeaving = false

  get isOpen(): boolean {
    return this.#state === "Open"
  }

  get isClosed(): boolean {
    return this.#state === "Closed"
  }

  /** Whether a CLOSE has to be sent. */
  get isCloseDue(): boolean {
    return this.#pendingCloses > 0
  }

  /** When the closing period ends, in milliseconds; Infinity outside of it. */
  get deadline(): number {
    return this.#state === "Closing" ? this.#closedAt : Infinity
  }

  /** Why the session ends; undefined while it is open. The first reason is kept. */
  get reason(): CloseReason | undefined {
    return this.#reason
  }

  /** This side closes: sends CLOSE, and until `closedAt` (milliseconds) answers each packet with CLOSE again. */
  close(code: number, text: string, closedAt: number): void {
    this.#begin({ by: "us", code, text })
    this.#closedAt = closedAt
  }

  /** A CLOSE arrived: it is answered with one CLOSE. */
  onClose(code: number, text: string): void {
    this.#begin({ by: "peer", code, text })
  }

  /** The idle timeout expired: closed without sending anything (RFC 9000 §10.1). */
  onIdleTimeout(): void {
    this.#reason ??= { by: "Idle", code: 0, text: "" }
    this.#state = "Closed"
  }

  /** The peer has forgotten the session: closed without sending anything. */
  onReset(): void {
    this.#reason ??= { by: "Reset", code: 0, text: "" }
    this.#state = "Closed"
    this.#pendingCloses = 0
  }

  /**
   * The host shuts down, and everything that was sent is acknowledged. Only CLOSE can then be lost: it is sent `Limits.farewells`
   * times in place of a closing period (RFC 9000 §10.2.1).
   */
  onHostLeaving(): void {
    if (this.#state !== "Closing") return
    this.#isHostLeaving = true
    this.#pendingCloses = Math.max(1, Limits.farewells - this.#sentCloses)
  }

  /**
   * A packet arrived during the closing period. CLOSE ends the period. Of other packets the first, second, fourth and so on are
   * answered with CLOSE, so that a peer that does not stop gets few (RFC 9000 §10.2.1).
   */
  onPacketWhileClosing(isClose: boolean): void {
    if (isClose) this.#state = "Closed"
    else if (isPowerOfTwo(++this.#latePackets)) this.#pendingCloses = Math.max(this.#pendingCloses, 1)
  }

  /** A CLOSE was written. */
  onCloseSent(): void {
    this.#sentCloses++
    this.#pendingCloses--
    if (this.#pendingCloses === 0 && (this.#isHostLeaving || this.#reason?.by === "peer")) this.#state = "Closed"
  }

  /** Ends the closing period when it is over at `now`. */
  onTimeout(now: number): void {
    if (now < this.deadline) return
    this.#state = "Closed"
    this.#pendingCloses = 0
  }

  /** The reason, returned once; undefined before and after. */
  takeReason(): CloseReason | undefined {
    if (this.#isReasonEmitted) return undefined
    this.#isReasonEmitted = this.#reason !== undefined
    return this.#reason
  }

  #begin(reason: CloseReason): void {
    this.#reason ??= reason
    this.#state = "Closing"
    this.#pendingCloses = 1
  }
}

const isPowerOfTwo = (count: number): boolean => (count & (count - 1)) === 0
