/** What an Exchange is made of, and what it tells its shell. */
import type { Event, EventRef } from "./Event.ts"
import type { LinkEnd, RoomAccess } from "./LinkedRooms.ts"
import type { PresenceMessage } from "./LinkMessage.ts"
import type { Presence } from "./Presences.ts"
import type { EventChecks, EventSigner } from "./SignedEvent.ts"
import type { Vector } from "./Vector.ts"

export interface ExchangeOptions {
  /** Its origin is new at each start of the server. */
  readonly signer: EventSigner
  readonly checks: EventChecks
  /** Whether a key, as hex, is that of the server with this name, as far as is known here. Asked for each event. */
  readonly trusts: (server: string, key: string) => boolean
  /** A link has proved the key of its server. The text is why the link cannot go on, as the rest of a sentence. Default: it can. */
  readonly proves?: ((server: string, key: string) => string | undefined) | undefined
  /** Whether this server takes a room that a linked server names, and that it may have. */
  readonly takes: (room: string, access: RoomAccess, server: string) => boolean
}

/** What became of a post. */
export type Posted =
  /** It is recorded, and on the disk when `Recorded` follows. */
  | { readonly _tag: "Posted"; readonly event: Event }
  /** It was recorded before; `event` says where, if it was the last one of its device. */
  | { readonly _tag: "Repeated"; readonly event: EventRef | undefined }
  /** The numbers, the clock or the origins of the room are used up. */
  | { readonly _tag: "Full" }

export type ExchangeEvent =
  /** An event is on the disk of this server (✓): readers may see it. */
  | { readonly _tag: "Recorded"; readonly event: Event }
  /** All servers of the room have what is new in this vector (✓✓). */
  | { readonly _tag: "Everywhere"; readonly room: string; readonly vector: Vector }
  /** A room of another server is here too. The shell stores it, with its access, before the events. */
  | { readonly _tag: "RoomTaken"; readonly room: string; readonly access: RoomAccess; readonly server: string }
  /** A room has one server more, which the store remembers. */
  | { readonly _tag: "ServerJoined"; readonly room: string; readonly server: string }
  /** A link has ended. `presences` came by it and are over, in one line. The shell sends what `nextMessage` has, and ends the session. */
  | {
    readonly _tag: "LinkEnded"
    readonly link: number
    readonly server: string
    readonly end: LinkEnd
    readonly presences: ReadonlyArray<Presence>
  }
  | { readonly _tag: "PresenceChanged"; readonly presence: PresenceMessage }
  /** Leases that were not renewed. */
  | { readonly _tag: "PresencesOver"; readonly presences: ReadonlyArray<Presence> }
