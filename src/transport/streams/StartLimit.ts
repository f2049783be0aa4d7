/**
 * Limits how often the handlers of messages begin of which little has arrived: a peer may announce as many as it likes. A session has a
 * limit of its own, and its part of the limit of its listener. Times are milliseconds.
 */
import { TokenBucket } from "../../protocol/TokenBucket.ts"
import { serverStarts, serverStartsPerSecond, sessionStarts, sessionStartsPerSecond } from "./StreamLimits.ts"

/** The limit that all sessions of a listener share. */
export const ofServer = (): TokenBucket => new TokenBucket(serverStarts, serverStartsPerSecond)

/** The limit of one session. */
export class StartLimit {
  readonly #own = new TokenBucket(sessionStarts, sessionStartsPerSecond)
  readonly #shared: TokenBucket | undefined

  /** `shared` is that of the session's listener; a client has none. */
  constructor(shared: TokenBucket | undefined) {
    this.#shared = shared
  }

  /** Takes the token of one handler, where there is one. */
  take(now: number): boolean {
    if (!this.#own.isReady(now)) return false
    if (this.#shared?.take(now) === false) return false
    return this.#own.take(now)
  }

  /** When the next handler may begin. */
  readyAt(now: number): number {
    return Math.max(this.#own.readyAt(now), this.#shared?.readyAt(now) ?? now)
  }
}
