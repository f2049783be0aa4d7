/**
 * Takes what peers send over sessions: texts into memory, files into a directory, each accepted only when it is safe there.
 */
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Address } from "../net/Address.ts"
import * as Limits from "../protocol/ProtocolLimits.ts"
import * as Blocks from "../storage/Blocks.ts"
import * as Digest from "../storage/Digest.ts"
import type { Inbox } from "../storage/Storage.ts"
import { StorageError } from "../storage/Storage.ts"
import type { Listener } from "../transport/flock/FlockEndpoint.ts"
import type { Incoming } from "../transport/flock/MessageStream.ts"
import type { Session } from "../transport/flock/Session.ts"
import type { SessionError } from "../transport/flock/SessionError.ts"
import * as Timing from "../transport/Timing.ts"
import { textOf, textTooLong, tooManyTexts, unexpected } from "./Taking.ts"

/** A message whose header is known. */
export interface Started {
  /** Distinguishes messages of this program's run. */
  readonly id: string
  readonly peer: Address
  readonly kind: "file" | "text"
  /** As the peer sent it: not safe to show or to open as it is. Empty for a text. */
  readonly name: string
  /** Bytes, as its sender announced them. */
  readonly size: number
  /** Read it as often as you like. */
  readonly arrivedBytes: () => number
}

/** A message that is whole and safe. */
export interface Received extends Started {
  /** Absolute; of a file. */
  readonly path: string | undefined
  /** Of a text. */
  readonly text: string | undefined
  /** Lower-case hex. */
  readonly sha256: string
  readonly durationMillis: number
}

export type ReceivingEvent =
  | { readonly _tag: "Connected"; readonly peer: Address }
  | { readonly _tag: "Disconnected"; readonly peer: Address; readonly why: SessionError }
  | { readonly _tag: "Started"; readonly message: Started }
  | { readonly _tag: "Received"; readonly message: Received }
  /** This side could not take it; its sender was told. */
  | { readonly _tag: "Refused"; readonly message: Started; readonly error: StorageError }
  /** Its sender did not finish it; nothing of it is left. */
  | { readonly _tag: "Abandoned"; readonly message: Started; readonly error: SessionError }

/**
 * Takes everything that the sessions of `listener` bring, until the listener's scope closes. Each event is told to `tell` before the
 * Stream has it: that a message was received is told even if the Stream is interrupted just then.
 */
export const receiveAll = (
  listener: Listener,
  inbox: Inbox,
  tell: (event: ReceivingEvent) => Effect.Effect<void> = () => Effect.void
): Stream.Stream<ReceivingEvent> => {
  const told = (event: ReceivingEvent): Effect.Effect<ReceivingEvent> => Effect.as(tell(event), event)
  const run: Run = { inbox, told, isLeaving: listener.isRefusing, heldTextBytes: 0, messages: 0 }
  return Stream.flatMap(listener.incoming, (session) => receiveFrom(session, run), { concurrency: "unbounded" })
}

/** What the messages of one `receiveAll` have in common. */
interface Run {
  readonly inbox: Inbox
  readonly told: (event: ReceivingEvent) => Effect.Effect<ReceivingEvent>
  /** Whether messages that begin now are refused. */
  readonly isLeaving: () => boolean
  heldTextBytes: number
  /** So many have been numbered. */
  messages: number
}

/**
 * What one session brings; messages of one session arrive beside each other. It is known by the address that it came from, wherever
 * it moves.
 */
const receiveFrom = (session: Session, run: Run): Stream.Stream<ReceivingEvent> => {
  const peer = session.peer()
  return Stream.fromEffect(run.told({ _tag: "Connected", peer })).pipe(
    Stream.concat(
      Stream.flatMap(session.messages, (reading) =>
        Stream.unwrapScoped(Effect.map(
          Effect.either(reading),
          Either.match({
            // Nobody can be told of what has no header.
            onLeft: () => Stream.empty,
            onRight: (incoming) => receive(peer, incoming, run)
          })
        )), { concurrency: Limits.openStreams })
    ),
    Stream.concat(Stream.fromEffect(
      Effect.flatMap(session.closed, (why) => run.told({ _tag: "Disconnected", peer, why }))
    ))
  )
}

