/** What a store keeps beside events. Times are Unix times in milliseconds; hashes, keys and identities are lower-case hexadecimal. */
import type { EventRef } from "../../protocol/conversation/Event.ts"
import type { RoomAccess } from "../../protocol/conversation/LinkedRooms.ts"
import type { Vector } from "../../protocol/conversation/Vector.ts"

/** A room, so that it is opened again after a restart. */
export interface StoredRoom {
  /** `hall`, or `words/kyiv`. */
  readonly name: string
  readonly app: string
  /** The texts of `key:value,…`. */
  readonly config: Readonly<Record<string, string>>
  /** Which servers may have it; undefined for a room without a log. */
  readonly access?: RoomAccess | undefined
  /** What the app remembers, as JSON; undefined without memory. */
  readonly snapshot: string | undefined
}

export interface StoredAccount {
  /** 16 random bytes. */
  readonly id: string
  /** As it is shown. */
  readonly name: string
  /** Equal for names that differ in case only. Unique. */
  readonly fold: string
  /** Equal for names that look the same. Unique. */
  readonly look: string
  /** A PHC string (`PasswordHash`); undefined for an account that logs in with keys and tokens only. */
  readonly password: string | undefined
  readonly created: number
}

/** A public key that logs in to an account. One key belongs to one account. */
export interface StoredKey {
  readonly key: string
  readonly account: string
  readonly created: number
}

/** A secret that was given out (`AccountSecret`): a token of an account, or an invitation, which belongs to no account. */
export interface StoredToken {
  /** SHA-256 of the secret. */
  readonly hash: string
  readonly account: string | undefined
  readonly created: number
  readonly expires: number
}

/** How far an account has read a room. */
export interface StoredMark {
  readonly account: string
  readonly room: string
  readonly vector: Vector
}

/** A file that was received for a room. Its bytes are in the storage of files, under its hash. */
export interface StoredAttachment {
  /** SHA-256 of the file. */
  readonly hash: string
  /** Bytes. */
  readonly size: number
  readonly added: number
}

/** A server that this one is linked to. */
export interface StoredLink {
  /** `HOST:PORT`, as it was typed. */
  readonly peer: string
  /** Its pinned public key. */
  readonly key: string
  readonly options: Readonly<Record<string, string>>
  readonly added: number
}

/** The last post of an author's device in a room, with the number that the device has given it, and the event that it became. */
export interface SeenPost extends EventRef {
  readonly room: string
  readonly author: string
  readonly device: string
  readonly n: number
}
