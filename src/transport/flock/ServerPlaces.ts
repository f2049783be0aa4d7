/**
 * The places of a server's sessions, which their sources share, the budget of all sessions, and their limit of handlers. A place is taken for a
 * session, and given back when the session is forgotten.
 */
import type { Path } from "../../net/Socket.ts"
import { ServerBudget } from "../../protocol/flock/streams/ServerBudget.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { Shares } from "../../protocol/Shares.ts"
import { sourceOf } from "../../protocol/Source.ts"
import { newcomersSessions } from "./FlockLimits.ts"
import * as StartLimit from "./StartLimit.ts"

export class ServerPlaces {
  readonly budget = new ServerBudget()
  readonly starts = StartLimit.ofServer()
  readonly #sessions = new Shares(Limits.sessions, Limits.leastSessions, newcomersSessions)

  /** Whether a session from `path` gets a place. */
  take(path: Path): boolean {
    return this.#sessions.take(sourceOf(path))
  }

  /** Gives a place back; `path` is the one for which it was taken. */
  give(path: Path): void {
    this.#sessions.give(sourceOf(path))
  }
}
