/**
 * Sends files and texts over a session of any wire.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { format } from "../net/Address.ts"
import * as Limits from "../protocol/ProtocolLimits.ts"
import * as Digest from "../storage/Digest.ts"
import * as FileName from "../storage/FileName.ts"
import type { Source, StorageError } from "../storage/Storage.ts"
import { SessionError } from "../transport/SessionError.ts"
import type { Delivery, Envelope, FragmentOptions, Plan, Session } from "../transport/Transport.ts"
import * as TransferSpan from "./TransferSpan.ts"

/** A message that its receiver has accepted. Sizes are bytes. */
export interface Sent extends Omit<Delivery, "receipt"> {
  readonly kind: "file" | "text"
  /** Empty for a text. */
  readonly name: string
  /** The absolute path; undefined for content without a file. */
  readonly path: string | undefined
  readonly size: number
  /** Lower-case hex. */
  readonly sha256: string
}

/** Options of a message. Without a fragment size, a wire with fragments uses the largest one that fits the path. */
export interface SendOptions extends FragmentOptions {
  /** Sent in the header of the message, as JSON, on a wire that carries metadata. */
  readonly metadata?: unknown
}

/** The envelope of a file. */
export const fileEnvelope = (source: Source, options?: SendOptions): Envelope<StorageError> => ({
  kind: "file",
  name: source.name,
  size: source.size,
  body: source.blocks,
  sha256: source.size === 0 ? Digest.ofBytes(new Uint8Array(0)) : source.sha256,
  recycle: source.recycle,
  ...chosen(options)
})

/** The envelope of a text. */
export const textEnvelope = (text: string, options?: SendOptions): Envelope => {
  const bytes = new TextEncoder().encode(text)
  return {
    kind: "text",
    size: bytes.length,
    body: (blockBytes) => blocksOf(bytes, blockBytes),
    sha256: Digest.ofBytes(bytes),
    ...chosen(options)
  }
}

const chosen = ({ damage, fragmentSize, metadata }: SendOptions = {}): Pick<Envelope, "fragments" | "metadata"> => ({
  fragments: damage === undefined && fragmentSize === undefined ? undefined : { damage, fragmentSize },
  metadata
})

/**
 * Returns how a file or a text would be sent over a wire or a session. Fails with `Unsupported` if the wire cannot carry
 * it, or if every inbox refuses it because of its name or its length: a wire may carry no reason of a refusal. Sends
 * nothing.
 */
export const check = (
  carrier: Pick<Session, "plan"> & { readonly peer?: Session["peer"] },
  envelope: Envelope<unknown>
): Effect.Effect<Plan, SessionError> => {
  const refusal = refusalOf(envelope)
  if (refusal === undefined) return carrier.plan(envelope)
  const peer = carrier.peer === undefined ? "" : format(carrier.peer())
  return new SessionError({ reason: "Unsupported", peer, ...refusal })
}

/** Why every inbox refuses a message, as far as its sender can know; undefined if it cannot. */
const refusalOf = (
  { kind, name = "", size = 0 }: Envelope<unknown>
): Pick<SessionError, "detail" | "message"> | undefined => {
  if (kind === "text" && size > Limits.textBytes) {
    const message = `a text has at most ${Limits.textBytes} bytes, not ${size}; send it as a file`
    return { detail: "TextTooLong", message }
  }
  const checked = kind === "file" ? FileName.check(name) : undefined
  if (checked === undefined || Either.isRight(checked)) return undefined
  return { detail: "UnsafeName", message: `cannot send "${name}": ${checked.left}; give the file another name` }
}

/** Sends a file; succeeds when the receiver has published it. */
export const sendFile = (
  session: Session,
  source: Source,
  options?: SendOptions
): Effect.Effect<Sent, SessionError | StorageError> =>
  sent(session, fileEnvelope(source, options), { kind: "file", name: source.name, path: source.path })

/** Sends a text of at most `Limits.textBytes` bytes; succeeds when the receiver has accepted it. */
export const sendText = (session: Session, text: string, options?: SendOptions): Effect.Effect<Sent, SessionError> =>
  sent(session, textEnvelope(text, options), { kind: "text", name: "", path: undefined })

const sent = <E>(
  session: Session,
  envelope: Envelope<E>,
  message: Pick<Sent, "kind" | "name" | "path">
): Effect.Effect<Sent, E | SessionError> =>
  Effect.gen(function*() {
    yield* check(session, envelope)
    const { receipt: _receipt, ...delivery } = yield* TransferSpan.send(session, envelope)
    const sha256 = yield* envelope.sha256 ?? Effect.succeed("")
    return { ...message, size: envelope.size ?? 0, sha256, ...delivery }
  })

/** Cuts a text into blocks, as those of a file: each chunk of the Stream is a block. */
const blocksOf = (bytes: Uint8Array, blockBytes: number): Stream.Stream<Uint8Array> =>
  Stream.unfold(
    0,
    (at) =>
      at < bytes.length ? Option.some([bytes.subarray(at, at + blockBytes), at + blockBytes] as const) : Option.none()
  ).pipe(Stream.rechunk(1))
