/** What a turn changes in a store: values, applied in their order, all or none. */
import type { Event, EventRef } from "../../protocol/conversation/Event.ts"
import type {
  SeenPost,
  StoredAccount,
  StoredAttachment,
  StoredKey,
  StoredLink,
  StoredMark,
  StoredRoom,
  StoredToken
} from "./StoredRows.ts"

export type Write =
  /** Adds or replaces a room. Its events stay. */
  | { readonly _tag: "PutRoom"; readonly room: StoredRoom }
  /** Removes a room with its events, heads and marks. */
  | { readonly _tag: "RemoveRoom"; readonly name: string }
  /** Adds the next event of its origin: conflicts unless `seq` is one more than the head. */
  | { readonly _tag: "Append"; readonly event: Event }
  /** Erases salt and body of an event. Nothing happens if there is none. */
  | ({ readonly _tag: "Erase"; readonly room: string } & EventRef)
  /** The same for all events of an author, in all rooms. */
  | { readonly _tag: "EraseAuthor"; readonly author: string }
  /**
   * Removes the events of an origin up to `floor`, which may be ahead of its head: then they were purged elsewhere, before they were
   * known here. A floor never goes down.
   */
  | { readonly _tag: "Purge"; readonly room: string; readonly origin: string; readonly floor: number }
  /** Conflicts with an account of this id, fold or look. */
  | { readonly _tag: "AddAccount"; readonly account: StoredAccount }
  | { readonly _tag: "SetPassword"; readonly account: string; readonly password: string | undefined }
  /** Removes an account with its keys, tokens and marks. */
  | { readonly _tag: "RemoveAccount"; readonly account: string }
  /** Conflicts with a key of another account, or of this one. */
  | { readonly _tag: "AddKey"; readonly key: StoredKey }
  | { readonly _tag: "RemoveKey"; readonly key: string }
  | { readonly _tag: "AddToken"; readonly token: StoredToken }
  /** Removes a token; conflicts if there is none, so that an invitation is used once. */
  | { readonly _tag: "TakeToken"; readonly hash: string }
  /** Removes a token, if there is one. */
  | { readonly _tag: "RemoveToken"; readonly hash: string }
  /** Removes all tokens of an account. */
  | { readonly _tag: "RevokeTokens"; readonly account: string }
  /** Removes all tokens and invitations that have expired at `now`. */
  | { readonly _tag: "ExpireTokens"; readonly now: number }
  | { readonly _tag: "PutMark"; readonly mark: StoredMark }
  | { readonly _tag: "PutAttachment"; readonly attachment: StoredAttachment }
  | { readonly _tag: "RemoveAttachment"; readonly hash: string }
  | { readonly _tag: "PutLink"; readonly link: StoredLink }
  | { readonly _tag: "RemoveLink"; readonly peer: string }
  /** Keeps the post with the largest number. */
  | { readonly _tag: "See"; readonly post: SeenPost }
  | { readonly _tag: "PutMeta"; readonly key: string; readonly value: string }
  /** Conflicts unless this is the value of the key: of several processes that write, only the one that has put it goes on. */
  | { readonly _tag: "RequireMeta"; readonly key: string; readonly value: string }

/** The writes of one turn of a room, or of one other operation. */
export type Turn = ReadonlyArray<Write>
