/**
 * A server's connection to one peer: turns the events of a receiver core into messages whose content is a Stream of
 * blocks.
 */
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import type { MessageKind } from "../../protocol/classic/Fragments.ts"
import type { Reception } from "../../protocol/classic/Reassembly.ts"
import type { Receiver } from "../../protocol/classic/Receiver.ts"
import type { AbandonReason, DisconnectReason, Opened, ReceiverEvent } from "../../protocol/classic/ReceiverEvents.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import type { Shape as EventBus } from "../../telemetry/EventBus.ts"
import { SessionEvents } from "../../telemetry/SessionEvents.ts"
import type { Statistics } from "../../telemetry/Statistics.ts"
import * as Arrivals from "../Arrivals.ts"
import { SessionError, type SessionReason } from "../SessionError.ts"
import type { CoreDriver, Traffic } from "./CoreDriver.ts"

export type { Reception } from "../../protocol/classic/Reassembly.ts"

/** A message that is being received. Run `blocks` once, then accept or refuse the message. */
export interface Incoming {
  readonly kind: MessageKind
  /** The name from the peer, decoded as UTF-8; undefined if it is not UTF-8. Empty for a text. */
  readonly name: string | undefined
  /** All fragments, including those of the name. */
  readonly fragmentCount: number
  readonly nameFragments: number
  /** The field of the announcement, unchanged: its meaning depends on the sender's dialect. */
  readonly fragmentSize: number
  /** The content. A pull of the next block acknowledges that the one before is stored. */
  readonly blocks: Stream.Stream<Uint8Array, SessionError>
  /** Content bytes that have arrived so far. */
  readonly arrivedBytes: () => number
  /** Damaged and duplicate fragments so far; 0 after the message has ended. */
  readonly repeats: () => number
  /** Counts of the whole message; succeeds after `blocks` has ended. */
  readonly reception: Effect.Effect<Reception, SessionError>
  /** Acknowledges the last fragment: the message is durable. */
  readonly accept: Effect.Effect<void>
  /** Answers with FIN, which ends the connection. */
  readonly refuse: Effect.Effect<void>
  /** Refuses the message unless it was answered. */
  readonly giveUp: Effect.Effect<void>
}

/** A connected peer, until it is disconnected. */
export interface Peer {
  readonly address: Address
  /** Handles the messages, one after another, until the connection is over. One that is not answered is refused. */
  readonly serve: Arrivals.Serve<Incoming>
  /** Waits for the end of the connection and returns its reason. */
  readonly closed: Effect.Effect<SessionError>
  readonly statistics: () => Statistics
  /** Drains the connection: the next KPA between messages, or the next announcement, is answered by FIN. */
  readonly leave: Effect.Effect<void>
}

interface Arriving {
  readonly serial: number
  readonly blocks: Mailbox.Mailbox<Uint8Array, SessionError>
  readonly reception: Deferred.Deferred<Reception, SessionError>
  /** Bytes of the whole content, set when it has arrived completely. */
  contentBytes: number
}

/** Totals of all connections of one peer. */
interface Totals {
  readonly traffic: Readonly<Traffic>
  readonly counters: Readonly<Record<string, number>>
}

const noTraffic: Traffic = { sentPackets: 0, sentBytes: 0, receivedPackets: 0, receivedBytes: 0 }

/** The listener's functions for a peer: turns are synchronous, and tests may replace the scheduler. */
export interface Host {
  /** Runs a synchronous effect, such as the creation of a Mailbox. */
  readonly make: <A>(effect: Effect.Effect<A>) => A
  /** Runs a task after this turn. */
  readonly afterTurn: (task: () => void) => void
  readonly bus: EventBus
}

/**
 * Returns the handler of a receiver's events, which passes a `Peer` to `onPeer` on each connect. It runs in turns,
 * synchronously.
 */
