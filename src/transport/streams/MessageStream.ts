/**
 * Messages on streams (docs/PROTOCOL.md, flock §6): each message opens a stream with a header and a body, and the
 * receiver answers with a receipt on the same stream. It knows kinds and sizes, but not files and texts.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { bytesOf, write as writeVarint } from "../../protocol/flock/wire/Varint.ts"
import { hexOf } from "../../protocol/Hex.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { blocksOf, digestOf } from "../Body.ts"
import * as SessionEnd from "../SessionEnd.ts"
import { SessionError } from "../SessionError.ts"
import { type SessionStream, streamCode } from "../SessionStream.ts"
import type { Envelope, Incoming, Reception } from "../Transport.ts"
import { broken, streamOf, StreamReader } from "./StreamReader.ts"

/** The header of a message, before its body. */
export class Header extends Schema.Class<Header>("holub/MessageHeader")({
  /** `text`, `file`, or a kind of an application. */
  kind: Schema.NonEmptyString,
  /** The name of a file, from the peer: unsafe to open unchecked. */
  name: Schema.optional(Schema.String),
  /** Bytes of the body; the SHA-256 follows the body. Without a size, the end of the stream ends the body. */
  size: Schema.optional(Schema.NonNegativeInt),
  /** Metadata of the application. */
  metadata: Schema.optional(Schema.Unknown)
}) {}

/** The receiver's answer. */
const Receipt = Schema.Union(
  Schema.Struct({ ok: Schema.Literal(true), metadata: Schema.optional(Schema.Unknown) }),
  Schema.Struct({
    ok: Schema.Literal(false),
    reason: Schema.String,
    message: Schema.String,
    metadata: Schema.optional(Schema.Unknown)
  })
)
type Receipt = typeof Receipt.Type

const encodeHeader = Schema.encodeSync(Schema.parseJson(Header))
const decodeHeader = Schema.decodeUnknownEither(Schema.parseJson(Header))
const encodeReceipt = Schema.encodeSync(Schema.parseJson(Receipt))
const decodeReceipt = Schema.decodeUnknownEither(Schema.parseJson(Receipt))

/** Sends a message on a stream of its own; succeeds with the receipt's metadata when the receiver has accepted it. */
export const send = <E>(
  stream: SessionStream,
  peer: string,
  envelope: Envelope<E>
): Effect.Effect<unknown, E | SessionError> =>
  Effect.gen(function*() {
    const { kind, metadata, name, recycle, sha256, size } = envelope
    const header = yield* headerOf(peer, { kind, name, size, metadata })
    const write = (block: Uint8Array) =>
      Effect.suspend(() => {
        if (recycle !== undefined) stream.released().forEach(recycle)
        return stream.write(block)
      })
    const everything = Effect.gen(function*() {
      yield* stream.write(header)
      yield* Stream.runForEach(blocksOf(envelope, peer, Limits.streamBlockBytes), write)
      if (sha256 !== undefined) yield* stream.write(yield* digestOf(sha256, peer))
      yield* stream.finish
    })
    // A receiver that does not read the rest sends its reason in the receipt.
    yield* Effect.catchIf(everything, isStopped, () => Effect.void)
    return yield* Effect.mapError(
      receiptOf(new StreamReader(stream, peer), peer),
      (error) => error.reason === "Reset" ? SessionEnd.of("Unanswered", peer, { code: error.code }) : error
    )
  }).pipe(Effect.onExit((exit) => exit._tag === "Success" ? Effect.void : stream.reset(streamCode.failed)))

/**
 * Opens a service of the peer on `stream`: sends the header at once, and returns the stream whose first byte follows
 * the peer's receipt.
 */
export const open = (
  stream: SessionStream,
  peer: string,
  { kind, metadata }: { readonly kind: string; readonly metadata: unknown }
): Effect.Effect<SessionStream, SessionError> =>
  Effect.gen(function*() {
    yield* stream.write(yield* headerOf(peer, { kind, metadata }))
    const source = new StreamReader(stream, peer)
    return source.rest(yield* Effect.cached(Effect.asVoid(receiptOf(source, peer))))
  })

/** The encoded header of a message. Fails with `Unsupported` if it is too long. */
export const headerOf = (
  peer: string,
  header: ConstructorParameters<typeof Header>[0]
): Effect.Effect<Uint8Array, SessionError> => encoded(peer, "header", () => encodeHeader(new Header(header)))

