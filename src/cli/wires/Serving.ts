/** A server, as `serve` needs it: what both wires have in common; and the classic one. */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { Address } from "../../net/Address.ts"
import type { Crc } from "../../net/Crc.ts"
import type { Socket, SocketError } from "../../net/Socket.ts"
import type { Inbox } from "../../storage/Storage.ts"
import type { InboxEvent } from "../../transfer/Inbox.ts"
import { receiveAll } from "../../transfer/Inbox.ts"
import * as Endpoint from "../../transport/classic/ClassicEndpoint.ts"

/** A server that listens. */
export interface Serving {
  readonly local: Address
  /** Takes what comes; each event is told before the Stream has it. */
  readonly receive: (
    inbox: Inbox,
    tell: (event: InboxEvent) => Effect.Effect<void>
  ) => Stream.Stream<InboxEvent>
  /** Takes nothing new, and waits for what is under way. */
  readonly drain: Effect.Effect<void>
}

export interface Server<Needed> {
  readonly wire: "classic" | "flock"
  readonly listen: (where: Address) => Effect.Effect<Serving, SocketError, Needed | Scope.Scope>
}

/** `silenceMillis`: after so long a silent peer is lost. */
export const classic = (silenceMillis: number): Server<Socket | Crc> => ({
  wire: "classic",
  listen: (where) =>
    Effect.map(Endpoint.listen({ ...where, silenceMillis }), (listener) => ({
      local: listener.local,
      receive: (inbox, tell) => receiveAll(listener, inbox, tell),
      drain: listener.drain
    }))
})
