/**
 * Opens and accepts connections of the classic wire: demultiplexes datagrams by source, and limits the number of peers.
 */
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Mailbox from "effect/Mailbox"
import * as Runtime from "effect/Runtime"
import type { Scheduler } from "effect/Scheduler"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import { Crc } from "../../net/Crc.ts"
import type { Bound, Fill, Handler, Path, SocketOptions } from "../../net/Socket.ts"
import { copyOf, Socket } from "../../net/Socket.ts"
import { isAdmitted } from "../../protocol/classic/Admission.ts"
import { decode, type Dialect, maxFrameBytes } from "../../protocol/classic/ClassicFrame.ts"
import { Receiver } from "../../protocol/classic/Receiver.ts"
import type { TimingValues } from "../../protocol/classic/TimingValues.ts"
import { read as readHandshakePacket, versions } from "../../protocol/flock/handshake/HandshakePacket.ts"
import { form } from "../../protocol/flock/wire/Packet.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { Shares } from "../../protocol/Shares.ts"
import { sourceOf } from "../../protocol/Source.ts"
import { EventBus } from "../../telemetry/EventBus.ts"
import * as ListenerEvents from "../../telemetry/ListenerEvents.ts"
import { PacketTrace } from "../../telemetry/PacketTrace.ts"
import { bind } from "../Binding.ts"
import * as ConnectByName from "../ConnectByName.ts"
import { HintLimit } from "../HintLimit.ts"
import { closedUnlessItSucceeds } from "../Scoped.ts"
import { ofSocket, type SessionError } from "../SessionError.ts"
import * as Timing from "../Timing.ts"
import type { ConnectOptions, ListenerCounters, ListenOptions } from "../Transport.ts"
import type { Connection, Wiring } from "./ClassicConnection.ts"
import { make as makeConnection } from "./ClassicConnection.ts"
import type { Host, Peer } from "./ClassicPeer.ts"
import { make as makePeer } from "./ClassicPeer.ts"
import * as CoreDriver from "./CoreDriver.ts"

/** Options of the classic wire, for both sides. */
export interface ClassicOptions {
  /** How a client announces fragment sizes (docs/PROTOCOL.md §2.2). Default: `frame`. */
  readonly dialect?: Dialect | undefined
  /**
   * The idle timeout of a connection, in milliseconds. Default: 30 s. A server waits for the rest of a message 2.25 times
   * as long, for at least 45 s.
   */
  readonly idleTimeoutMillis?: number | undefined
}

/**
 * Opens a connection to a server. Nothing is sent before its first message, unless `isProbed` is set or the name has
 * several addresses: then the first address that answers a probe is used.
 */
export const connect = (
  options: ConnectOptions & ClassicOptions
): Effect.Effect<Connection, SessionError, Socket | Crc | Scope.Scope> =>
  ConnectByName.connect(Socket, options, (address, isOneOfSeveral) => {
    const timing = Timing.classicFor(options.idleTimeoutMillis ?? Limits.idleTimeoutMillis)
    const opened = connectTo(address, options.dialect ?? "frame", timing)
    return isOneOfSeveral || options.isProbed === true ? Effect.tap(opened, ({ probe }) => probe) : opened
  })

const connectTo = (peer: Address, dialect: Dialect, timing: TimingValues) =>
  Effect.gen(function*() {
    const socket = yield* Socket
    const { crc32 } = yield* Crc
    const bus = yield* EventBus
    const trace = new PacketTrace(bus, crc32)
    // The socket is acquired first: scopes close in reverse order, and the last FIN needs the socket.
    let wiring: Wiring | undefined
    const bound = yield* Effect.mapError(
      socket.connect(peer, {
        onRun: ({ bytes }) => {
          trace.classic("received", peer, bytes)
          wiring?.onDatagrams([bytes])
        },
        onError: (error) => wiring?.onError(error)
      }, socketOptions),
      ofSocket
    )
    wiring = yield* makeConnection({
      peer,
      dialect,
      timing,
      crc32,
      bus,
      transmit: (fill) => sendFrame(bound, peer, trace.filling(peer, fill))
    })
    return wiring.connection
  })

/** Frames may be larger than the path MTU: the kernel fragments them. */
const socketOptions: SocketOptions = { fragmentation: "allowed" }

/**
 * Sends one frame, and returns whether there was one. A frame for which the kernel has no room is lost, and
 * retransmitted later.
 */
const sendFrame = (bound: Bound, to: Path, fill: Fill): boolean => {
  const sent = bound.send(to, undefined, fill)
  return sent === "Full" ? fill(new Uint8Array(maxFrameBytes)) > 0 : sent === "Sent"
}

export interface Listener {
  readonly local: Address
  /** The peers that connect; a peer that reconnects is emitted again. */
  readonly peers: Stream.Stream<Peer>
  /** The number of connected peers. */
  readonly open: () => number
  readonly counters: Readonly<ListenerCounters>
  /**
   * Accepts no new messages, and waits until the current ones were accepted or refused. A connected peer gets FIN as
   * the answer to its next frame; `drain` waits for that for at most a keep-alive interval and
   * the delay of a keep-alive.
   */
  readonly drain: Effect.Effect<void>
  readonly isDraining: () => boolean
}

