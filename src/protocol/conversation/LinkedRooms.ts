/** What a link knows of the server at its end, and what it passes to it. */
import type { Event } from "./Event.ts"
import type { Access } from "./EventBody.ts"
import type { HaveMessage, PresenceMessage, StopReason } from "./LinkMessage.ts"
import type { Vector } from "./Vector.ts"

/** Who may have a room; `servers` are those that one that is not public names. */
export interface RoomAccess {
  readonly access: Access
  readonly servers: ReadonlyArray<string>
}

/** The rooms of this server, as its links see them. */
export interface LinkedRooms {
  /** The rooms that may be named to a server. */
  readonly namedTo: (server: string) => ReadonlyArray<string>
  /** Undefined for a room that is not here. */
  readonly accessOf: (room: string) => RoomAccess | undefined
  /** What is on this server's disk: only this is announced and sent. */
  readonly syncedOf: (room: string) => Vector
  readonly floorsOf: (room: string) => Vector
  /** What is known of other servers, to pass on. */
  readonly seenOf: (room: string) => ReadonlyMap<string, Vector>
}

/** Why a link has ended. */
export interface LinkEnd {
  /** `closed` when the session has ended. */
  readonly reason: StopReason | "closed"
  /** What happened, as a sentence without a full stop. */
  readonly text: string
  /** Whether another session may go on; otherwise the operator has to decide. */
  readonly isPassing: boolean
}

/** What a link passes to its server. */
export type LinkInput =
  | { readonly _tag: "Event"; readonly event: Event; readonly floor: number }
  /** The peer has named a room that is not here. */
  | { readonly _tag: "Asked"; readonly have: HaveMessage }
  /** The peer, or a server that it knows, has more of a room, which has these other servers too. */
  | {
    readonly _tag: "Seen"
    readonly room: string
    readonly server: string
    readonly vector: Vector
    readonly others: ReadonlyArray<string>
  }
  | { readonly _tag: "Presence"; readonly message: PresenceMessage }

export interface LinkOptions {
  /** The names of this server and of its peer, whose host key the session has proved. */
  readonly own: string
  readonly server: string
  /** The key of this server for signatures, as hex. */
  readonly key: string
  readonly rooms: LinkedRooms
  /** The session proves that this key, as hex, is that of the peer's signatures. The text is why that cannot be, as the rest of a sentence. */
  readonly proves: (server: string, key: string) => string | undefined
}
