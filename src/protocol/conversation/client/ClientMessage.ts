/**
 * What a client of rooms sends to its server: JSON in UTF-8, behind a length of 32 bits on a stream of the kind `rooms`, or as the texts of a
 * WebSocket (docs/PROTOCOL.md, conversations §11). One function reads a message, and tells why it is none.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as ConversationLimits from "../ConversationLimits.ts"
import { EventRef, Seq } from "../Event.ts"
import { Access, Name, PersonName } from "../EventBody.ts"
import { readMessage } from "../JsonMessage.ts"
import { Origin } from "../Origin.ts"
import { vectorRecord } from "../Vector.ts"
import * as Limits from "./ClientLimits.ts"

const Secret = Schema.String.pipe(Schema.maxLength(Limits.secretUnits))
const Entries = vectorRecord(ConversationLimits.messageOrigins)
const PostNumber = Schema.Int.pipe(Schema.between(1, ConversationLimits.maxPostNumber))
const Body = Schema.Record({ key: Schema.String, value: Schema.Unknown })

/** Who the client is. A guest has a nick of its own choice, `guest-7` if it gives none. `key`: the key that the session has proved. */
export const Login = Schema.Union(
  Schema.Struct({ as: Schema.Literal("guest"), nick: Schema.optional(Name) }),
  Schema.Struct({ as: Schema.Literal("token"), token: Secret }),
  Schema.Struct({ as: Schema.Literal("password"), name: Name, password: Secret }),
  Schema.Struct({ as: Schema.Literal("register"), name: Name, password: Secret, invitation: Schema.optional(Secret) }),
  Schema.Struct({ as: Schema.Literal("key") })
)
export type Login = typeof Login.Type

/**
 * The first message, and the only one before `welcome`. `device` is a run of the person's program: the same after a broken connection, and
 * another one for each run, because two runs at the same time would give the same numbers to different posts.
 */
const Hello = Schema.Struct({ t: Schema.Literal("hello"), v: Schema.Literal(1), device: Name, login: Login })

/** Asks for the list of rooms. */
const Rooms = Schema.Struct({ t: Schema.Literal("rooms") })

/** What the client has of a room, in parts before its `open`: it resumes there. */
const Cursor = Schema.Struct({ t: Schema.Literal("cursor"), room: Name, vector: Entries })

/**
 * Opens a room. Without a cursor it begins with the last events: `last` of them, or as many as are unread since the mark of the account. With
 * one it begins with everything that the cursor lacks.
 */
const Open = Schema.Struct({ t: Schema.Literal("open"), room: Name, last: Schema.optional(Schema.NonNegativeInt) })

const Close = Schema.Struct({ t: Schema.Literal("close"), room: Name })

/** Makes a room, whose owner the client is, and opens it. A direct room has one other person, and the name `directRoomOf` of both. */
const Make = Schema.Struct({
  t: Schema.Literal("make"),
  room: Name,
  access: Access,
  /** For a direct room. */
  person: Schema.optional(PersonName)
})

/**
 * Posts an event. `n` numbers the posts of the device in the room upwards; one that is repeated is recorded once. A number below one that was
 * recorded counts as repeated: a client that is refused for a time sends nothing else in this room before it has repeated the post.
 */
const Post = Schema.Struct({
  t: Schema.Literal("post"),
  room: Name,
  n: PostNumber,
  kind: Name,
  re: Schema.optional(EventRef),
  body: Body
})

/** The person has read this much, on all of its devices. */
const Mark = Schema.Struct({ t: Schema.Literal("mark"), room: Name, vector: Entries })

/** Where the person is. The server renews it while the connection lasts. */
const Presence = Schema.Struct({
  t: Schema.Literal("presence"),
  room: Name,
  state: Schema.Literal("here", "away", "typing")
})

/** Asks for the events before a place. */
const Past = Schema.Struct({
  t: Schema.Literal("past"),
  room: Name,
  before: Schema.Struct({
    clock: Schema.Int.pipe(Schema.between(1, ConversationLimits.maxClock)),
    origin: Origin,
    seq: Seq
  }),
  limit: Schema.Int.pipe(Schema.between(1, Limits.pageEvents))
})

/** Takes another nick: guests only. */
const Nick = Schema.Struct({ t: Schema.Literal("nick"), nick: Name })

export const ClientMessage = Schema.Union(Hello, Rooms, Cursor, Open, Close, Make, Post, Mark, Presence, Past, Nick)
export type ClientMessage = typeof ClientMessage.Type
export type MakeMessage = typeof Make.Type
export type OpenMessage = typeof Open.Type
export type PostMessage = typeof Post.Type

const decode = Schema.decodeUnknownEither(ClientMessage)

/** Reads the text of a message; Left is the reason, as the rest of a sentence: `is no JSON`. Unknown fields are skipped. */
export const readClientMessage = (text: string): Either.Either<ClientMessage, string> => readMessage(decode, text)

/** What a message that is none was to be, as far as it can be read: for the refusal. */
export interface Subject {
  readonly what: string
  readonly room?: string
  readonly n?: number
}

/** The subject of a text that `readClientMessage` does not take; undefined for one that is no JSON, or names no type. */
export const subjectOf = (text: string): Subject | undefined => {
  try {
    return Either.getOrUndefined(decodeSubject(JSON.parse(text)))
  } catch {
    return undefined
  }
}

const decodeSubject = (value: unknown): Either.Either<Subject, unknown> =>
  Either.map(decodeType(value), ({ n, room, t }) => ({
    what: t,
    ...(isName(room) ? { room } : {}),
    ...(isPostNumber(n) ? { n } : {})
  }))

const decodeType = Schema.decodeUnknownEither(Schema.Struct({
  t: Name,
  room: Schema.optional(Schema.Unknown),
  n: Schema.optional(Schema.Unknown)
}))
const isName = Schema.is(Name)
const isPostNumber = Schema.is(PostNumber)
