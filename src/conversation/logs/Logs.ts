/**
 * The logs of the rooms of one server, for everything that reads and writes them here: apps, readers, links. The layer on one process is
 * `ExchangeLogs`; a site of several hosts is one server and has the same interface. test/suites/logs has the tests that all layers pass.
 */
import * as Context from "effect/Context"
import type * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Event } from "../../protocol/conversation/Event.ts"
import type { Posted } from "../../protocol/conversation/ExchangeEvent.ts"
import type { RoomAccess } from "../../protocol/conversation/LinkedRooms.ts"
import type { PresenceState } from "../../protocol/conversation/LinkMessage.ts"
import type { Draft } from "../../protocol/conversation/SignedEvent.ts"
import type { Vector } from "../../protocol/conversation/Vector.ts"
import type { StoreError } from "../store/Store.ts"

/** A person in a room, on this server or on another one. */
export interface Present {
  readonly person: string
  readonly state: PresenceState
}

/** What happens in a room. Each is true already: an event is on the disk, an acknowledgement has come. */
export type RoomNews =
  /** An event is on the disk of this server (✓). Events of one origin come in their order, and none comes twice. */
  | { readonly _tag: "Recorded"; readonly event: Event }
  /** All servers of the room have what is new in this vector (✓✓). */
  | { readonly _tag: "Everywhere"; readonly vector: Vector }
  | { readonly _tag: "Presence"; readonly present: Present }
  /** A link has ended, or leases were not renewed: these people are not known to be here any more. `server` is that of the link. */
  | { readonly _tag: "Gone"; readonly people: ReadonlyArray<string>; readonly server: string | undefined }
  /** The log takes no more events. The reason is a sentence without a full stop. Nothing follows. */
  | { readonly _tag: "Failed"; readonly reason: string }

/** What became of a post: `Posted` and `Repeated` are on the disk. The text is why nothing was recorded, as a sentence without a full stop. */
export type PostResult = Posted | string

/** A room that is followed. */
export interface FollowedRoom {
  readonly room: string
  readonly access: () => RoomAccess
  /** What is on the disk; each later event comes as `Recorded`. */
  readonly synced: () => Vector
  /** What every server of the room has. */
  readonly everywhere: () => Vector
  /** Everybody who is here now. */
  readonly present: () => ReadonlyArray<Present>
  /**
   * Records a post of a person of this server, whose name and powers were checked. `done` is called once, maybe before this returns. Posts are
   * recorded in the order of the calls.
   */
  readonly post: (draft: Omit<Draft, "room">, done: (result: PostResult) => void) => void
  /** A person of this server is here, or `gone`. All followers of the room learn of it, in this call. */
  readonly setPresence: (present: Present) => void
}

/** The state of a link to another server. */
export interface LinkState {
  readonly server: string
  readonly isLinked: boolean
}

export interface Shape {
  /** The name of this server, as in `ala@alpha.example`. */
  readonly server: string
  /** The rooms that are here, with who may have them. */
  readonly rooms: () => ReadonlyArray<{ readonly room: string; readonly access: RoomAccess }>
  /** Opens a room that is new here; nothing happens if it is here already. */
  readonly make: (room: string, access: RoomAccess) => Effect.Effect<void, StoreError>
  /**
   * Follows a room that is here until the scope closes: `onNews` is called in the turn in which it happens, and must not throw. The history up to
   * `synced()` is in the store.
   */
  readonly follow: (
    room: string,
    onNews: (news: RoomNews) => void
  ) => Effect.Effect<FollowedRoom, StoreError, Scope.Scope>
  /** Calls `onRoom` with the name of each room that becomes known here, until the scope closes. */
  readonly onRoom: (onRoom: (room: string) => void) => Effect.Effect<void, never, Scope.Scope>
}

export class Logs extends Context.Tag("holub/Logs")<Logs, Shape>() {}
