/** Reads messages that are JSON: of links, and of clients of rooms. Each Left is the reason, as the rest of a sentence: `is no JSON`. */
import * as Either from "effect/Either"
import type * as ParseResult from "effect/ParseResult"
import type { Event } from "./Event.ts"
import { reasonOf } from "./EventBody.ts"
import { decodeEvent } from "./SignedEvent.ts"

/** A message of the right form. Unknown fields are skipped. */
export const readMessage = <A>(
  decode: (value: unknown) => Either.Either<A, ParseResult.ParseError>,
  text: string
): Either.Either<A, string> => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    return Either.left("is no JSON")
  }
  return Either.mapLeft(decode(json), (error) => reasonOf("", error))
}

/** The message of the type `event`, whose event has the right form, and of which nothing is proved. */
export const eventMessage = (event: unknown): Either.Either<{ readonly t: "event"; readonly event: Event }, string> =>
  Either.mapBoth(decodeEvent(event), {
    onLeft: (reason) => `event.${reason}`,
    onRight: (decoded) => ({ t: "event" as const, event: decoded })
  })
