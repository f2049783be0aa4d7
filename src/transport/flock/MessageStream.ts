/**
 * Messages on streams (docs/PROTOCOL.md, flock §6): each message opens a stream with a header and a body, and the
 * receiver answers with a receipt on the same stream. It knows kinds and sizes, but not files and texts.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { bytesOf, Reader, write as writeVarint } from "../../protocol/flock/wire/Varint.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { blocksOf, digestOf } from "../Body.ts"
import { SessionError } from "../SessionError.ts"
import { type SessionStream, streamCode } from "../SessionStream.ts"
import type { Envelope, Incoming, Reception } from "../Transport.ts"

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
    return yield* receiptOf(new Source(stream, peer), peer)
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
    const source = new Source(stream, peer)
    return source.rest(yield* Effect.cached(Effect.asVoid(receiptOf(source, peer))))
  })

const headerOf = (
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
    const source = new Source(stream, peer)
    const header = decodeHeader(yield* source.framed)
    if (Either.isLeft(header)) return yield* broken(peer, "a message without a header")
    let arrived = 0
    let sha256: string | undefined
    const { size } = header.right
    const next = (leastBytes: number): Effect.Effect<Uint8Array | undefined, SessionError> =>
      Effect.gen(function*() {
        const block = yield* size === undefined ? source.some(leastBytes) : source.upTo(size - arrived, leastBytes)
        if (block !== undefined) {
          arrived += block.length
          return block
        }
        if (size === undefined) return undefined
        if (arrived < size) return yield* broken(peer, `a message of ${size} bytes that ended after ${arrived}`)
        sha256 = toHex(yield* source.exactly(digestBytes))
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
      arrivedBytes: () => arrived,
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

/** A Stream of the blocks that `read` returns, until it returns undefined. */
const streamOf = (read: () => Effect.Effect<Uint8Array | undefined, SessionError>) =>
  Stream.repeatEffectOption(Effect.flatMap(
    Effect.mapError(Effect.suspend(read), Option.some),
    (block) => block === undefined ? Effect.fail(Option.none()) : Effect.succeed(block)
  ))

const noReception: Reception = { damaged: 0, damagedNumbers: [], duplicates: 0, payloadSize: undefined }

const digestBytes = 32

/** The bytes of a stream, in pieces of the lengths that the parser requests. */
class Source {
  readonly #stream: SessionStream
  readonly #peer: string
  /** Bytes that were read from the stream and not requested yet. */
  #rest: Uint8Array | undefined

  constructor(stream: SessionStream, peer: string) {
    this.#stream = stream
    this.#peer = peer
  }

  /** Waits for `leastBytes` or the end of the stream, and reads a block; undefined after the end. */
  some(leastBytes: number): Effect.Effect<Uint8Array | undefined, SessionError> {
    return Effect.suspend(() => {
      const rest = this.#rest
      this.#rest = undefined
      return rest === undefined ? this.#stream.read(leastBytes) : Effect.succeed(rest)
    })
  }

  /** Reads a block of at most `mostBytes`, after the same wait; undefined after the end. */
  upTo(mostBytes: number, leastBytes: number): Effect.Effect<Uint8Array | undefined, SessionError> {
    if (mostBytes === 0) return Effect.succeed(undefined)
    return Effect.map(this.some(Math.min(leastBytes, mostBytes)), (bytes) => {
      if (bytes === undefined || bytes.length <= mostBytes) return bytes
      this.#rest = bytes.subarray(mostBytes)
      return bytes.subarray(0, mostBytes)
    })
  }

  exactly(count: number): Effect.Effect<Uint8Array, SessionError> {
    const bytes = new Uint8Array(count)
    let filled = 0
    const fill: Effect.Effect<void, SessionError> = Effect.suspend(() =>
      filled === count
        ? Effect.void
        : Effect.flatMap(this.upTo(count - filled, count - filled), (part) => {
          if (part === undefined) return broken(this.#peer, "a message that ended too early")
          bytes.set(part, filled)
          filled += part.length
          return fill
        })
    )
    return Effect.as(fill, bytes)
  }

  /** The stream from here on; `before` runs before its first byte is read. */
  rest(before: Effect.Effect<void, SessionError>): SessionStream {
    const read = (leastBytes = 1) => Effect.zipRight(before, this.some(leastBytes))
    return { ...this.#stream, read, bytes: streamOf(() => read()) }
  }

  /** Reads JSON after its length, a varint. */
  get framed(): Effect.Effect<string, SessionError> {
    const first = Effect.flatMap(this.exactly(1), (byte) => {
      const length = 1 << ((byte[0] ?? 0) >>> 6)
      return Effect.map(this.exactly(length - 1), (rest) => {
        const bytes = new Uint8Array(length)
        bytes.set(byte)
        bytes.set(rest, 1)
        return new Reader(bytes, 0, length).varint()
      })
    })
    return Effect.flatMap(first, (length) =>
      length > Limits.messageHeaderBytes
        ? broken(this.#peer, `a message with a header of ${length} bytes`)
        : Effect.map(this.exactly(length), (bytes) => decoder.decode(bytes)))
  }
}

/** Reads the receipt and returns its metadata; fails with `Declined` if the receiver refused the message. */
const receiptOf = (source: Source, peer: string): Effect.Effect<unknown, SessionError> =>
  Effect.flatMap(
    Effect.mapError(source.framed, (error) => error.reason === "Reset" ? givenUp(error) : error),
    (text) => {
      const receipt = decodeReceipt(text)
      if (Either.isLeft(receipt)) return broken(peer, "a receipt that cannot be parsed")
      if (receipt.right.ok) return Effect.succeed(receipt.right.metadata)
      const { message, metadata, reason: detail } = receipt.right
      return new SessionError({ reason: "Declined", peer, detail, message, metadata })
    }
  )

const givenUp = ({ code, peer, reason }: SessionError): SessionError =>
  new SessionError({ reason, peer, code, message: `${peer} gave the message up: its program did not answer it` })

const isUnsupported = ({ reason }: SessionError): boolean => reason === "Unsupported"

const tooLong = (peer: string, part: "header" | "receipt", bytes: number): SessionError =>
  new SessionError({
    reason: "Unsupported",
    peer,
    detail: part === "header" ? "HeaderTooLong" : "ReceiptTooLong",
    message: `the ${part} of a message has ${bytes} of at most ${Limits.messageHeaderBytes} bytes: shorten its metadata`
  })

const broken = (peer: string, what: string): Effect.Effect<never, SessionError> =>
  new SessionError({ reason: "Protocol", peer, message: `${peer} sent ${what}` })

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** Encodes JSON after its length, a varint. */
const framed = (json: string): Uint8Array => {
  const bytes = encoder.encode(json)
  const whole = new Uint8Array(bytesOf(bytes.length) + bytes.length)
  whole.set(bytes, writeVarint(whole, 0, bytes.length))
  return whole
}

const toHex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
