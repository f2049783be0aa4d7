/**
 * A client's connection: drives a sender core and lets an application send one message after another over it.
 */
import * as Chunk from "effect/Chunk"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { PCGRandom } from "effect/Utils"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import type { Fill, SocketError } from "../../net/Socket.ts"
import { type Crc32, type Dialect, maxSequenceNumber } from "../../protocol/classic/ClassicFrame.ts"
import { type Damage, Damager } from "../../protocol/classic/Damage.ts"
import type { MessageKind, Plan, Refusal } from "../../protocol/classic/Fragments.ts"
import * as Fragments from "../../protocol/classic/Fragments.ts"
import type { Cost } from "../../protocol/classic/InFlight.ts"
import type { SenderCounters, SenderEvent } from "../../protocol/classic/Sender.ts"
import { Sender } from "../../protocol/classic/Sender.ts"
import type { TimingValues } from "../../protocol/classic/TimingValues.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import * as Timing from "../Timing.ts"
import * as CoreDriver from "./CoreDriver.ts"

export type { Damage, DamageKind, Which } from "../../protocol/classic/Damage.ts"
export type { MessageKind, Plan, Refusal } from "../../protocol/classic/Fragments.ts"
export type { SenderCounters } from "../../protocol/classic/Sender.ts"

export type ConnectionReason =
  /** Nobody listens, no route leads there, or nothing has ever answered. */
  | "Unreachable"
  /** Silence, after an answer, for the time that was agreed on: 20 s by default. */
  | "Lost"
  /** The receiver refuses this message. The reason cannot be told on this wire. */
  | "Declined"
  /** The peer ended the connection between messages, or this side did. */
  | "Ended"
  /** The path takes no frames of this size. */
  | "TooLarge"

/** A connection came to an end, and with it the message under way. */
export class ConnectionError extends Data.TaggedError("ConnectionError")<{
  readonly reason: ConnectionReason
  /** `host:port` of the peer. */
  readonly peer: string
  /** What happened, as a sentence without a full stop. */
  readonly message: string
}> {}

/** A message that this wire cannot carry; nothing was sent. */
export class MessageRefused extends Data.TaggedError("MessageRefused")<{
  readonly refusal: Refusal
  readonly message: string
}> {}

/** What to send. `name` is empty for a text; `contentBytes` is exact, the announcement needs it. */
export interface Message {
  readonly kind: MessageKind
  readonly name: string
  readonly contentBytes: number
  /** Payload bytes of a fragment, 1 to 1,445. */
  readonly fragmentSize: number
  /** Fragments to spoil on purpose, each once. */
  readonly damage?: Damage | undefined
}

/** The content of a message as a Stream of fragments, each of `fragmentSize` bytes but the last. */
export type Content<E, R> = (fragmentSize: number) => Stream.Stream<Uint8Array, E, R>

/** A message that arrived. */
export interface Delivered extends Cost {
  /** False when it arrived but its last answer was lost. */
  readonly confirmed: boolean
  readonly fragmentCount: number
  /** As it was cut: a byte or some less than asked for when an earlier message was announced alike. */
  readonly fragmentSize: number
  readonly durationMillis: number
  /** DATs that were spoilt on purpose, and the first of their sequence numbers. */
  readonly damaged: number
  readonly damagedNumbers: ReadonlyArray<number>
}

export interface Connection {
  readonly peer: Address
  /**
   * Sends a message, whose content must give exactly the announced bytes. One message at a time: a second caller waits.
   * Interrupting it, or a failure of the content, ends the connection.
   */
  readonly send: <E, R>(
    message: Message,
    content: Content<E, R>
  ) => Effect.Effect<Delivered, ConnectionError | MessageRefused | E, R>
  /** Asks whether the peer is there, with a KPA. */
  readonly probe: Effect.Effect<void, ConnectionError>
  /** Succeeds with the peer's first answer. */
  readonly connected: Effect.Effect<void, ConnectionError>
  /** Whether the peer has ever answered. */
  readonly hasAnswered: () => boolean
  /** Whether the connection is over, by either side. */
  readonly isClosed: () => boolean
  /** Fragments acknowledged of the message under way, those of its name included. Read it as often as you like. */
  readonly acknowledgedFragments: () => number
  /** Frames sent again so far of the message under way. */
  readonly retransmissions: () => number
  /** What was dropped of what the peer sent, by reason. */
  readonly counters: Readonly<SenderCounters>
  /** Says FIN, at once. The scope's end does it too. */
  readonly leave: Effect.Effect<void>
  /** Why the connection is over, once it is. */
  readonly closed: Effect.Effect<ConnectionError>
}

