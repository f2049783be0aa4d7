/** The client of rooms that a driver runs on connections. */
import type { RoomsClient } from "../../protocol/conversation/client/RoomsClient.ts"

export interface RunningClient {
  /** For its view; what changes it goes through `act`. */
  readonly client: Pick<RoomsClient, "view">
  /** Does something with the client, in a turn. `now` is Unix time in milliseconds. */
  readonly act: <A>(command: (client: RoomsClient, now: number) => A) => A
}
