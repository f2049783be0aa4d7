/** The rooms of a person, as a client shows them: what `RoomsClient` keeps, for a terminal, a page, or a script. */
import type { Event } from "../Event.ts"
import type { Access } from "../EventBody.ts"
import type { PresenceState } from "../LinkMessage.ts"
import type { Place } from "../RoomOrder.ts"
import type { Timeline } from "../Timeline.ts"
import type { Line } from "../TimelineLine.ts"

/** How far a line of this person has come: sent, on the disk of the server (✓), on every server of the room (✓✓). */
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

/** A post of this person that is not in the log yet: it is sent again until it is. */
export interface Unrecorded {
  readonly n: number
  readonly kind: string
  readonly body: Readonly<Record<string, unknown>>
  readonly re: Event["re"]
  readonly time: number
}

export interface RoomView {
  readonly room: string
  readonly access: Access
  readonly timeline: Timeline
  readonly notices: ReadonlyArray<Notice>
  readonly unrecorded: ReadonlyArray<Unrecorded>
  /** Whether everything up to now is here; false while history comes. */
  readonly isLive: boolean
  /** Whether there are no events before the first one here. */
  readonly isWhole: boolean
  /** Posts of others that the mark does not have. */
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
  /** The answer to `rooms`. */
  readonly listed: ReadonlyArray<{ readonly room: string; readonly access: Access; readonly people: number }>
  readonly isIgnored: (author: string) => boolean
}