/** What the endpoint gives a connection: a way out, and what arrives. */
export interface Wiring {
  readonly connection: Connection
  readonly onDatagrams: (batch: ReadonlyArray<Uint8Array>) => void
  readonly onError: (error: SocketError) => void
}

type Outcome = Pick<Delivered, "confirmed" | "retransmissions" | "repeatedNumbers">

/** Plans a message, or fails before anything is sent. */
export const plan = (message: Message, earlier: ReadonlyArray<Plan> = []): Effect.Effect<Plan, MessageRefused> =>
  Effect.suspend(() => {
    const name = new TextEncoder().encode(message.name)
    const planned = Fragments.planAfter(earlier, message.kind, name, message.contentBytes, message.fragmentSize)
    return "refused" in planned
      ? Effect.fail(new MessageRefused({ refusal: planned, message: sentenceOf(planned) }))
      : Effect.succeed(planned)
  })

export const make = (options: {
  readonly peer: Address
  readonly transmit: (fill: Fill) => boolean
  readonly crc32: Crc32
  readonly dialect: Dialect
  readonly timing: TimingValues
}): Effect.Effect<Wiring, never, Scope.Scope> =>
  Effect.gen(function*() {
    const peer = format(options.peer)
    const now = Timing.nanosToMillis(yield* Effect.map(Effect.clock, (clock) => clock.unsafeCurrentTimeNanos()))
    const core = new Sender({ crc32: options.crc32, dialect: options.dialect, timing: options.timing }, now)
    const closed = yield* Deferred.make<ConnectionError>()
    const connected = yield* Deferred.make<void>()
    const wanting = yield* Effect.makeLatch(false)
    const oneAtATime = yield* Effect.makeSemaphore(1)
    let isConnected = false
    /** The last ones, whose announcements the receiver may remember. */
    const earlier: Array<Plan> = []
    let current: Deferred.Deferred<Outcome, ConnectionError> | undefined

    const end = (reason: ConnectionReason, detail?: string): void => {
      const error = new ConnectionError({ reason, peer, message: detail ?? endings[reason](peer, options.timing) })
      Deferred.unsafeDone(closed, Effect.succeed(error))
      if (current !== undefined) Deferred.unsafeDone(current, Effect.fail(error))
      current = undefined
    }
    const tell = (event: SenderEvent): void => {
      switch (event.type) {
        case "connected":
          isConnected = true
          return Deferred.unsafeDone(connected, Effect.void)
        case "delivered":
          if (current !== undefined) {
            Deferred.unsafeDone(current, Effect.succeed({ confirmed: event.confirmed, ...event.cost }))
          }
          current = undefined
          return
        case "declined":
          return end("Declined")
        case "ended":
          return end("Ended")
        case "lost":
          return end(isConnected ? "Lost" : "Unreachable")
      }
    }
    let damager: Damager | undefined
    const transmit = (fill: Fill): boolean => {
      const spoiler = damager
      return options.transmit(
        spoiler === undefined ? fill : (target) => {
          const length = fill(target)
          return length === 0 ? 0 : spoiler.apply(target, length)
        }
      )
    }
    const turn = yield* CoreDriver.make(core, transmit, () => {
      for (const event of core.pollEvents()) tell(event)
      if (core.isWanting) wanting.unsafeOpen()
      else wanting.unsafeClose()
    })
    yield* Effect.forkScoped(turn.loop)
    const leave = Effect.sync(() => {
      turn.command(() => core.leave())
      end("Ended", `the connection to ${peer} was closed by this side`)
    })
    yield* Effect.addFinalizer(() => leave)
    const answered = Effect.raceFirst(
      Deferred.await(connected),
      Effect.flatMap(Deferred.await(closed), (error) => Effect.fail(error))
    )

    const feed = <E, R>(content: Stream.Stream<Uint8Array, E, R>): Effect.Effect<void, E, R> =>
      Stream.runForEachChunk(content, (fragments) =>
        Effect.zipRight(
          wanting.await,
          Effect.sync(() => turn.command((at) => core.offer(Chunk.toReadonlyArray(fragments), at)))
        )).pipe(Effect.zipRight(Effect.suspend(() =>
          core.isWanting ? Effect.dieMessage("the content has fewer bytes than its message announced") : Effect.void
        )))

    const transfer = <E, R>(message: Message, content: Content<E, R>) =>
      Effect.gen(function*() {
        const planned = yield* plan(message, earlier)
        if (core.isClosed) {
          return yield* Effect.flatMap(Deferred.await(closed), (error) =>
            Effect.fail(isOver(error)))
        }
        const outcome = yield* Deferred.make<Outcome, ConnectionError>()
        current = outcome
        const spoiler = message.damage === undefined ? undefined : damagerOf(message.damage)
        damager = spoiler
        const name = planned.nameFragments === 0 ? [] : Fragments.cut(planned.name, planned.fragmentSize)
        const millis = yield* Timing.stopwatch
        turn.command((at) => core.announce(planned, name, at))
        earlier.push(planned)
        if (earlier.length > Limits.rememberedMessages) earlier.shift()
        const fragments = message.contentBytes === 0 ? Stream.make(new Uint8Array(0)) : content(planned.fragmentSize)
        const delivered = yield* Effect.raceFirst(
          Deferred.await(outcome),
          Effect.zipRight(feed(fragments), Deferred.await(outcome))
        ).pipe(Effect.onError(() => core.isClosed ? Effect.void : leave))
        const durationMillis = millis()
        const { fragmentCount, fragmentSize } = planned
        const { count: damaged = 0, numbers: damagedNumbers = [] } = spoiler ?? {}
        return { ...delivered, fragmentCount, fragmentSize, durationMillis, damaged, damagedNumbers }
      })

    return {
      onDatagrams: turn.run,
      onError: (error) => {
        const reason = error.reason === "TooLarge" ? "TooLarge" : "Unreachable"
        // A refusal after the first answer is only counted as silence: a restarting peer may come back.
        const isFinal = reason === "TooLarge" || !isConnected
        if (!isFinal || core.isClosed) return
        turn.command(() => core.abandon())
        end(reason, error.message)
      },
      connection: {
        peer: options.peer,
        send: (message, content) => oneAtATime.withPermits(1)(transfer(message, content)),
        probe: Effect.suspend(() => {
          turn.command((at) => core.probe(at))
          return answered
        }),
        connected: answered,
        hasAnswered: () => isConnected,
        isClosed: () => core.isClosed,
        acknowledgedFragments: () => core.acknowledgedFragments,
        retransmissions: () => core.retransmissions,
        counters: core.counters,
        leave,
        closed: Deferred.await(closed)
      }
    }
  })

