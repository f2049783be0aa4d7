/** Records the post of a reader, if its rate, its form and the rules of the room allow it. */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Address } from "../../net/Address.ts"
import type { JsonObject } from "../../protocol/conversation/CanonicalJson.ts"
import type { SentPost } from "../../protocol/conversation/client/ReaderRequest.ts"
import type { Event, EventRef } from "../../protocol/conversation/Event.ts"
import { readBody } from "../../protocol/conversation/EventBody.ts"
import { isPosted, needsAbout, notPosted, refusalOf } from "../../protocol/conversation/PostRules.ts"
import { problemOfPost } from "../../protocol/conversation/SignedEvent.ts"
import type { PostResult } from "../logs/Logs.ts"
import type { Stored } from "../store/Store.ts"
import type { ReaderSite } from "./ReaderSite.ts"
import type { RoomHub } from "./RoomHub.ts"

/** The reader whose post it is. */
export interface PostingReader {
  readonly author: string
  readonly device: string
  readonly address: Address
  /** The room; undefined when the reader has left it. */
  readonly hub: () => RoomHub | undefined
}

export interface PostAnswers {
  /** Its place behind the posts before it is certain. */
  readonly onTaken: () => void
  /** `event` is undefined for one that was repeated after later ones. */
  readonly onPosted: (event: EventRef | undefined) => void
  readonly refuse: (reason: string, waitMillis?: number) => void
}

/** Returns what has to be read first; the rest follows in the same turn as its end. */
export const record = (
  { rates, store, time, now }: Pick<ReaderSite, "rates" | "store" | "time" | "now">,
  { address, author, device, hub }: PostingReader,
  room: string,
  { body: given, kind, n, re }: SentPost,
  { onPosted, onTaken, refuse }: PostAnswers
): Stored<void> | undefined => {
  const refused = (reason: string, waitMillis?: number): undefined => {
    refuse(reason, waitMillis)
    onTaken()
  }
  const body = given as JsonObject
  const wait = rates.post(author, address, now())
  if (wait > 0) return refused("too many messages", wait)
  if (!isPosted(kind)) return refused(notPosted(kind))
  const problem = problemOfPost({ kind, re, body })
  if (problem !== undefined) return refused(`the post is not valid: ${problem}`)
  const said = Either.getOrThrow(readBody(kind, body))
  const answered = (result: PostResult): void => {
    if (typeof result === "string") refuse(result)
    else if (result._tag === "Full") refuse("the log of the room is full")
    else onPosted(result.event)
  }
  const onAbout = (about: Event | undefined): void => {
    const open = hub()
    if (open === undefined) return
    const refusal = refusalOf(open.powers, { author, said, about }, time())
    if (refusal !== undefined) return refused(refusal)
    open.post({ author, device, n, kind, body, time: time(), ...(re === undefined ? {} : { re }) }, answered)
    onTaken()
  }
  if (re === undefined || !needsAbout(kind)) return void onAbout(undefined)
  return Effect.map(store.event(room, re), onAbout)
}
