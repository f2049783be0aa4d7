/**
 * One attempt of a client to open a session at one address: it sends HELLOs, reads the answers, and decides when the attempt has
 * ended. Synchronous; the endpoint waits.
 */
import { type Address, format } from "../../net/Address.ts"
import type { Bound, SocketError } from "../../net/Socket.ts"
import { copyOf } from "../../net/Socket.ts"
import type { ClientAgreement, ClientHandshake } from "../../protocol/flock/handshake/ClientHandshake.ts"
import type { Shape as EventBus } from "../../telemetry/EventBus.ts"
import type { PacketTrace } from "../../telemetry/PacketTrace.ts"
import { changedKey, unknownKey } from "../KeyErrors.ts"
import type { SessionError } from "../SessionError.ts"
import { HandshakeFailure } from "./HandshakeFailure.ts"

export type AttemptOutcome = ClientAgreement | SessionError

interface Running {
  readonly handshake: ClientHandshake
  readonly bound: Bound
}

export class ClientAttempt {
  readonly #peer: Address
  readonly #bus: EventBus
  readonly #trace: PacketTrace
  readonly #onEnd: (outcome: AttemptOutcome) => void
  readonly #failure: HandshakeFailure
  #running: Running | undefined
  #sentHellos = 0

  /** `onEnd` is called once, or never when the server is silent. */
  constructor(peer: Address, bus: EventBus, trace: PacketTrace, onEnd: (outcome: AttemptOutcome) => void) {
    this.#peer = peer
    this.#bus = bus
    this.#trace = trace
    this.#onEnd = onEnd
    this.#failure = new HandshakeFailure(peer)
  }

  /** The error if the attempt times out now. */
  get atTimeout(): SessionError {
    return this.#failure.atTimeout
  }

  begin(handshake: ClientHandshake, bound: Bound): void {
    this.#running = { handshake, bound }
  }

  /** Sends HELLO if it is due. Returns when the next turn is due. */
  turn(now: number): number {
    if (this.#running === undefined) return Infinity
    const { bound, handshake } = this.#running
    const otherKey = handshake.otherKey(now)
    if (otherKey !== undefined) this.#end(changedKey(format(this.#peer), otherKey))
    const bytes = handshake.pollTransmit(now)
    if (bytes !== undefined) {
      this.#sentHellos++
      this.#trace.unprotected("sent", this.#peer, bytes)
      bound.send(this.#peer, bytes.length, copyOf(bytes))
    }
    return handshake.deadline
  }

  /** Receives a handshake packet. After the end of the attempt it is a repetition, and dropped. */
  handlePacket(bytes: Uint8Array, start: number, end: number, now: number): void {
    const answer = this.#running?.handshake.handlePacket(bytes, start, end, now)
    switch (answer?._tag) {
      case "Agreed":
        return this.#end(answer.agreement)
      case "UnknownKey":
        return this.#end(unknownKey(format(this.#peer), answer.key))
      case "OtherVersion":
        if (!this.#failure.onOffers(answer.offers)) return
        return this.#bus.publish({ _tag: "PeerHint", peer: format(this.#peer), speaks: "classic" })
      case undefined:
        // After a RETRY HELLO is due at once.
        this.turn(now)
    }
  }

  /** The network reported an error for a HELLO. */
  onReport(error: SocketError): void {
    const final = this.#failure.onReport(error, this.#sentHellos)
    if (final !== undefined) this.#end(final)
  }

  #end(outcome: AttemptOutcome): void {
    if (this.#running === undefined) return
    this.#running = undefined
    this.#onEnd(outcome)
  }
}
