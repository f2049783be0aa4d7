/** What a reader asks its shell for. Each is answered by the method of `Reader` that stands beside it. */
import type { EventRef } from "../Event.ts"
import type { Access } from "../EventBody.ts"
import type { PresenceState } from "../LinkMessage.ts"
import type { Vector } from "../Vector.ts"
import type { Login } from "./ClientMessage.ts"
import type { PageRead } from "./ReaderRoom.ts"

/** A post as a client has sent it: its form is checked, its kind and body are not. */
export interface SentPost {
  readonly n: number
  readonly kind: string
  readonly re: EventRef | undefined
  readonly body: Readonly<Record<string, unknown>>
}

/** A room that a client wants to open. `id` tells one attempt from another: the client may have closed the room meanwhile. */
export interface Opening {
  readonly id: number
  readonly room: string
}

export type ReaderRequest =
  /** `onLogin`, or `refuseLogin`. */
  | { readonly _tag: "LogIn"; readonly login: Login; readonly device: string }
  /** `onListed`. */
  | { readonly _tag: "List" }
  /** `onOpened`, or `refuseOpening`. */
  | { readonly _tag: "Open"; readonly opening: Opening }
  | {
    readonly _tag: "Make"
    readonly opening: Opening
    readonly access: Access
    readonly person: string | undefined
  }
  /** The client has left the room: no answer. */
  | { readonly _tag: "Leave"; readonly room: string }
  /** `onPage`. */
  | { readonly _tag: "Read"; readonly room: string; readonly read: PageRead }
  /** `onPostTaken` when its place behind the posts before it is certain: then the next one follows. And `onPosted`, or `refusePost`. */
  | { readonly _tag: "Post"; readonly room: string; readonly post: SentPost }
  /** `onMarked`, when `mark` is durable. `news` is what is new in it, for the other devices of the account. */
  | { readonly _tag: "Mark"; readonly room: string; readonly news: Vector; readonly mark: Vector }
  /** No answer. */
  | { readonly _tag: "Presence"; readonly room: string; readonly state: Exclude<PresenceState, "gone"> }
  /** `onNamed`, or `refuseNick`. */
  | { readonly _tag: "Nick"; readonly nick: string }