/** A header or a receipt with its length. Fails if JSON cannot express it, as a BigInt or a cycle, or if it is too long. */
const encoded = (
  peer: string,
  part: "header" | "receipt",
  encode: () => string
): Effect.Effect<Uint8Array, SessionError> =>
  Effect.flatMap(
    Effect.try({
      try: () => framed(encode()),
      catch: (cause) =>
        new SessionError({
          reason: "Unsupported",
          peer,
          detail: "Json",
          message: "metadata must have a form in JSON",
          cause
        })
    }),
    (bytes) => bytes.length > Limits.messageHeaderBytes ? tooLong(peer, part, bytes.length) : Effect.succeed(bytes)
  )

const isStopped = (error: unknown): error is SessionError => error instanceof SessionError && error.reason === "Stopped"

/** Reads the header of the message on a `stream` that the peer has opened. */
export const receive = (stream: SessionStream, peer: string): Effect.Effect<Incoming, SessionError> =>
  Effect.gen(function*() {
    const source = new StreamReader(stream, peer)
    const header = decodeHeader(yield* source.framed)
    if (Either.isLeft(header)) return yield* broken(peer, "a message without a header")
    let arrived = 0
    let sha256: string | undefined
    const { size } = header.right
    const bodyStart = stream.readBytes() - source.restBytes
    const next = (leastBytes: number): Effect.Effect<Uint8Array | undefined, SessionError> =>
      Effect.gen(function*() {
        const block = yield* size === undefined ? source.some(leastBytes) : source.upTo(size - arrived, leastBytes)
        if (block !== undefined) {
          arrived += block.length
          return block
        }
        if (size === undefined) return undefined
        if (arrived < size) return yield* broken(peer, `a message of ${size} bytes that ended after ${arrived}`)
        sha256 = hexOf(yield* source.exactly(digestBytes))
        if ((yield* source.some(1)) !== undefined) return yield* broken(peer, "a message that is longer than announced")
        return undefined
      })
    const report = (receipt: Receipt) =>
      Effect.flatMap(encoded(peer, "receipt", () => encodeReceipt(receipt)), stream.write)
    const answer = (receipt: Receipt) => Effect.zipRight(report(receipt), stream.finish)
    return {
      kind: header.right.kind,
      name: header.right.name,
      size,
      leastBytes: size ?? 0,
      metadata: header.right.metadata,
      plan: { fragments: undefined, fragmentSize: undefined },
      repeats: () => 0,
      reception: () => noReception,
      arrivedBytes: () => Math.min(size ?? Infinity, stream.arrivedBytes() - bodyStart),
      body: (leastBytes) => streamOf(() => next(leastBytes)),
      release: stream.release,
      sha256: () => sha256,
      stream: (metadata) => Effect.as(report({ ok: true, metadata }), source.rest(Effect.void)),
      // A handler that has published a message answers it where it cannot be interrupted. A silent peer must not hold it there.
      accept: (metadata) =>
        Effect.zipRight(Effect.uninterruptible(answer({ ok: true, metadata })), Effect.interruptible(stream.settled)),
      refuse: (reason, message, metadata) =>
        answer({ ok: false, reason, message, metadata }).pipe(
          Effect.catchIf(isUnsupported, (error) =>
            answer({ ok: false, reason: error.detail ?? reason, message: error.message })),
          Effect.zipRight(stream.stop(streamCode.cancelled)),
          Effect.ignore
        )
    }
  })

const noReception: Reception = { damaged: 0, damagedNumbers: [], duplicates: 0, payloadSize: undefined }

const digestBytes = 32

/** Reads the receipt and returns its metadata; fails with `Declined` if the receiver refused the message. */
const receiptOf = (source: StreamReader, peer: string): Effect.Effect<unknown, SessionError> =>
  Effect.flatMap(source.framed, (text) => {
    const receipt = decodeReceipt(text)
    if (Either.isLeft(receipt)) return broken(peer, "a receipt that cannot be parsed")
    if (receipt.right.ok) return Effect.succeed(receipt.right.metadata)
    const { message, metadata, reason: detail } = receipt.right
    return new SessionError({ reason: "Declined", peer, detail, message, metadata })
  })

const isUnsupported = ({ reason }: SessionError): boolean => reason === "Unsupported"

const tooLong = (peer: string, part: "header" | "receipt", bytes: number): SessionError =>
  new SessionError({
    reason: "Unsupported",
    peer,
    detail: part === "header" ? "HeaderTooLong" : "ReceiptTooLong",
    message: `the ${part} of a message has ${bytes} of at most ${Limits.messageHeaderBytes} bytes: shorten its metadata`
  })

const encoder = new TextEncoder()

/** Encodes JSON after its length, a varint. */
const framed = (json: string): Uint8Array => {
  const bytes = encoder.encode(json)
  const whole = new Uint8Array(bytesOf(bytes.length) + bytes.length)
  whole.set(bytes, writeVarint(whole, 0, bytes.length))
  return whole
}
