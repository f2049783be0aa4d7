/**
 * The error with which a client's handshake fails. VERSION and reports of the network are not authentic: one of them ends
 * nothing, VERSION only explains the timeout, and reports end the handshake when several HELLOs in a row were refused.
 */
import { type Address, format } from "../../net/Address.ts"
import type { SocketError } from "../../net/Socket.ts"
import { type Offer, version } from "../../protocol/flock/handshake/HandshakePacket.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { PathErrors } from "../PathErrors.ts"
import * as SessionEnd from "../SessionEnd.ts"
import { SessionError } from "../SessionError.ts"

export class HandshakeFailure {
  readonly #peer: string
  readonly #pathErrors = new PathErrors()
  #atTimeout: SessionError

  constructor(peer: Address) {
    this.#peer = format(peer)
    this.#atTimeout = SessionEnd.of("Silent", this.#peer)
  }

  /** The error if the handshake times out now. */
  get atTimeout(): SessionError {
    return this.#atTimeout
  }

  /** VERSION arrived. Returns whether it is the first one, and has no offer: the server uses the classic wire. */
  onOffers(offers: ReadonlyArray<Offer>): boolean {
    if (this.#atTimeout.reason === "OtherVersion" || this.#atTimeout.detail !== undefined) return false
    const protections = offers.find((offer) => offer.version === version)?.protections
    this.#atTimeout = protections !== undefined
      ? this.#error(
        "OtherVersion",
        `${this.#peer} offers another protection: ${protections.join(", ")}`,
        "Protection",
        protections
      )
      : offers.length > 0
      ? this.#error("OtherVersion", `${this.#peer} uses another version of the protocol`)
      : this.#error("Silent", `${this.#peer} does not support flock; it uses the classic wire`, "SpeaksClassic")
    return offers.length === 0
  }

  /** The network reported an error after `sentHellos` HELLOs. Returns the error if it is final. */
  onReport(cause: SocketError, sentHellos: number): SessionError | undefined {
    if (!this.#pathErrors.isFinal(sentHellos, Limits.refusals)) return undefined
    return cause.reason === "TooLarge"
      ? SessionEnd.of("PathTooSmall", this.#peer, { cause, datagramBytes: Limits.leastDatagramBytes })
      : new SessionError({ reason: "Unreachable", peer: this.#peer, message: cause.message, cause })
  }

  #error(reason: "Silent" | "OtherVersion", message: string, detail?: string, metadata?: unknown): SessionError {
    return new SessionError({ reason, peer: this.#peer, message, detail, metadata })
  }
}
