/**
 * The answers to packets of sessions that this server does not know, such as after a restart: a RESET, from which the client knows that
 * it need not wait (docs/PROTOCOL.md, flock §10.3). It decides when to answer; the endpoint sends.
 */
import type { Path } from "../../net/Socket.ts"
import { reset, resetBytes } from "../../protocol/flock/wire/Packet.ts"
import { HashedBuckets } from "../../protocol/HashedBuckets.ts"
import { isReflectorPort } from "../../protocol/ReflectorPort.ts"
import { sourceOf } from "../../protocol/Source.ts"
import { TokenBucket } from "../../protocol/TokenBucket.ts"
import { resetsPerSecond, sourceResetsPerSecond } from "./FlockLimits.ts"

/**
 * The token for packets to connection id `id` that were sent to the local address of `path`. It must be undefined for the id of a
 * session, and of a handshake in progress: a host that has seen the id could end the session with it.
 */
export type ResetToken = (id: number, path: Path) => Uint8Array | undefined

export interface ResetCounters {
  /** RESETs that were sent, and those that the limits have prevented. */
  resets: number
  withheldResets: number
}

/** Answers packets to one socket. */
export class ResetAnswers {
  readonly counters: ResetCounters = { resets: 0, withheldResets: 0 }
  readonly #token: ResetToken
  readonly #all = new TokenBucket(resetsPerSecond, resetsPerSecond)
  readonly #sources: HashedBuckets

  /** `random` returns unpredictable numbers in [0, 1). */
  constructor(token: ResetToken, random: () => number) {
    this.#token = token
    this.#sources = new HashedBuckets(sourceResetsPerSecond, sourceResetsPerSecond, random)
  }

  /**
   * The RESET that answers a DATA or HELLO3 packet for the unknown connection id `id`, in a datagram of `causeBytes`. Undefined when
   * none is sent: it is shorter than its cause, so that an address gets fewer bytes than came from it, and two programs that answer
   * each other stop. A RESET itself must not be passed.
   */
  answer(id: number, causeBytes: number, from: Path, now: number): Uint8Array | undefined {
    if (causeBytes <= resetBytes || id === 0 || isReflectorPort(from.port)) return undefined
    // The source first: one that floods must not take what others need. The token last: it costs more than the rest.
    if (!this.#sources.take(sourceOf(from), now) || !this.#all.take(now)) {
      this.counters.withheldResets++
      return undefined
    }
    const token = this.#token(id, from)
    if (token === undefined) return undefined
    this.counters.resets++
    return reset(id, token)
  }
}
