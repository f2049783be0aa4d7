/**
 * A client's connection: runs a sender core, and sends the messages of an application one after another.
 */
import * as Chunk from "effect/Chunk"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { PCGRandom } from "effect/Utils"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import type { Fill, SocketError } from "../../net/Socket.ts"
import type { Crc32, Dialect } from "../../protocol/classic/ClassicFrame.ts"
import { type Damage, Damager } from "../../protocol/classic/Damage.ts"
import type { Plan } from "../../protocol/classic/Fragments.ts"
import * as Fragments from "../../protocol/classic/Fragments.ts"
import type { Cost } from "../../protocol/classic/InFlight.ts"
import type { SenderEvent } from "../../protocol/classic/Sender.ts"
import { Sender } from "../../protocol/classic/Sender.ts"
import type { TimingValues } from "../../protocol/classic/TimingValues.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import type { Shape as EventBus } from "../../telemetry/EventBus.ts"
import { SessionEvents } from "../../telemetry/SessionEvents.ts"
import type { Statistics } from "../../telemetry/Statistics.ts"
import { SessionError } from "../SessionError.ts"
import * as Timing from "../Timing.ts"
import * as CoreDriver from "./CoreDriver.ts"
import { type Message, plan } from "./MessagePlan.ts"

export type { Damage, DamageKind, Which } from "../../protocol/classic/Damage.ts"

/** The content of a message as a Stream of fragments of `fragmentSize` bytes each; the last one may be shorter. */
export type Content<E, R> = (fragmentSize: number) => Stream.Stream<Uint8Array, E, R>

/** A message that the receiver has acknowledged. */
export interface Delivered extends Cost {
  /** False if the message arrived but the final answer was lost. */
  readonly confirmed: boolean
  readonly fragmentCount: number
  /** The size that was used: a few bytes less than requested if an earlier message had the same announcement. */
  readonly fragmentSize: number
  readonly durationMillis: number
  /** The number of DATs that were damaged on purpose, and the first of their sequence numbers. */
  readonly damaged: number
  readonly damagedNumbers: ReadonlyArray<number>
}

export interface Connection {
  readonly peer: Address
  /**
   * Sends a message, whose content must have exactly the announced bytes. One message at a time: a second caller waits.
   * An interruption, or a failure of the content, ends the connection.
   */
  readonly send: <E, R>(
    message: Message,
    content: Content<E, R>
  ) => Effect.Effect<Delivered, SessionError | E, R>
  /** Sends a KPA and waits for an answer. */
  readonly probe: Effect.Effect<void, SessionError>
  /** Waits for the first answer of the peer. */
  readonly connected: Effect.Effect<void, SessionError>
  /** Whether the peer has ever answered. */
  readonly hasAnswered: () => boolean
  /** Whether either side has ended the connection. */
  readonly isClosed: () => boolean
  /** `deliveredBytes` counts acknowledged bytes of contents, `lostPackets` the frames that were sent again. */
  readonly statistics: () => Statistics
  /** Sends FIN at once, as the end of the scope does. */
  readonly leave: Effect.Effect<void>
  /** Waits for the end of the connection and returns its reason. */
  readonly closed: Effect.Effect<SessionError>
}

/** A connection and its inputs, for the endpoint. */
export interface Wiring {
  readonly connection: Connection
  readonly onDatagrams: (batch: ReadonlyArray<Uint8Array>) => void
  readonly onError: (error: SocketError) => void
}

type Outcome = Pick<Delivered, "confirmed" | "retransmissions" | "repeatedNumbers">

