/**
 * What an event says, by its kind: a Schema for each. Fields that a Schema does not name are kept in the event and passed on, as are
 * kinds that have none here: a later version may understand them. docs/PROTOCOL.md (conversations §3) has the same as a table.
 */
import * as Either from "effect/Either"
import * as ParseResult from "effect/ParseResult"
import * as Schema from "effect/Schema"
import { isWellFormed, utf8Bytes } from "./CanonicalJson.ts"
import * as Limits from "./ConversationLimits.ts"

/** `bytes` as lower-case hexadecimal text. */
export const hexOfBytes = (bytes: number) =>
  Schema.String.pipe(
    Schema.pattern(new RegExp(`^[0-9a-f]{${2 * bytes}}$`), { message: () => `${2 * bytes} digits 0-9a-f` })
  )

/** Controls that no text needs: all of C0 except tab and line feed, DEL and C1. */
const control = /(?![\n\t])\p{Cc}/u

const textOf = (what: string, bytes: number, least: number) =>
  Schema.String.pipe(
    Schema.filter((text) =>
      text.length >= least && utf8Bytes(text, bytes) <= bytes && isWellFormed(text) && !control.test(text) ||
      `${what} of ${least} to ${bytes} bytes in UTF-8, without control characters`
    )
  )

/** A text that people read, at most 16 KiB in UTF-8; line feeds and tabs are its only controls. */
export const Text = textOf("a text", Limits.textBytes, 0)

/** A line of text with something in it. */
const lineOf = (what: string, units: number) =>
  Schema.String.pipe(
    Schema.filter((text) =>
      text.length > 0 && text.length <= units && text.trim() === text && isWellFormed(text) && !/[\n\t]/.test(text) &&
        !control.test(text) ||
      `${what} of 1 to ${units} characters, without control characters and without spaces around it`
    )
  )

/** A name of a person, a room, an app or a kind. What a person may be called is decided where names are given. */
export const Name = lineOf("a name", Limits.nameUnits)

/** The name of a server: a host name in lower case. */
export const ServerName = Schema.String.pipe(
  Schema.pattern(new RegExp(`^[a-z0-9](?:[a-z0-9.-]{0,${Limits.serverNameUnits - 2}}[a-z0-9])?$`), {
    message: () => `a server's name: 1 to ${Limits.serverNameUnits} of a-z, 0-9, "." and "-"`
  })
)

/** A person and its server: `ala@alpha.example`, `~guest-7@alpha.example`. */
export const PersonName = Schema.String.pipe(Schema.filter((text) => {
  const at = text.lastIndexOf("@")
  return at > 0 && isServerName(text.slice(at + 1)) && isName(text.slice(0, at)) && !text.slice(0, at).includes("@") ||
    "a person and its server, such as ala@alpha.example"
}))
/** The server in the name of a person. */
export const serverOfPerson = (person: string): string => person.slice(person.lastIndexOf("@") + 1)

const isServerName = Schema.is(ServerName)
const isName = Schema.is(Name)

/** Milliseconds since 1970. */
export const Time = Schema.Int.pipe(Schema.between(0, Limits.maxTime))

/** Who may have a room: each linked server, the servers that are named, or two people. */
export const Access = Schema.Literal("public", "private", "direct")
export type Access = typeof Access.Type

