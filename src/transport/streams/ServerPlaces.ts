/**
 * The places of a server's sessions, which their sources share, the budget of all sessions, and their limit of handlers. A place is taken for a
 * session, and given back when the session is forgotten.
 */
import type { Address } from "../../net/Address.ts"
import { ServerBudget } from "../../protocol/flock/streams/ServerBudget.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { Shares } from "../../protocol/Shares.ts"
import { sourceOf } from "../../protocol/Source.ts"
import * as StartLimit from "./StartLimit.ts"
import { newcomersParts } from "./StreamLimits.ts"

export interface PlacesOptions {
  /** Sessions of a server, which its clients share. Default: 4,096. */
  readonly sessions?: number | undefined
  /** Bytes that all clients of a server together may send before they are read, at least 64 KiB for each session. Default: 256 MiB. */
  readonly receiveCreditBytes?: number | undefined
}

export class ServerPlaces {
  readonly budget: ServerBudget
  readonly starts = StartLimit.ofServer()
  /** The number of places. */
  readonly count: number
  readonly #sessions: Shares
  /** Sessions without a place that are not closed yet. */
  #refused = 0

  constructor({ receiveCreditBytes, sessions = Limits.sessions }: PlacesOptions = {}) {
    this.budget = new ServerBudget(receiveCreditBytes)
    this.count = sessions
    this.#sessions = new Shares(sessions, Limits.leastSessions, Math.floor(sessions / newcomersParts))
  }

  /**
   * Whether a session that gets no place may be opened to say so. Beyond a limit of its own a peer gets no answer: refused sessions
   * use memory until they are closed, which the peer can delay, and must not take the places of others.
   */
  takeRefused(): boolean {
    if (this.#refused >= Limits.refusedSessions) return false
    this.#refused++
    return true
  }

  /** A refused session is closed. */
  giveRefused(): void {
    this.#refused--
  }

  /** Whether a session from `path` gets a place. */
  take(path: Address): boolean {
    return this.#sessions.take(sourceOf(path))
  }

  /** Gives a place back; `path` is the one for which it was taken. */
  give(path: Address): void {
    this.#sessions.give(sourceOf(path))
  }
}