const damagerOf = (damage: Damage): Damager => {
  const random = new PCGRandom(damage.seed ?? 1)
  return new Damager(damage, () => random.number())
}

/** A message on a connection that is over was not declined itself. */
const isOver = (error: ConnectionError): ConnectionError =>
  error.reason === "Declined"
    ? new ConnectionError({ ...error, reason: "Ended", message: `the connection is over: ${error.message} before` })
    : error

const endings: Readonly<Record<ConnectionReason, (peer: string, timing: TimingValues) => string>> = {
  Unreachable: (peer, { silenceMillis }) => `${peer} has not answered within ${silenceMillis / 1000} s`,
  Lost: (peer, { silenceMillis }) => `${peer} has been silent for ${silenceMillis / 1000} s`,
  Declined: (peer) => `${peer} refused it`,
  Ended: (peer) => `${peer} ended the connection`,
  TooLarge: (peer) => `the path to ${peer} takes no frames of this size`
}

const sentenceOf = (refusal: Refusal): string => {
  switch (refusal.refused) {
    case "fragmentSize":
      return `a fragment has ${Fragments.minFragmentSize} to ${Fragments.maxFragmentSize} bytes, not ${refusal.fragmentSize}`
    case "textTooLong":
      return `a text has at most ${Limits.textBytes} bytes, not ${refusal.contentBytes}; send it as a file`
    case "tooManyFragments":
      return refusal.leastFragmentSize === undefined
        ? `the classic wire carries at most ${maxSequenceNumber} fragments; this would be ${refusal.fragmentCount}`
        : `the classic wire carries at most ${maxSequenceNumber} fragments; this would be ${refusal.fragmentCount}: take a fragment size of ${refusal.leastFragmentSize} or more`
  }
}
