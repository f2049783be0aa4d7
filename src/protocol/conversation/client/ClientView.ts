/** The rooms of a person, as a client shows them: what `RoomsClient` keeps, for a terminal, a page, or a script. */
import type { Event, EventRef } from "../Event.ts"
import type { Access } from "../EventBody.ts"
import type { PresenceState } from "../LinkMessage.ts"
import type { Place } from "../RoomOrder.ts"
import type { Timeline } from "../Timeline.ts"
import type { Line } from "../TimelineLine.ts"

/** How far what this person posts has come: sent, on the disk of its server (✓), on every server of the room (✓✓). */
export type Progress = "sent" | "recorded" | "everywhere"

/** Something that is no event, at its place among the lines: people of a server are away or back, the connection was lost. */
export interface Notice {
  /** It stands behind the event at this place; undefined: before all. */
  readonly behind: Place | undefined
  /** Unix time in milliseconds by the clock of this client. */
  readonly time: number
  readonly kind: "moved" | "away" | "back" | "lost" | "resumed" | "refused" | "told"
  /** For `away` and `back`. */
  readonly server: string | undefined
  readonly joined: ReadonlyArray<string>
  readonly left: ReadonlyArray<string>
  /** Numbers of all, where only the first ones are listed. */
  readonly joinedCount: number
  readonly leftCount: number
  /** For the other kinds: a sentence without a full stop. */
  readonly text: string | undefined
}

/**
 * A post of this person that is not in the log yet. `waiting`: it is sent as soon as it can be; `sent`: without an answer yet; `recorded`: the
 * server has it, and its event follows; `doubtful`: it was sent to another server, and no answer came. It may be recorded there, so the person
 * decides whether it is posted again. It goes when its event comes.
 */
export interface Unrecorded {
  readonly n: number
  readonly state: "waiting" | "sent" | "recorded" | "doubtful"
  readonly kind: string
  readonly body: Readonly<Record<string, unknown>>
  readonly re: Event["re"]
  /** Unix time in milliseconds by the clock of this client. */
  readonly time: number
}

export interface RoomView {
  readonly room: string
  readonly access: Access
  readonly timeline: Timeline
  readonly notices: ReadonlyArray<Notice>
  readonly unrecorded: ReadonlyArray<Unrecorded>
  /** Whether everything up to now is here; false while history comes, and without a connection. */
  readonly isLive: boolean
  /** Whether earlier events were asked for and have not come yet. */
  readonly isReadingPast: boolean
  /** Why the server does not open the room, as a sentence without a full stop; undefined if it does. */
  readonly refusal: string | undefined
  /** Whether there are no events before the first one here. */
  readonly isWhole: boolean
  /** Posts of others, except of those who are ignored, that the mark does not have. */
  readonly unread: number
  /** Those who are here, in the order in which they came. */
  readonly people: ReadonlyArray<{ readonly person: string; readonly state: PresenceState }>
  /** The progress of a line of this person; undefined for a line of another. */
  readonly progressOf: (line: Line) => Progress | undefined
  /** Whether the mark has the event of a line. */
  readonly isRead: (line: Line) => boolean
}

/** The connection to a server: `lost` is tried again, there or at another server. */
export type ConnectionState =
  | { readonly _tag: "Connecting"; readonly server: string }
  | {
    readonly _tag: "Connected"
    readonly server: string
    readonly author: string
    readonly nick: string
    readonly isGuest: boolean
  }
  | { readonly _tag: "Lost"; readonly server: string; readonly reason: string }
  /** For good. */
  | { readonly _tag: "Ended"; readonly reason: string }

export interface ClientView {
  readonly connection: ConnectionState
  /** In the order in which they were opened. */
  readonly rooms: ReadonlyArray<RoomView>
  readonly links: ReadonlyArray<{ readonly server: string; readonly isLinked: boolean }>
  /** The answer to `listRooms`. */
  readonly listed: ReadonlyArray<{ readonly room: string; readonly access: Access; readonly people: number }>
  readonly isIgnored: (author: string) => boolean
}

/** What happens to a client beside what its view shows, for a shell or a script. Texts are sentences without a full stop. */
export type ClientEvent =
  | {
    readonly _tag: "Welcomed"
    readonly server: string
    readonly author: string
    /** It logs in the next time at this server. */
    readonly token: string | undefined
    readonly expires: number | undefined
    /** Servers with the same rooms. */
    readonly servers: ReadonlyArray<{ readonly server: string; readonly address: string; readonly key: string }>
  }
  /** An event that the client did not have: each comes once, those of one origin in their order. */
  | { readonly _tag: "Recorded"; readonly event: Event }
  /** All first events of a room have come. */
  | { readonly _tag: "Live"; readonly room: string }
  /** A post of this client is on the disk of its server (✓). `event` is undefined where the server does not tell which one. */
  | { readonly _tag: "Posted"; readonly room: string; readonly n: number; readonly event: EventRef | undefined }
  /** The server does not record a post, which is taken back. */
  | { readonly _tag: "Unposted"; readonly room: string; readonly post: Unrecorded; readonly reason: string }
  /** More events of a room are on every server of it (✓✓). */
  | { readonly _tag: "Everywhere"; readonly room: string }
  /** The server refuses something else. */
  | {
    readonly _tag: "Refused"
    readonly what: string
    readonly room: string | undefined
    readonly reason: string
    readonly waitMillis: number | undefined
  }
  /** A room is not open any more. */
  | { readonly _tag: "Closed"; readonly room: string }
  /** The list of rooms has come. */
  | { readonly _tag: "Listed" }
