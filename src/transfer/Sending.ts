/** Sends files and texts over a session. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Limits from "../protocol/ProtocolLimits.ts"
import * as Digest from "../storage/Digest.ts"
import type { Source, StorageError } from "../storage/Storage.ts"
import type { MessageDeclined, Outgoing } from "../transport/flock/MessageStream.ts"
import type { Session, Statistics } from "../transport/flock/Session.ts"
import type { SessionError } from "../transport/flock/SessionError.ts"
import * as Timing from "../transport/Timing.ts"

/** A message that arrived at its receiver. Sizes are bytes. */
export interface Sent {
  readonly kind: "file" | "text"
  /** Empty for a text. */
  readonly name: string
  /** Absolute; undefined for what never was a file. */
  readonly path: string | undefined
  readonly size: number
  /** Lower-case hex. */
  readonly sha256: string
  /** Packets lost while it was under way, those of other messages of the session included. */
  readonly retransmissions: number
  readonly durationMillis: number
  /** What held it back for the most of that time. */
  readonly limitedBy: LimitingFactor
}

export type LimitingFactor = keyof Statistics["limitedMillis"]

/** Sends a file; succeeds when the receiver has published it. */
export const sendFile = (
  session: Session,
  source: Source
): Effect.Effect<Sent, SessionError | MessageDeclined | StorageError> => {
  const sha256 = source.size === 0 ? Digest.ofBytes(new Uint8Array(0)) : source.sha256
  const message = {
    kind: "file",
    name: source.name,
    size: source.size,
    body: source.blocks(Limits.streamBlockBytes),
    sha256,
    recycle: source.recycle
  }
  return sent(session, message, { kind: "file", name: source.name, path: source.path, size: source.size })
}

/** Sends a text of at most `Limits.textBytes`. */
export const sendText = (session: Session, text: string): Effect.Effect<Sent, SessionError | MessageDeclined> => {
  const bytes = new TextEncoder().encode(text)
  const body = Stream.fromIterable(blocksOf(bytes))
  const message = { kind: "text", size: bytes.length, body, sha256: Digest.ofBytes(bytes) }
  return sent(session, message, { kind: "text", name: "", path: undefined, size: bytes.length })
}

const sent = <E>(
  session: Session,
  message: Outgoing<E> & { readonly sha256: Effect.Effect<string, E> },
  what: Pick<Sent, "kind" | "name" | "path" | "size">
): Effect.Effect<Sent, E | SessionError | MessageDeclined> =>
  Effect.gen(function*() {
    const durationMillis = yield* Timing.stopwatch
    const before = session.statistics()
    yield* session.send(message)
    const after = session.statistics()
    return {
      ...what,
      sha256: yield* message.sha256,
      retransmissions: after.lostPackets - before.lostPackets,
      durationMillis: durationMillis(),
      limitedBy: strongest(before.limitedMillis, after.limitedMillis)
    }
  })

const brakes: ReadonlyArray<LimitingFactor> = ["application", "window", "congestion", "pacing"]

const strongest = (before: Statistics["limitedMillis"], after: Statistics["limitedMillis"]): LimitingFactor =>
  brakes.reduce((one, other) => after[other] - before[other] > after[one] - before[one] ? other : one)

const blocksOf = function*(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += Limits.streamBlockBytes) {
    yield bytes.subarray(at, at + Limits.streamBlockBytes)
  }
}
