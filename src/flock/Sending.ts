/** Sends files and texts over a session. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as Policy from "../Policy.ts"
import * as Limits from "../protocol/Limits.ts"
import * as Sha256 from "../Sha256.ts"
import type { Source, StorageError } from "../Storage.ts"
import type { MessageDeclined, Outgoing } from "./Message.ts"
import type { Session, Statistics } from "./Session.ts"
import type { SessionError } from "./SessionError.ts"

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
  readonly limitedBy: Brake
}

export type Brake = keyof Statistics["brakeMillis"]

/** Sends a file; succeeds when the receiver has published it. */
export const sendFile = (
  session: Session,
  source: Source
): Effect.Effect<Sent, SessionError | MessageDeclined | StorageError> => {
  const sha256 = source.size === 0 ? Sha256.ofBytes(new Uint8Array(0)) : source.sha256
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
  const message = { kind: "text", size: bytes.length, body, sha256: Sha256.ofBytes(bytes) }
  return sent(session, message, { kind: "text", name: "", path: undefined, size: bytes.length })
}

const sent = <E>(
  session: Session,
  message: Outgoing<E> & { readonly sha256: Effect.Effect<string, E> },
  what: Pick<Sent, "kind" | "name" | "path" | "size">
): Effect.Effect<Sent, E | SessionError | MessageDeclined> =>
  Effect.gen(function*() {
    const durationMillis = yield* Policy.stopwatch
    const before = session.statistics()
    yield* session.send(message)
    const after = session.statistics()
    return {
      ...what,
      sha256: yield* message.sha256,
      retransmissions: after.lostPackets - before.lostPackets,
      durationMillis: durationMillis(),
      limitedBy: strongest(before.brakeMillis, after.brakeMillis)
    }
  })

const brakes: ReadonlyArray<Brake> = ["application", "window", "congestion", "pacing"]

const strongest = (before: Statistics["brakeMillis"], after: Statistics["brakeMillis"]): Brake =>
  brakes.reduce((one, other) => after[other] - before[other] > after[one] - before[one] ? other : one)

const blocksOf = function*(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += Limits.streamBlockBytes) {
    yield bytes.subarray(at, at + Limits.streamBlockBytes)
  }
}
