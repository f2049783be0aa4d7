/**
 * Takes what peers send: texts into memory, files into a directory, each accepted only when it is safe there.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { Address } from "../net/Address.ts"
import { format } from "../net/Address.ts"
import { headerBytes } from "../protocol/classic/ClassicFrame.ts"
import type { MessageKind } from "../protocol/classic/Fragments.ts"
import type { Reception } from "../protocol/classic/Reassembly.ts"
import type { DisconnectReason, ReceiverCounters } from "../protocol/classic/ReceiverEvents.ts"
import * as Limits from "../protocol/ProtocolLimits.ts"
import * as Blocks from "../storage/Blocks.ts"
import * as Digest from "../storage/Digest.ts"
import { StorageError } from "../storage/Storage.ts"
import type { Inbox } from "../storage/Storage.ts"
import type { Listener } from "../transport/classic/ClassicEndpoint.ts"
import type { Incoming, MessageAbandoned, Peer } from "../transport/classic/ClassicPeer.ts"
import * as Timing from "../transport/Timing.ts"
import { textOf, textTooLong, tooManyTexts, unexpected } from "./Taking.ts"

/** A message whose name is known. */
export interface Started {
  /** Distinguishes messages of this program's run. */
  readonly id: string
  readonly peer: Address
  readonly kind: MessageKind
  /** As the peer sent it: not safe to show or to open as it is. Empty for a text. */
  readonly name: string
  /** Bytes of the content, where its sender tells: not on the classic wire. */
  readonly size?: number | undefined
  /** Those of the name included; on the classic wire. */
  readonly fragments: number | undefined
  /** As announced, in either dialect; on the classic wire. */
  readonly fragmentSize: number | undefined
  /** Content bytes so far; read it as often as you like. */
  readonly arrivedBytes: () => number
  /** Fragments that came damaged or once more so far. */
  readonly repeats: () => number
}

/** A message that is whole and safe. Sizes are bytes. */
export interface Received extends Started {
  /** Absolute; of a file. */
  readonly path: string | undefined
  /** Of a text. */
  readonly text: string | undefined
  readonly size: number
  /** Lower-case hex. */
  readonly sha256: string
  readonly damaged: number
  readonly damagedNumbers: ReadonlyArray<number>
  readonly duplicates: number
  /** Payload bytes of a full fragment, whichever dialect announced it; on the classic wire. */
  readonly payloadSize: number | undefined
  readonly durationMillis: number
}

export type InboxEvent =
  | { readonly _tag: "Connected"; readonly peer: Address }
  | {
    readonly _tag: "Disconnected"
    readonly peer: Address
    readonly reason: DisconnectReason
    /** What was dropped of what it sent, by reason. */
    readonly dropped: Readonly<Partial<ReceiverCounters>>
  }
  | { readonly _tag: "Started"; readonly message: Started }
  | { readonly _tag: "Received"; readonly message: Received }
  /** This side could not take it; its sender was told. */
  | { readonly _tag: "Refused"; readonly message: Started; readonly error: StorageError }
  /** Its sender did not finish it; nothing of it is left. */
  | { readonly _tag: "Abandoned"; readonly message: Started; readonly error: Pick<MessageAbandoned, "message"> }

/**
 * Takes everything that peers of `listener` send, each peer on its own, until the listener's scope closes. Each event is told
 * to `tell` before the Stream has it: that a message was received is told even if the Stream is interrupted just then.
 */
export const receiveAll = (
  listener: Listener,
  inbox: Inbox,
  tell: (event: InboxEvent) => Effect.Effect<void> = () => Effect.void
): Stream.Stream<InboxEvent> => {
  const told = <A extends InboxEvent>(event: A): Effect.Effect<A> => Effect.as(tell(event), event)
  const run: Run = { inbox, told, texts: { heldBytes: 0 }, messages: 0, present: new Map() }
  return Stream.mapEffect(listener.peers, (peer) => inTurn(peer, run)).pipe(
    Stream.flatMap((events) => events, { concurrency: Limits.peers })
  )
}

/** What the messages of one `receiveAll` have in common. */
interface Run {
  readonly inbox: Inbox
  readonly told: <A extends InboxEvent>(event: A) => Effect.Effect<A>
  readonly texts: Texts
  /** So many have been numbered. */
  messages: number
  /** By address: completes when all is told of the peer that connected last. */
  readonly present: Map<string, Deferred.Deferred<void>>
}

/** Who leaves and comes back at once comes when all is told of the time before. */
const inTurn = (peer: Peer, run: Run): Effect.Effect<Stream.Stream<InboxEvent>> =>
  Effect.map(Deferred.make<void>(), (over) => {
    const key = format(peer.address)
    const before = run.present.get(key)
    run.present.set(key, over)
    const end = Effect.suspend(() => {
      if (run.present.get(key) === over) run.present.delete(key)
      return Deferred.succeed(over, undefined)
    })
    const events = Stream.ensuring(receiveFrom(peer, run), end)
    return before === undefined ? events : Stream.flatMap(Stream.fromEffect(Deferred.await(before)), () => events)
  })