const receive = (peer: Address, incoming: Incoming, run: Run): Stream.Stream<ReceivingEvent> => {
  const { kind, name = "", size } = incoming.header
  if (run.isLeaving()) {
    return Stream.drain(Stream.fromEffect(incoming.refuse("Leaving", "it is about to end and takes nothing new")))
  }
  if ((kind !== "text" && kind !== "file") || size === undefined) {
    return Stream.drain(Stream.fromEffect(incoming.refuse("Unsupported", "only files and texts are taken here")))
  }
  const { arrivedBytes } = incoming
  const message: Started = { id: String(++run.messages), peer, kind, name, size, arrivedBytes }
  const refused = (error: StorageError) =>
    Effect.zipRight(incoming.refuse(error.reason, error.message), run.told({ _tag: "Refused", message, error }))
  const taken = Effect.scoped((kind === "text" ? takeText : takeFile)(message, incoming, run)).pipe(
    Effect.catchTags({
      StorageError: refused,
      SessionError: (error) => run.told({ _tag: "Abandoned", message, error })
    }),
    // A defect ends this message and no other.
    Effect.catchAllDefect((defect) => refused(unexpected(message.name, defect)))
  )
  return Stream.concat(Stream.fromEffect(run.told({ _tag: "Started", message })), Stream.fromEffect(taken))
}

type Take = (
  message: Started,
  incoming: Incoming,
  run: Run
) => Effect.Effect<ReceivingEvent, StorageError | SessionError, Scope.Scope>

const takeFile: Take = (message, incoming, { inbox, told }) =>
  Effect.gen(function*() {
    const durationMillis = yield* Timing.stopwatch
    const sink = yield* inbox.sink(message.name, message.size)
    yield* Stream.runForEach(incoming.body(Limits.streamBlockBytes), (block) =>
      Effect.map(sink.write(block), () => incoming.release(block)))
    yield* sink.verify(incoming.sha256())
    // Once it is published its sender is told so, whatever becomes of this program; and it is here, whether he hears it or not.
    return yield* Effect.uninterruptible(
      Effect.flatMap(sink.publish, ({ path, sha256, size }) =>
        told({
          _tag: "Received",
          message: { ...message, path, text: undefined, size, sha256, durationMillis: durationMillis() }
        })).pipe(Effect.zipLeft(Effect.ignore(incoming.accept())))
    )
  })

const takeText: Take = (message, incoming, run) =>
  Effect.gen(function*() {
    const durationMillis = yield* Timing.stopwatch
    if (message.size > Limits.textBytes) return yield* textTooLong
    if (run.heldTextBytes + message.size > Limits.allTextsBytes) return yield* tooManyTexts
    yield* Effect.acquireRelease(
      Effect.sync(() => run.heldTextBytes += message.size),
      () => Effect.sync(() => run.heldTextBytes -= message.size)
    )
    const blocks: Array<Uint8Array> = []
    yield* Stream.runForEach(incoming.body(1), (block) => Effect.sync(() => blocks.push(block)))
    const bytes = Blocks.joined(blocks)
    const sha256 = yield* Digest.ofBytes(bytes)
    if (sha256 !== incoming.sha256()) return yield* damagedText
    const text = textOf(bytes)
    return yield* Effect.uninterruptible(
      Effect.suspend(() =>
        run.told({
          _tag: "Received",
          message: { ...message, path: undefined, text, sha256, durationMillis: durationMillis() }
        })
      ).pipe(Effect.zipLeft(Effect.ignore(incoming.accept())))
    )
  })

const damagedText = new StorageError({
  reason: "Damaged",
  path: "",
  message: "it is not what was sent; send it again"
})