export const make = (options: {
  readonly peer: Address
  readonly transmit: (fill: Fill) => boolean
  readonly crc32: Crc32
  readonly dialect: Dialect
  readonly timing: TimingValues
  readonly bus: EventBus
}): Effect.Effect<Wiring, never, Scope.Scope> =>
  Effect.gen(function*() {
    const peer = format(options.peer)
    const now = Timing.nanosToMillis(yield* Effect.map(Effect.clock, (clock) => clock.unsafeCurrentTimeNanos()))
    const core = new Sender({ crc32: options.crc32, dialect: options.dialect, timing: options.timing }, now)
    const closed = yield* Deferred.make<SessionError>()
    const connected = yield* Deferred.make<void>()
    const wantsContent = yield* Effect.makeLatch(false)
    const oneAtATime = yield* Effect.makeSemaphore(1)
    let isConnected = false
    /** The plans of the last messages, whose announcements the receiver may remember. */
    const earlier: Array<Plan> = []
    let current: Deferred.Deferred<Outcome, SessionError> | undefined
    /** The current message, and the totals of the messages before it. */
    let planned: Plan | undefined
    const before = { ...none }
    /** The progress of the current message after the last turn. A closed core no longer has it. */
    let progress = none

    const end = (reason: Ending, message = endings[reason](peer, options.timing), cause?: unknown): void => {
      const error = new SessionError({ reason, peer, message, cause })
      Deferred.unsafeDone(closed, Effect.succeed(error))
      if (current !== undefined) Deferred.unsafeDone(current, Effect.fail(error))
      current = undefined
      events.onClosed(reason)
    }
    const onEvent = (event: SenderEvent): void => {
      switch (event._tag) {
        case "Connected":
          isConnected = true
          events.onOpened()
          return Deferred.unsafeDone(connected, Effect.void)
        case "Delivered":
          before.deliveredBytes += planned?.contentBytes ?? 0
          before.retransmissions += event.cost.retransmissions
          planned = undefined
          progress = none
          if (current !== undefined) {
            Deferred.unsafeDone(current, Effect.succeed({ confirmed: event.confirmed, ...event.cost }))
          }
          current = undefined
          return
        case "Declined":
          return end("Declined")
        case "Ended":
          return end("Closed")
        case "Lost":
          return end(isConnected ? "Lost" : "Silent")
      }
    }
    let currentDamager: Damager | undefined
    const transmit = (fill: Fill): boolean => {
      const damager = currentDamager
      return options.transmit(
        damager === undefined ? fill : (target) => {
          const length = fill(target)
          return length === 0 ? 0 : damager.apply(target, length)
        }
      )
    }
    const turn = yield* CoreDriver.make(core, transmit, () => {
      for (const event of core.pollEvents()) onEvent(event)
      if (!core.isClosed) progress = progressOf(planned, core)
      if (core.wantsContent) wantsContent.unsafeOpen()
      else wantsContent.unsafeClose()
    }, (cause) => {
      core.abandon()
      end("Protocol", undefined, cause)
      options.bus.publish({ _tag: "Defect", wire: "classic", peer, cause })
    })
    const statistics = (): Statistics => ({
      ...turn.traffic,
      deliveredBytes: before.deliveredBytes + progress.deliveredBytes,
      lostPackets: before.retransmissions + progress.retransmissions,
      dropped: { ...core.counters },
      roundTripMillis: core.roundTripMillis,
      minRoundTripMillis: undefined,
      congestion: undefined
    })
    const events = new SessionEvents(options.bus, { wire: "classic", role: "client", peer }, statistics)
    yield* Effect.forkScoped(turn.loop)
    const leave = Effect.sync(() => {
      turn.command(() => core.leave())
      end("Left")
    })
    yield* Effect.addFinalizer(() => leave)
    const answered = Effect.raceFirst(
      Deferred.await(connected),
      Effect.flatMap(Deferred.await(closed), (error) => Effect.fail(error))
    )

    const feed = <E, R>(content: Stream.Stream<Uint8Array, E, R>): Effect.Effect<void, E, R> =>
      Stream.runForEachChunk(content, (fragments) =>
        Chunk.isEmpty(fragments) ? Effect.void : Effect.zipRight(
          wantsContent.await,
          Effect.sync(() => turn.command((at) => core.offer(Chunk.toReadonlyArray(fragments), at)))
        )).pipe(Effect.zipRight(Effect.suspend(() =>
          core.wantsContent ? Effect.dieMessage("the content has fewer bytes than its message announced") : Effect.void
        )))

    const transfer = <E, R>(message: Message, content: Content<E, R>) =>
      Effect.gen(function*() {
        const announced = yield* plan(message, peer, earlier)
        if (core.isClosed) {
          return yield* Effect.flatMap(Deferred.await(closed), (error) =>
            Effect.fail(isOver(error)))
        }
        const outcome = yield* Deferred.make<Outcome, SessionError>()
        current = outcome
        const damager = message.damage === undefined ? undefined : damagerOf(message.damage)
        currentDamager = damager
        const name = announced.nameFragments === 0 ? [] : Fragments.cut(announced.name, announced.fragmentSize)
        const millis = yield* Timing.stopwatch
        turn.command((at) => core.announce(announced, name, at))
        planned = announced
        earlier.push(announced)
        if (earlier.length > Limits.rememberedMessages) earlier.shift()
        const fragments = message.contentBytes === 0 ? Stream.make(new Uint8Array(0)) : content(announced.fragmentSize)
        const delivered = yield* Effect.raceFirst(
          Deferred.await(outcome),
          Effect.zipRight(feed(fragments), Deferred.await(outcome))
        ).pipe(Effect.onError(() => core.isClosed ? Effect.void : leave))
        const durationMillis = millis()
        const { fragmentCount, fragmentSize } = announced
        const { count: damaged = 0, numbers: damagedNumbers = [] } = damager ?? {}
        return { ...delivered, fragmentCount, fragmentSize, durationMillis, damaged, damagedNumbers }
      })

    return {
      onDatagrams: turn.run,
      onError: (error) => {
        const reason = error.reason === "TooLarge" ? "TooLarge" : "Unreachable"
        // A refusal by the network after the first answer ends nothing: a peer that restarts may answer again.
        const isFinal = reason === "TooLarge" || !isConnected
        if (!isFinal || core.isClosed) return
        turn.command(() => core.abandon())
        end(reason, error.message, error)
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
        statistics,
        leave,
        closed: Deferred.await(closed)
      }
    }
  })