/** The body of each kind. */
export const bodies = {
  /** The room is made. `servers` are those that a private or direct room names, beside the origin. */
  made: Schema.Struct({
    app: Name,
    access: Access,
    servers: Schema.optional(Schema.Array(ServerName).pipe(Schema.maxItems(Limits.namedServers)))
  }),
  joined: Schema.Struct({}),
  left: Schema.Struct({ text: Schema.optional(Text) }),
  /** The author is called `name` from now on. */
  named: Schema.Struct({ name: Name }),
  /** `isAction`: what the author does, in the third person (`/me`). */
  said: Schema.Struct({ text: textOf("a text", Limits.textBytes, 1), isAction: Schema.optional(Schema.Boolean) }),
  /** The event `re` says `text` instead. */
  edited: Schema.Struct({ text: textOf("a text", Limits.textBytes, 1) }),
  /** Salt and body of the event `re` are erased. */
  removed: Schema.Struct({ reason: Schema.optional(Text) }),
  /** The author reacts to the event `re`; the same sign again with `isOff` takes it back. */
  reacted: Schema.Struct({
    sign: textOf("a reaction", Limits.reactionBytes, 1),
    isOff: Schema.optional(Schema.Boolean)
  }),
  /** A file: its content is identified by its SHA-256. */
  file: Schema.Struct({
    name: textOf("a file name", Limits.attachmentNameBytes, 1),
    bytes: Schema.NonNegativeInt,
    sha256: hexOfBytes(32),
    text: Schema.optional(Text)
  }),
  topic: Schema.Struct({ text: Text }),
  /** `person` has this power from now on. */
  power: Schema.Struct({ person: PersonName, power: Schema.Literal("owner", "moderator", "speaker", "reader") }),
  /** `person` is barred, until a time if there is one; `none` takes it back. */
  barred: Schema.Struct({
    person: PersonName,
    bar: Schema.Literal("mute", "kick", "ban", "none"),
    until: Schema.optional(Time),
    reason: Schema.optional(Text)
  }),
  /** Of the room's app: any object. */
  app: Schema.Struct({})
} as const

/** A kind that has a Schema. */
export type EventKind = keyof typeof bodies

/** What an event of the kind says. */
export type BodyOf<Kind extends EventKind> = typeof bodies[Kind]["Type"]

/** A kind and what it says. */
export type KnownBody = {
  readonly [Kind in EventKind]: { readonly kind: Kind; readonly body: BodyOf<Kind> }
}[EventKind]

/** Kinds that concern another event, which `re` names. */
export const aboutAnother: ReadonlyArray<string> = ["edited", "removed", "reacted"] satisfies ReadonlyArray<EventKind>

/** Whether the kind has a Schema here. */
export const isKnown = (kind: string): kind is EventKind => Object.hasOwn(bodies, kind)

/** What a body of a known kind says; Left is the reason, as the rest of a sentence: `text: …`. */
export const readBody = (kind: EventKind, body: unknown): Either.Either<KnownBody, string> =>
  Either.mapBoth(decoders[kind](body), {
    onLeft: (error) => reasonOf("body", error),
    onRight: (decoded) => ({ kind, body: decoded }) as KnownBody
  })

const decoders: Readonly<Record<EventKind, (body: unknown) => Either.Either<unknown, ParseResult.ParseError>>> = {
  made: Schema.decodeUnknownEither(bodies.made),
  joined: Schema.decodeUnknownEither(bodies.joined),
  left: Schema.decodeUnknownEither(bodies.left),
  named: Schema.decodeUnknownEither(bodies.named),
  said: Schema.decodeUnknownEither(bodies.said),
  edited: Schema.decodeUnknownEither(bodies.edited),
  removed: Schema.decodeUnknownEither(bodies.removed),
  reacted: Schema.decodeUnknownEither(bodies.reacted),
  file: Schema.decodeUnknownEither(bodies.file),
  topic: Schema.decodeUnknownEither(bodies.topic),
  power: Schema.decodeUnknownEither(bodies.power),
  barred: Schema.decodeUnknownEither(bodies.barred),
  app: Schema.decodeUnknownEither(bodies.app)
}

/** The first issue of a value within `what`, in a few words: the value may be a stranger's. */
export const reasonOf = (what: string, error: ParseResult.ParseError): string => {
  const [issue] = ParseResult.ArrayFormatter.formatErrorSync(error)
  const path = [...(what === "" ? [] : [what]), ...(issue?.path ?? [])].join(".")
  return `${path}: ${issue?.message ?? "not of the form"}`.slice(0, Limits.reasonUnits)
}
