/**
 * The last post of each device, so that a post that a client repeats after a broken connection is one post. A device numbers its posts
 * upwards. The oldest devices are forgotten.
 */
import * as Limits from "./ConversationLimits.ts"
import type { Event, EventRef } from "./Event.ts"

/** A post that is recorded already; `event` is the record if it was the last one of its device. */
export interface RepeatedPost {
  readonly event: EventRef | undefined
}

/** Which event a post has become. */
export type RecordedPost = Pick<Event, "author" | "device" | "n" | "origin" | "room" | "seq">

export class PostNumbers {
  readonly #last = new Map<string, EventRef & { readonly n: number }>()

  /** An event of this server was recorded, or is read from the store at the start. */
  onEvent({ author, device, n, origin, room, seq }: RecordedPost): void {
    const key = keyOf(author, device, room)
    if (n < (this.#last.get(key)?.n ?? 0)) return
    // Deleted first, so that the newest devices are last.
    this.#last.delete(key)
    this.#last.set(key, { n, origin, seq })
    if (this.#last.size <= Limits.rememberedDevices) return
    for (const oldest of this.#last.keys()) {
      this.#last.delete(oldest)
      return
    }
  }

  /** Whether a post was recorded before; undefined for a new one. */
  repeated({ author, device, n, room }: Pick<Event, "author" | "device" | "n" | "room">): RepeatedPost | undefined {
    const last = this.#last.get(keyOf(author, device, room))
    if (last === undefined || n > last.n) return undefined
    return { event: n === last.n ? { origin: last.origin, seq: last.seq } : undefined }
  }
}

const keyOf = (author: string, device: string, room: string): string => JSON.stringify([author, device, room])
