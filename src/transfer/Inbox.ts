/**
 * Receives files and texts over sessions of any wire: texts into memory, files into a directory. A message is accepted
 * only when it is durable there. It is a handler of the Router for the kinds `file` and `text`.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Limits from "../protocol/ProtocolLimits.ts"
import { Shares } from "../protocol/Shares.ts"
import { sourceOf } from "../protocol/Source.ts"
import * as Blocks from "../storage/Blocks.ts"
import * as Digest from "../storage/Digest.ts"
import * as Storage from "../storage/Storage.ts"
import { StorageError } from "../storage/Storage.ts"
import type { Peer } from "../transport/Peer.ts"
import type { SessionError } from "../transport/SessionError.ts"
import * as Timing from "../transport/Timing.ts"
import type { Incoming, Listener, Plan, Reception } from "../transport/Transport.ts"
import * as InboxErrors from "./InboxErrors.ts"
import * as Pace from "./Pace.ts"
import * as RefusalWords from "./RefusalWords.ts"
import type { Context, Handler, SessionEvent } from "./Router.ts"
import * as Router from "./Router.ts"
import * as TransferLimits from "./TransferLimits.ts"
import * as TransferSpan from "./TransferSpan.ts"

/** A message whose header has arrived. */
export interface Started {
  /** Distinguishes the messages of one run of the program. */
  readonly id: string
  readonly peer: Peer
  readonly kind: "file" | "text"
  /** The name from the peer: unsafe to show or to open unchecked. Empty for a text. */
  readonly name: string
  /** Bytes of the content, on a wire that announces them. */
  readonly size: number | undefined
  /** The sender's metadata, parsed from JSON but not checked; undefined if there is none. */
  readonly metadata: unknown
  /** The number of all fragments and their announced size, on a wire with fragments. */
  readonly plan: Plan
  /** Content bytes so far; a counter to sample. */
  readonly arrivedBytes: () => number
  /** Damaged and duplicate fragments so far; a counter to sample. */
  readonly repeats: () => number
}

/** A message that is complete and durable. Sizes are bytes. */
export interface Received extends Started, Reception {
  /** The absolute path; undefined for a text. */
  readonly path: string | undefined
  /** The text; undefined for a file. */
  readonly text: string | undefined
  readonly size: number
  /** Lower-case hex. */
  readonly sha256: string
  readonly durationMillis: number
}

export type MessageEvent =
  | { readonly _tag: "Started"; readonly message: Started }
  | { readonly _tag: "Received"; readonly message: Received }
  /** This side refused the message. Its sender knows the reason; `error` has details of this host (RefusalWords). */
  | { readonly _tag: "Refused"; readonly message: Started; readonly error: StorageError }
  /** The sender did not finish the message; its part was removed. */
  | { readonly _tag: "Abandoned"; readonly message: Started; readonly error: SessionError }

export type InboxEvent = SessionEvent | MessageEvent

/**
 * Receives files and texts of all sessions of `listener`, until the listener's scope closes; other kinds are refused.
 * Each event is passed to `emit` before the Stream emits it, so that an interruption of the Stream loses no event.
 */
export const receiveAll = (
  listener: Listener,
  inbox: Storage.Inbox,
  emit?: (event: InboxEvent) => Effect.Effect<void>
): Stream.Stream<InboxEvent> => Router.run(listener, [handler(inbox)], emit)

export interface InboxOptions {
  /** A message of which no byte arrives in this time is given up, in milliseconds. Default: 60 s. */
  readonly progressMillis?: number | undefined
}

/** The Router's handler for files and texts, which it receives into `inbox`. */
export const handler = (inbox: Storage.Inbox, options: InboxOptions = {}): Handler<MessageEvent> => {
  const mostFiles = Math.floor(Math.min(TransferLimits.files, inbox.mostParts ?? Infinity))
  const shared: Shared = {
    inbox,
    progressMillis: options.progressMillis ?? TransferLimits.progressMillis,
    texts: new Shares(TransferLimits.allTextsBytes, TransferLimits.leastTextsBytes),
    openTexts: new Shares(TransferLimits.openTexts, TransferLimits.leastOpenTexts, TransferLimits.forNewcomers),
    files: new Shares(
      mostFiles,
      TransferLimits.leastFiles,
      mostFiles > 4 * TransferLimits.forNewcomers ? TransferLimits.forNewcomers : 0
    ),
    messages: 0
  }
  return { kinds: ["file", "text"], handle: (incoming, context) => receive(incoming, context, shared) }
}

