/** An event as the readers of a room need it: what its hash and signature prove has been checked before, or it never leaves this server. */
import type { Event } from "./Event.ts"
import type { KnownBody } from "./EventBody.ts"
import { saidBy } from "./SignedEvent.ts"

export type LoggedEvent = Omit<Event, "v" | "salt" | "digest" | "key" | "hash" | "sig">

/** What an event says: undefined when it is erased, or of a kind that has no Schema here. */
export const saidIn = (event: LoggedEvent): KnownBody | undefined => saidBy(event as Event)