/**
 * The key of a peer. It contains the local address: on a wildcard socket, two clients behind one NAT may have the same
 * port for two addresses of this host, and a client expects answers from the address that it has used.
 */
const keyOf = (from: Path): string => from.local === undefined ? format(from) : `${format(from)} ${from.local}`

interface Link {
  readonly core: Receiver
  readonly turn: CoreDriver.CoreDriver
}

/** Listens for peers. At the end of the scope, a peer in the middle of a message gets FIN. */
export const listen = (
  options: ListenOptions & ClassicOptions
): Effect.Effect<Listener, SessionError, Socket | Crc | Scope.Scope> =>
  Effect.gen(function*() {
    const { crc32 } = yield* Crc
    const scope = yield* Effect.scope
    const runtime = yield* Effect.runtime<never>()
    const clock = yield* Effect.clock
    const bus = yield* EventBus
    const trace = new PacketTrace(bus, crc32)
    const scheduler = yield* Effect.withFiberRuntime<Scheduler>((fiber) => Effect.succeed(fiber.currentScheduler))
    const peerHost: Host = {
      make: (effect) => Runtime.runSync(runtime)(Effect.withScheduler(effect, scheduler)),
      afterTurn: (task) => scheduler.scheduleTask(task, 0),
      bus
    }
    const peers = yield* Mailbox.make<Peer>({ capacity: Limits.peers, strategy: "dropping" })
    const links = new Map<string, Link>()
    /** The connections of each source. */
    const places = new Shares(Limits.peers, Limits.leastPeers)
    const counters = { strays: 0, malformed: 0, otherWire: 0, turnedAway: 0, errors: 0, defects: 0 }
    const timing = Timing.classicFor(options.idleTimeoutMillis ?? Limits.idleTimeoutMillis)
    const hints = new HintLimit()
    let bound: Bound | undefined
    let isDraining = false

    const open = (from: Path, key: string): Link => {
      const core = new Receiver({ crc32, timing }, Timing.nanosToMillis(clock.unsafeCurrentTimeNanos()))
      const onEvent = makePeer(from, core, () => turn, peerHost, (peer) => peers.unsafeOffer(peer))
      const emitEvents = (): void => {
        for (const event of core.pollEvents()) onEvent(event)
      }
      const turn = peerHost.make(
        CoreDriver.make(
          core,
          (fill) => bound !== undefined && sendFrame(bound, from, trace.filling(from, fill)),
          emitEvents,
          (cause) => {
            counters.defects++
            forget()
            core.abort()
            emitEvents()
            bus.publish({ _tag: "Defect", wire: "classic", peer: format(from), cause })
          }
        )
      )
      const link = { core, turn }
      const forget = (): void => {
        // After a defect, another connection may have the same key.
        if (links.get(key) !== link) return
        links.delete(key)
        places.give(sourceOf(from))
      }
      links.set(key, link)
      Runtime.runFork(runtime)(Effect.zipRight(turn.loop, Effect.sync(forget)), { scope })
      return link
    }
    /**
     * Answers HELLO of flock with a VERSION without versions: to the client it means that this port uses the classic
     * wire.
     */
    const hintAtClassic = (bytes: Uint8Array, from: Path): boolean => {
      const hello = readHandshakePacket(crc32, bytes, 0, bytes.length)
      if (hello?.form !== form.hello) return false
      if (hints.takes(from, Timing.nanosToMillis(clock.unsafeCurrentTimeNanos()))) {
        const answer = versions(crc32, hello.clientId, [])
        trace.unprotected("sent", from, answer)
        bound?.send(from, undefined, copyOf(answer))
      }
      return true
    }
    const onRun: Handler["onRun"] = ({ bytes, from }) => {
      trace.classic("received", from, bytes)
      const key = keyOf(from)
      const link = links.get(key)
      if (link !== undefined) link.turn.run([bytes])
      else if (hintAtClassic(bytes, from)) counters.otherWire++
      else if (typeof decode(bytes) === "string") counters.malformed++
      else if (!isAdmitted(bytes, crc32)) counters.strays++
      else if (isDraining || !places.take(sourceOf(from))) counters.turnedAway++
      else open(from, key).turn.run([bytes])
    }
    bound = yield* closedUnlessItSucceeds(bind(options, {
      onRun,
      onError: () => {
        counters.errors++
      }
    }, socketOptions))
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        for (const { core, turn } of links.values()) turn.command(() => core.abort())
        peers.unsafeDone(Exit.void)
      })
    )
    yield* ListenerEvents.published(bus, {
      wire: "classic",
      local: format(bound.local),
      counters: () => ({ ...counters })
    })
    const drain = Effect.suspend(() => {
      isDraining = true
      for (const { core } of links.values()) core.leave()
      const untilNone = (waitedFor: (core: Receiver) => boolean) =>
        Effect.repeat(Effect.sleep(Timing.drainPollMillis), {
          until: () => !Array.from(links.values()).some(({ core }) => waitedFor(core))
        })
      return Effect.all([
        untilNone((core) => core.isBusy),
        Effect.timeoutOption(untilNone((core) => core.isConnected), Timing.farewellMillis)
      ], { concurrency: "unbounded", discard: true })
    })
    return {
      local: bound.local,
      peers: Mailbox.toStream(peers),
      open: () => links.size,
      counters,
      drain,
      isDraining: () => isDraining
    }
  })