/** The state that all messages of one inbox share. */
interface Shared {
  readonly inbox: Storage.Inbox
  readonly progressMillis: number
  /** Bytes of all texts that are being received, by source. */
  readonly texts: Shares
  /** Texts of which little had arrived when they began, by source. */
  readonly openTexts: Shares
  /** Files that are being received, by source. */
  readonly files: Shares
  /** Messages numbered so far. */
  messages: number
}

const receive = (
  incoming: Incoming,
  { emit: report, peer, session }: Context<MessageEvent>,
  shared: Shared
): Stream.Stream<MessageEvent> => {
  let last: MessageEvent | undefined
  const emit = (event: MessageEvent): Effect.Effect<MessageEvent> => {
    last = event
    return report(event)
  }
  if (session.capabilities.sizes && incoming.size === undefined) {
    return Stream.drain(Stream.fromEffect(incoming.refuse("Unsupported", "files and texts announce their size")))
  }
  const { arrivedBytes, metadata, name = "", plan, repeats, size } = incoming
  const kind = incoming.kind === "text" ? "text" : "file"
  const id = String(++shared.messages)
  const message: Started = { id, peer, kind, name, size, metadata, plan, arrivedBytes, repeats }
  const refused = (error: StorageError) =>
    Effect.zipRight(
      incoming.refuse(error.reason, RefusalWords.of(error.reason, name)),
      emit({ _tag: "Refused", message, error })
    )
  const accepted = (content: Content) =>
    emit({ _tag: "Received", message: { ...message, ...incoming.reception(), ...content } })
  const abandoned = (error: SessionError) =>
    Effect.zipRight(
      error.reason === "Stalled" ? incoming.refuse("Stalled", "the message made no progress") : Effect.void,
      emit({ _tag: "Abandoned", message, error })
    )
  const take = kind === "text" ? takeText : takeFile
  const taken = Effect.scoped(take({ incoming, peer, accepted, shared })).pipe(
    Effect.catchTags({ StorageError: refused, SessionError: abandoned }),
    // A defect ends this message only.
    Effect.catchAllDefect((defect) => refused(InboxErrors.unexpected(name, defect)))
  )
  const observed = TransferSpan.observed("receive", session, kind, taken, (exit) => outcomeOf(last, message, exit))
  return Stream.concat(Stream.fromEffect(emit({ _tag: "Started", message })), Stream.fromEffect(observed))
}

/** The last event decides: a published message is delivered, even if its fiber is interrupted afterwards. */
const outcomeOf = (
  last: MessageEvent | undefined,
  { arrivedBytes }: Started,
  exit: Exit.Exit<MessageEvent>
): TransferSpan.Outcome => {
  if (last?._tag === "Received") {
    const { damaged, duplicates, size } = last.message
    return { outcome: "delivered", size, attributes: { "holub.damaged": damaged, "holub.duplicates": duplicates } }
  }
  const isOver = last?._tag === "Refused" || last?._tag === "Abandoned"
  const failure = Exit.isFailure(exit) ? TransferSpan.reasonOf(exit.cause) : "defect"
  return {
    outcome: isOver ? last.error.reason : failure,
    size: arrivedBytes(),
    failure: isOver ? Cause.fail(last.error) : undefined
  }
}

type Content = Pick<Received, "path" | "text" | "size" | "sha256" | "durationMillis">

interface Taking {
  readonly incoming: Incoming
  readonly peer: Peer
  /** Reports the message as received. */
  readonly accepted: (content: Content) => Effect.Effect<MessageEvent>
  readonly shared: Shared
}

type Take = (taking: Taking) => Effect.Effect<MessageEvent, StorageError | SessionError, Scope.Scope>

/** Reads the body, as long as it makes progress. `shares` are those of the resource that the message holds. */
const reading = (
  { incoming, peer, shared: { progressMillis } }: Taking,
  shares: Shares,
  leastBytes: number,
  onBlock: (block: Uint8Array) => Effect.Effect<void, StorageError>
): Effect.Effect<void, StorageError | SessionError> =>
  Pace.required(
    incoming,
    peer,
    { progressMillis, isScarce: () => shares.isScarce },
    (body) => Stream.runForEach(body(leastBytes), onBlock)
  )

