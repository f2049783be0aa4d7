/** The driver of a socket, as both sides use it: made, connected with the socket's events, closed with its scope, and traced. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import type { Address } from "../../net/Address.ts"
import { format } from "../../net/Address.ts"
import type { Handler, SocketError } from "../../net/Socket.ts"
import type { Protection } from "../../protocol/flock/handshake/Protection.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import type { Shape as Bus } from "../../telemetry/EventBus.ts"
import { PacketTrace } from "../../telemetry/PacketTrace.ts"
import { make as makeAlarm } from "../Alarm.ts"
import * as Timing from "../Timing.ts"
import { bursts } from "./Bursts.ts"
import type { DriverHandlers } from "./Driver.ts"
import { Driver } from "./Driver.ts"

/** Adds the packet trace to the protection of an agreement. */
export const traced = <A extends { readonly protection: Protection; readonly prefix?: Uint8Array }>(
  trace: PacketTrace,
  agreement: A,
  path: () => Address
): A => ({ ...agreement, protection: trace.protecting(agreement.protection, path, agreement.prefix) })

/** A RESET, which no other packet follows in its datagram, has no CRC. */
const noCrc = (): number => 0

/** A driver on the clock of the environment; it publishes defects. */
export const makeDriver = (
  bus: Bus,
  onHandshakePacket: DriverHandlers["onHandshakePacket"],
  onUnknown: DriverHandlers["onUnknown"]
): Effect.Effect<Driver> =>
  Effect.map(
    Effect.all([Effect.clock, makeAlarm]),
    ([clock, alarm]) =>
      new Driver(() => Timing.nanosToMillis(clock.unsafeCurrentTimeNanos()), alarm, {
        onHandshakePacket,
        onUnknown,
        onReset: (bytes, from) => new PacketTrace(bus, noCrc).unprotected("received", from, bytes),
        onDefect: (cause, peer) => bus.publish({ _tag: "Defect", wire: "flock", peer: format(peer), cause })
      })
  )

/**
 * Adds a finalizer that closes all sessions and waits until the peers have answered, for at most
 * `Limits.leavingMillis`.
 */
export const driven = (driver: Driver): Effect.Effect<void, never, Scope.Scope> =>
  Effect.addFinalizer(() =>
    bursts.through(Effect.sync(() => driver.leave())).pipe(
      // In a fiber of its own: a finalizer is uninterruptible, so that its own wait would outlast the timeout.
      Effect.zipRight(Effect.timeoutOption(driver.over, Limits.leavingMillis)),
      Effect.interruptible,
      Effect.forkDaemon,
      Effect.flatMap(Fiber.join),
      Effect.ensuring(Effect.sync(() => driver.stop()))
    )
  )

/** `onError` receives the errors that concern no session's datagram size: all of them while there is no session. */
export const handlerFor = (driver: Driver, onError: (error: SocketError) => void): Handler => ({
  onRun: (run) => driver.handleRun(run),
  onPause: () => driver.onPause(),
  onDrain: () => driver.onDrain(),
  onError: (error, segmentBytes) => {
    if (error.reason === "TooLarge" && segmentBytes !== undefined && driver.count > 0) {
      driver.onTooLarge(error.address, segmentBytes)
    } else onError(error)
  }
})
