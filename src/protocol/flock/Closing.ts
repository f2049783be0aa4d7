/**
 * How a session ends (docs/PROTOCOL.md, flock §10): who said so, how often CLOSE has still to go, and until when latecomers are
 * answered. It writes no packet and reads none.
 */
import * as Limits from "../ProtocolLimits.ts"
import type { CloseReason } from "./CloseCode.ts"

export class Closing {
  #state: "Open" | "Closing" | "Closed" = "Open"
  #reason: CloseReason | undefined
  #isReasonTold = false
  #closesDue = 0
  #closesSent = 0
  #closedAt = Infinity
  /** Nobody will be here to answer latecomers. */
  #isLeft = false

  get isOpen(): boolean {
    return this.#state === "Open"
  }

  get isClosed(): boolean {
    return this.#state === "Closed"
  }

  /** Whether CLOSE has to go. */
  get isCloseDue(): boolean {
    return this.#closesDue > 0
  }

  /** When it is over whatever comes, in milliseconds; Infinity before the end has begun, and after it. */
  get deadline(): number {
    return this.#state === "Closing" ? this.#closedAt : Infinity
  }

  get reason(): CloseReason | undefined {
    return this.#reason
  }

  /** We end it. The peer is told, and until `closedAt` whatever comes is answered with CLOSE again. */
  close(code: number, text: string, closedAt: number): void {
    this.#begin({ by: "us", code, text })
    this.#closedAt = closedAt
  }

  /** The peer ended it: it hears one CLOSE. */
  onClose(code: number, text: string): void {
    this.#begin({ by: "peer", code, text })
  }

  /** The peer has fallen silent: there is nobody to tell. */
  onIdle(): void {
    this.#reason ??= { by: "Idle", code: 0, text: "" }
    this.#state = "Closed"
  }

  /** The host goes away, and all that was sent has arrived. Then CLOSE alone can be lost, and goes a few times (RFC 9000 §10.2.1). */
  leave(): void {
    if (this.#state !== "Closing") return
    this.#isLeft = true
    this.#closesDue = Math.max(1, Limits.farewells - this.#closesSent)
  }

  /** A packet came while closing: the peer does not know yet, or its own CLOSE says that it does. */
  onLatecomer(isClose: boolean): void {
    if (isClose) this.#state = "Closed"
    else this.#closesDue = Math.max(this.#closesDue, 1)
  }

  onCloseSent(): void {
    this.#closesSent++
    this.#closesDue--
    if (this.#closesDue === 0 && (this.#isLeft || this.#reason?.by === "peer")) this.#state = "Closed"
  }

  onTimeout(now: number): void {
    if (now >= this.deadline) this.#state = "Closed"
  }

  /** Why it ends, once. */
  takeReason(): CloseReason | undefined {
    if (this.#isReasonTold) return undefined
    this.#isReasonTold = this.#reason !== undefined
    return this.#reason
  }

  #begin(reason: CloseReason): void {
    this.#reason ??= reason
    this.#state = "Closing"
    this.#closesDue = 1
  }
}