const takeFile: Take = (taking) =>
  Effect.gen(function*() {
    const { accepted, incoming, peer, shared: { files, inbox } } = taking
    const durationMillis = yield* Timing.stopwatch
    const { name } = incoming
    if (name === undefined) {
      return yield* InboxErrors.unnamed
    }
    yield* Effect.acquireRelease(
      Effect.suspend(() => files.take(sourceOf(peer)) ? Effect.void : InboxErrors.tooManyFiles),
      () => Effect.sync(() => files.give(sourceOf(peer)))
    )
    const sink = yield* inbox.sink(name, incoming.leastBytes)
    yield* reading(taking, files, Limits.streamBlockBytes, (block) =>
      Effect.map(sink.write(block), () =>
        incoming.release(block)))
    const digest = incoming.sha256()
    if (digest !== undefined) {
      yield* sink.verify(digest)
    }
    // A published message is always answered and reported: an interruption waits, and a lost answer does not prevent
    // the report.
    return yield* Effect.uninterruptible(
      Effect.gen(function*() {
        const { path, sha256, size } = yield* sink.publish
        return yield* answered(
          incoming,
          accepted({ path, text: undefined, size, sha256, durationMillis: durationMillis() })
        )
      })
    )
  })

const takeText: Take = (taking) =>
  Effect.gen(function*() {
    const { accepted, incoming, peer, shared: { openTexts, texts } } = taking
    const source = sourceOf(peer)
    const durationMillis = yield* Timing.stopwatch
    const blocks: Array<Uint8Array> = []
    let size = 0
    let isOpen = false
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        texts.give(source, size)
        if (isOpen) openTexts.give(source)
      })
    )
    // An announcement costs its sender nothing: memory is taken for bytes that have arrived.
    if (incoming.leastBytes > Limits.textBytes) return yield* InboxErrors.textTooLong
    if (!hasArrived(incoming)) {
      isOpen = openTexts.take(source)
      if (!isOpen) yield* arrivalOf(incoming)
      if (!isOpen && !hasArrived(incoming)) return yield* InboxErrors.tooManyTexts
    }
    yield* reading(taking, texts, 1, (block) =>
      Effect.suspend(() => {
        if (size + block.length > Limits.textBytes) return InboxErrors.textTooLong
        if (!texts.take(source, block.length)) return InboxErrors.tooManyTexts
        size += block.length
        blocks.push(block)
        return Effect.void
      }))
    const bytes = Blocks.joined(blocks)
    const sha256 = yield* Digest.ofBytes(bytes)
    if (sha256 !== (incoming.sha256() ?? sha256)) return yield* InboxErrors.damagedText
    const content = { path: undefined, text: textOf(bytes), size, sha256, durationMillis: durationMillis() }
    return yield* Effect.uninterruptible(answered(incoming, accepted(content)))
  })

/** Waits until a message is more than an announcement, for `TransferLimits.arrivalMillis` at most. */
const arrivalOf = (incoming: Incoming): Effect.Effect<unknown> =>
  Effect.repeat(Effect.sleep(TransferLimits.arrivalPollMillis), { until: () => hasArrived(incoming) }).pipe(
    Effect.timeoutOption(TransferLimits.arrivalMillis)
  )

/** Whether a message is more than an announcement. */
const hasArrived = ({ arrivedBytes, leastBytes }: Incoming): boolean =>
  arrivedBytes() >= Math.min(leastBytes, TransferLimits.announcedBytes)

/**
 * Reports the message and answers its sender, concurrently: a lost answer does not delay the report, and a slow reader
 * of the reports does not delay the answer. An interruption ends only the wait for the sender's acknowledgement.
 */
const answered = (incoming: Incoming, reported: Effect.Effect<MessageEvent>): Effect.Effect<MessageEvent> =>
  Effect.gen(function*() {
    const reporting = yield* Effect.fork(reported)
    yield* Effect.exit(incoming.accept())
    return yield* Fiber.join(reporting)
  })

/** Replaces bytes that are not UTF-8 by U+FFFD; the digest is computed over the original bytes. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true })

const textOf = (bytes: Uint8Array): string => decoder.decode(bytes)