export const make = (
  address: Address,
  core: Receiver,
  turn: () => CoreDriver,
  host: Host,
  onPeer: (peer: Peer) => void
): (event: ReceiverEvent) => void => {
  let messages: Arrivals.Arrivals<Incoming> | undefined
  let closed: Deferred.Deferred<SessionError> | undefined
  let arriving: Arriving | undefined
  let events: SessionEvents | undefined
  /** The totals of this peer's earlier connections: a peer may connect again. */
  let before: Totals = { traffic: noTraffic, counters: {} }
  const name = format(address)
  /** The statistics of the present connection; after `end` the last ones. */
  const statisticsSince = (earlier: Totals) => {
    let last: Statistics | undefined
    const read = (): Statistics => {
      if (last !== undefined) return last
      const { traffic } = turn()
      return {
        sentPackets: traffic.sentPackets - earlier.traffic.sentPackets,
        sentBytes: traffic.sentBytes - earlier.traffic.sentBytes,
        receivedPackets: traffic.receivedPackets - earlier.traffic.receivedPackets,
        receivedBytes: traffic.receivedBytes - earlier.traffic.receivedBytes,
        deliveredBytes: 0,
        lostPackets: 0,
        dropped: since({ ...core.counters }, earlier.counters),
        roundTripMillis: undefined,
        minRoundTripMillis: undefined,
        congestion: undefined
      }
    }
    const end = (): void => {
      last = read()
    }
    return { read, end }
  }
  let statistics = statisticsSince(before)

  const open = (event: Opened): void => {
    const message: Arriving = {
      serial: event.serial,
      blocks: host.make(Mailbox.make<Uint8Array, SessionError>()),
      reception: host.make(Deferred.make<Reception, SessionError>()),
      contentBytes: 0
    }
    arriving = message
    if (messages?.offer(incoming(event, message, core, turn)) !== true) {
      // The reader of messages is far behind.
      host.afterTurn(() => turn().command((now) => core.refuse(message.serial, now)))
    }
  }

  return (event) => {
    switch (event._tag) {
      case "Connected":
        const arrivals = host.make(
          Arrivals.make<Incoming>({ capacity: Limits.waitingMessages, concurrency: 1, giveUp: ({ giveUp }) => giveUp })
        )
        messages = arrivals
        closed = host.make(Deferred.make<SessionError>())
        statistics = statisticsSince(before)
        events = new SessionEvents(host.bus, { wire: "classic", role: "server", peer: name }, statistics.read)
        events.onOpened()
        return onPeer({
          address,
          serve: arrivals.serve,
          closed: Deferred.await(closed),
          statistics: statistics.read,
          leave: Effect.sync(() => turn().command(() => core.leave()))
        })
      case "Opened":
        return open(event)
      case "Block":
        if (arriving?.serial !== event.serial) return
        arriving.blocks.unsafeOffer(event.bytes)
        return
      case "Completed":
        if (arriving?.serial !== event.serial) return
        arriving.contentBytes = event.reception.contentBytes
        arriving.blocks.unsafeDone(Exit.void)
        Deferred.unsafeDone(arriving.reception, Effect.succeed(event.reception))
        return
      case "Abandoned": {
        if (arriving?.serial !== event.serial) return
        const error = new SessionError({ ...abandonments[event.reason], peer: name })
        Deferred.unsafeDone(arriving.reception, Effect.fail(error))
        arriving.blocks.unsafeDone(Exit.fail(error))
        return
      }
      case "Disconnected": {
        const error = new SessionError({ ...endings[event.reason](name), peer: name })
        messages?.end()
        if (closed !== undefined) Deferred.unsafeDone(closed, Effect.succeed(error))
        events?.onClosed(error.reason)
        statistics.end()
        before = { traffic: { ...turn().traffic }, counters: { ...core.counters } }
      }
    }
  }
}

/** The increase of each counter since `before`. */
const since = (
  counters: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>
): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counters).map(([name, count]) => [name, count - (before[name] ?? 0)]))

const incoming = (event: Opened, arriving: Arriving, core: Receiver, turn: () => CoreDriver): Incoming => {
  let isAnswered = false
  const answered = (verb: (now: number) => void): Effect.Effect<void> =>
    Effect.sync(() => {
      isAnswered = true
      turn().command(verb)
    })
  const refuse = answered((now) => core.refuse(event.serial, now))
  return {
    kind: event.kind,
    name: decodeName(event.name),
    fragmentCount: event.fragmentCount,
    nameFragments: event.nameFragments,
    fragmentSize: event.fragmentSize,
    blocks: blocksOf(arriving, (bytes) => turn().command(() => core.written(event.serial, bytes))),
    arrivedBytes: () => core.arrived(event.serial)?.contentBytes ?? arriving.contentBytes,
    repeats: () => {
      const { damaged = 0, duplicates = 0 } = core.arrived(event.serial) ?? {}
      return damaged + duplicates
    },
    reception: Deferred.await(arriving.reception),
    accept: answered((now) => core.accept(event.serial, now)),
    refuse,
    giveUp: Effect.suspend(() => isAnswered ? Effect.void : refuse)
  }
}

const blocksOf = (
  arriving: Arriving,
  written: (bytes: number) => void
): Stream.Stream<Uint8Array, SessionError> =>
  Stream.suspend(() => {
    let taken = 0
    return Stream.repeatEffectOption(Effect.suspend(() => {
      if (taken > 0) written(taken)
      taken = 0
      return arriving.blocks.take.pipe(
        Effect.map((block) => {
          taken = block.length
          return block
        }),
        Effect.mapError((error) => error._tag === "SessionError" ? Option.some(error) : Option.none())
      )
    }))
  })

const decodeName = (name: Uint8Array): string | undefined => {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(name)
  } catch {
    return undefined
  }
}

const abandonments: Readonly<Record<AbandonReason, { readonly reason: SessionReason; readonly message: string }>> = {
  replaced: { reason: "Reset", message: "its sender replaced it with another message" },
  ended: { reason: "Closed", message: "its sender ended the connection" },
  lost: { reason: "Lost", message: "its sender stopped answering" }
}

const endings: Readonly<
  Record<DisconnectReason, (peer: string) => { readonly reason: SessionReason; readonly message: string }>
> = {
  ended: (peer) => ({ reason: "Closed", message: `${peer} ended the connection` }),
  lost: (peer) => ({ reason: "Lost", message: `${peer} stopped answering` }),
  refused: (peer) => ({ reason: "Declined", message: `a message of ${peer} was refused` }),
  left: (peer) => ({ reason: "Left", message: `the connection to ${peer} was closed by this side` })
}
