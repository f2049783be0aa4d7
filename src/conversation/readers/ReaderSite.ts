/** What the readers of a server share. */
import type * as Effect from "effect/Effect"
import type { WelcomeMessage } from "../../protocol/conversation/client/ServerMessage.ts"
import type { Rates } from "../../protocol/conversation/Rates.ts"
import type { TurnClient } from "../ListenerTurns.ts"
import type { LinkState, Shape as Logs } from "../logs/Logs.ts"
import type { Shape as Store, Stored } from "../store/Store.ts"
import type { OnlineReaders } from "./OnlineReaders.ts"
import type { LogIn } from "./ReaderLogins.ts"
import type { RoomHubs } from "./RoomHubs.ts"
import type { MakeRoom } from "./RoomMaking.ts"

export interface ReaderSite {
  readonly server: string
  readonly logs: Logs
  readonly store: Store
  readonly hubs: RoomHubs
  readonly logIn: LogIn
  readonly makeRoom: MakeRoom
  readonly rates: Rates
  /** Other servers that have the same rooms, for `welcome`. */
  readonly servers: () => WelcomeMessage["servers"]
  readonly links: () => ReadonlyArray<LinkState>
  readonly online: OnlineReaders
  /** Milliseconds of a clock that never goes back, and Unix time in milliseconds. */
  readonly now: () => number
  readonly time: () => number
  /** Reads a page of the store, when not too many others do. */
  readonly reading: <A>(page: Stored<A>) => Stored<A>
  /** Runs an effect beside the turn. */
  readonly fork: (effect: Effect.Effect<void>) => void
  /** The deadline may have changed. */
  readonly schedule: (client: TurnClient) => void
  /** Calls `flush` at the end of this turn. */
  readonly flushLater: (client: TurnClient) => void
}
