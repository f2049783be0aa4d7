/**
 * Makes events and checks those of others: form, hash, origin, author and signature. The functions of cryptography come in as values.
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { bytesOfHex, hexOf } from "../Hex.ts"
import { canonicalJson, type JsonObject, utf8, utf8Bytes } from "./CanonicalJson.ts"
import * as Limits from "./ConversationLimits.ts"
import { Event } from "./Event.ts"
import { aboutAnother, isKnown, type KnownBody, readBody, reasonOf, serverOfPerson } from "./EventBody.ts"
import { isOriginOf, serverOf, type Sha256 } from "./Origin.ts"

/** What checks an event. */
export interface EventChecks {
  readonly sha256: Sha256
  /** Whether `signature` is one of `message` by the key: Ed25519 (RFC 8032). False for a key that is no point. */
  readonly isSigned: (key: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean
}

/** What makes the events of an origin. */
export interface EventSigner {
  readonly sha256: Sha256
  readonly origin: string
  /** The public key of 32 bytes, to which the origin belongs. */
  readonly key: Uint8Array
  readonly sign: (message: Uint8Array) => Uint8Array
}

/** An event before it has its place, its hash and its signature. `author` is a person of the origin's server. */
export type Draft =
  & Pick<Event, "room" | "time" | "author" | "device" | "n" | "kind" | "re">
  & { readonly body: JsonObject }

/** The event of a draft. Throws a RangeError for a draft that its receivers would refuse: a defect of this side. */
export const signedEvent = (
  signer: EventSigner,
  { body, ...draft }: Draft,
  place: Pick<Event, "seq" | "clock">,
  salt: Uint8Array
): Event => {
  const saltText = hexOf(salt)
  const digest = digestOf(signer.sha256, saltText, body)
  const { re, ...fields } = draft
  const head = {
    v: 1 as const,
    origin: signer.origin,
    ...fields,
    ...place,
    ...(re === undefined ? {} : { re }),
    digest: digest ?? "",
    key: hexOf(signer.key)
  }
  const hash = hashOf(signer.sha256, head)
  const event = {
    ...head,
    salt: saltText,
    body,
    hash: hash ?? "",
    sig: hash === undefined ? "" : hexOf(signer.sign(signedBytes(hash)))
  }
  const decoded = decodeEvent(event)
  if (Either.isLeft(decoded)) throw new RangeError(`an event that no server would take: ${decoded.left}`)
  return event
}

/** The event without salt and body. Its hash and its signature still hold. */
export const erased = (event: Event): Event => ({ ...event, salt: null, body: null })

/** An event of the right form, of which nothing is proved; Left is the reason, as the rest of a sentence: `seq: Expected …`. */
export const decodeEvent = (value: unknown): Either.Either<Event, string> => {
  const decoded = decodeForm(value)
  if (Either.isLeft(decoded)) return Either.left(reasonOf("", decoded.left))
  const event = decoded.right
  const problem = problemOfBody(event) ?? problemOfAuthor(event)
  return problem === undefined ? Either.right(event) : Either.left(problem)
}

/** Why an event of the right form is forged or damaged; undefined if its origin has made it as it is. */
export const forgeryOf = ({ isSigned, sha256 }: EventChecks, event: Event): string | undefined => {
  const { body, digest, hash, key, salt, sig, ...rest } = event
  if (body !== null && salt !== null && digestOf(sha256, salt, body) !== digest) return "digest: not that of the body"
  if (hashOf(sha256, { ...rest, digest, key }) !== hash) return "hash: not that of the event"
  const keyBytes = bytesOfHex(key)
  if (!isOriginOf(sha256, event.origin, keyBytes)) return "origin: it belongs to another key"
  return isSigned(keyBytes, signedBytes(hash), bytesOfHex(sig)) ? undefined : "sig: not a signature of the origin"
}

/** What an event says: undefined when it is erased, or of a kind that has no Schema here. */
export const saidBy = ({ body, kind }: Event): KnownBody | undefined =>
  body === null || !isKnown(kind) ? undefined : Either.getOrUndefined(readBody(kind, body))

const decodeForm = Schema.decodeUnknownEither(Event, { onExcessProperty: "error" })

const problemOfBody = ({ body, kind, re, salt }: Event): string | undefined => {
  if ((body === null) !== (salt === null)) return "salt: present without a body, or absent beside one"
  if (body !== null) return problemOfPost({ body, kind, re })
  return re === undefined && aboutAnother.includes(kind) ? `re: ${kind} concerns another event` : undefined
}

/** Why a client's post cannot be recorded, as the rest of a sentence; undefined if `signedEvent` takes its kind, its body, and what it is about. */
export const problemOfPost = (
  { body, kind, re }: Pick<Event, "kind" | "re"> & { readonly body: JsonObject }
): string | undefined => {
  if (re === undefined && aboutAnother.includes(kind)) return `re: ${kind} concerns another event`
  const text = canonicalJson(body)
  if (text === undefined) {
    return `body: a number that is no integer, a lone surrogate, or over ${Limits.bodyDepth} levels`
  }
  if (utf8Bytes(text, Limits.bodyBytes) > Limits.bodyBytes) return `body: over ${Limits.bodyBytes} bytes`
  if (!isKnown(kind)) return undefined
  const read = readBody(kind, body)
  return Either.isLeft(read) ? read.left : undefined
}

const problemOfAuthor = ({ author, origin }: Event): string | undefined => {
  const server = serverOfPerson(author)
  return server === serverOf(origin) ? undefined : `author: of ${server}, but the origin is of ${serverOf(origin)}`
}

const digestOf = (sha256: Sha256, salt: string, body: JsonObject): string | undefined => {
  const text = canonicalJson(body)
  return text === undefined ? undefined : hexOf(sha256(bytesOfHex(salt), utf8(text)))
}

const hashOf = (sha256: Sha256, head: Omit<Event, "salt" | "body" | "hash" | "sig">): string | undefined => {
  const text = canonicalJson(head)
  return text === undefined ? undefined : hexOf(sha256(utf8(text)))
}

const signaturePrefix = utf8("holub event")

const signedBytes = (hash: string): Uint8Array => Uint8Array.of(...signaturePrefix, ...bytesOfHex(hash))
