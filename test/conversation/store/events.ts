/** Events for tests of stores: of the right form, with hashes that stand for nothing. */
import { createHash } from "node:crypto"
import type { Write } from "../../../src/conversation/store/StoreWrites.ts"
import type { Event } from "../../../src/protocol/conversation/Event.ts"

/** Origins of three servers. */
export const alpha = `alpha.example~${"a".repeat(48)}`
export const beta = `beta.example~${"b".repeat(48)}`
export const gamma = `gamma.example~${"c".repeat(48)}`

/** A post in the room `hall`. Its clock is its number, unless given. */
export const post = (origin: string, seq: number, fields: Partial<Event> = {}): Event => {
  const digest = createHash("sha256").update(`${origin} ${seq}`).digest("hex")
  const server = origin.slice(0, origin.indexOf("~"))
  return {
    v: 1,
    origin,
    room: "hall",
    seq,
    clock: seq,
    time: 1_704_067_200_000 + seq,
    author: `ala@${server}`,
    device: "terminal",
    n: seq,
    kind: "said",
    salt: digest.slice(0, 32),
    body: { text: `post ${seq} of ${server}` },
    digest,
    key: "0".repeat(64),
    hash: digest,
    sig: `${digest}${digest}`,
    ...fields
  }
}

/** The posts of an origin from one number to another. */
export const posts = (origin: string, first: number, last: number, fields: Partial<Event> = {}): ReadonlyArray<Event> =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => post(origin, first + at, fields))

export const appended = (events: ReadonlyArray<Event>): ReadonlyArray<Write> =>
  events.map((event) => ({ _tag: "Append", event }))

/** `a3` for the third event of alpha: short enough to compare orders. */
export const nameOf = ({ origin, seq }: Pick<Event, "origin" | "seq">): string => `${origin.charAt(0)}${seq}`