const none = { deliveredBytes: 0, retransmissions: 0 }

/** Bytes of the content that the acknowledged fragments carry, and frames that were sent again. */
const progressOf = (planned: Plan | undefined, { acknowledgedFragments, retransmissions }: Sender): typeof none => {
  if (planned === undefined) return none
  const { contentBytes, fragmentSize, nameFragments } = planned
  const deliveredBytes = Math.min(contentBytes, Math.max(0, acknowledgedFragments - nameFragments) * fragmentSize)
  return { deliveredBytes, retransmissions }
}

const damagerOf = (damage: Damage): Damager => {
  const random = new PCGRandom(damage.seed ?? 1)
  return new Damager(damage, () => random.number())
}

/** The error of a message on a connection that has ended: only an earlier message was declined. */
const isOver = (error: SessionError): SessionError =>
  error.reason === "Declined"
    ? new SessionError({ ...error, reason: "Closed", message: `${error.peer} refused an earlier message` })
    : error

type Ending = "Protocol" | "Unreachable" | "Silent" | "Lost" | "Declined" | "Closed" | "Left" | "TooLarge"

const endings: Readonly<Record<Ending, (peer: string, timing: TimingValues) => string>> = {
  Protocol: (peer) => `a defect of this program ended the session with ${peer}`,
  Unreachable: (peer) => `nothing listens at ${peer}`,
  Silent: (peer, { idleTimeoutMillis }) => `${peer} has not answered within ${idleTimeoutMillis / 1000} s`,
  Lost: (peer, { idleTimeoutMillis }) => `${peer} stopped answering ${idleTimeoutMillis / 1000} s ago`,
  Declined: (peer) => `${peer} refused the message`,
  Closed: (peer) => `${peer} ended the connection`,
  Left: (peer) => `the connection to ${peer} was closed by this side`,
  TooLarge: (peer) => `the path to ${peer} carries no frames of this size`
}