const receiveFrom = (peer: Peer, run: Run): Stream.Stream<InboxEvent> =>
  Stream.fromEffect(run.told<InboxEvent>({ _tag: "Connected", peer: peer.address })).pipe(
    Stream.concat(Stream.flatMap(peer.messages, (incoming) => receive(peer.address, incoming, run))),
    Stream.concat(
      Stream.fromEffect(
        Effect.flatMap(
          peer.closed,
          (reason) => run.told({ _tag: "Disconnected", peer: peer.address, reason, dropped: { ...peer.counters } })
        )
      )
    )
  )

const receive = (peer: Address, incoming: Incoming, run: Run): Stream.Stream<InboxEvent> => {
  const id = String(++run.messages)
  const { arrivedBytes, fragmentCount: fragments, fragmentSize, kind, repeats } = incoming
  const message: Started = { id, peer, kind, name: incoming.name ?? "", fragments, fragmentSize, arrivedBytes, repeats }
  const refused = (error: StorageError) =>
    Effect.zipRight(incoming.refuse, run.told<InboxEvent>({ _tag: "Refused", message, error }))
  const taken = (kind === "text" ? takeText(message, incoming, run) : takeFile(message, incoming, run)).pipe(
    Effect.catchTags({
      StorageError: refused,
      MessageAbandoned: (error) => run.told<InboxEvent>({ _tag: "Abandoned", message, error })
    }),
    // A defect ends this message and no other.
    Effect.catchAllDefect((defect) => refused(unexpected(message.name, defect)))
  )
  return Stream.concat(Stream.fromEffect(run.told<InboxEvent>({ _tag: "Started", message })), Stream.fromEffect(taken))
}

const takeFile = (message: Started, incoming: Incoming, { inbox, told }: Run) =>
  Effect.scoped(Effect.gen(function*() {
    const durationMillis = yield* Timing.stopwatch
    const name = incoming.name
    if (name === undefined) {
      return yield* new StorageError({ reason: "UnsafeName", path: "", message: "the file's name is not UTF-8" })
    }
    const sink = yield* inbox.sink(name, expectedBytes(incoming))
    yield* Stream.runForEach(incoming.blocks, sink.write)
    const cost = costOf(yield* incoming.reception)
    // Once it is published its sender is told so, and so is this side, whatever becomes of this program.
    return yield* Effect.uninterruptible(
      sink.publish.pipe(
        Effect.tap(incoming.accept),
        Effect.map(({ path, sha256, size }) => ({ ...message, ...cost, path, text: undefined, size, sha256 })),
        Effect.flatMap((received) => told(asReceived(received, durationMillis())))
      )
    )
  }))

const takeText = (message: Started, incoming: Incoming, { texts, told }: Run) =>
  Effect.scoped(Effect.gen(function*() {
    const durationMillis = yield* Timing.stopwatch
    const blocks: Array<Uint8Array> = []
    let size = 0
    if (expectedBytes(incoming) > Limits.textBytes) return yield* textTooLong
    yield* Effect.addFinalizer(() => Effect.sync(() => texts.heldBytes -= size))
    yield* Stream.runForEach(incoming.blocks, (block) => {
      size += block.length
      texts.heldBytes += block.length
      if (size > Limits.textBytes) return textTooLong
      if (texts.heldBytes > Limits.allTextsBytes) return tooManyTexts
      blocks.push(block)
      return Effect.void
    })
    const cost = costOf(yield* incoming.reception)
    const bytes = Blocks.joined(blocks)
    const sha256 = yield* Digest.ofBytes(bytes)
    const received = { ...message, ...cost, path: undefined, text: textOf(bytes), size, sha256 }
    return yield* Effect.uninterruptible(
      Effect.zipRight(incoming.accept, Effect.suspend(() => told(asReceived(received, durationMillis()))))
    )
  }))

/** What all texts that are arriving hold together. */
interface Texts {
  heldBytes: number
}

const asReceived = (received: Omit<Received, "durationMillis">, durationMillis: number): InboxEvent => ({
  _tag: "Received",
  message: { ...received, durationMillis }
})

const costOf = ({ damaged, damagedNumbers, duplicates, payloadSize }: Reception) => ({
  damaged,
  damagedNumbers,
  duplicates,
  payloadSize
})

/** A lower bound, whichever dialect announced it: all fragments but the last are full. */
const expectedBytes = ({ fragmentCount, fragmentSize, nameFragments }: Incoming): number =>
  Math.max(0, fragmentCount - nameFragments - 1) * Math.max(1, fragmentSize - headerBytes)
