/** An open connection of `join`, in bytes: over TCP, over UDP, or a stream of a session. */
import * as Effect from "effect/Effect"
import * as Mailbox from "effect/Mailbox"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { type Address, format } from "../../net/Address.ts"
import { copyOf, Socket, SocketError } from "../../net/Socket.ts"
import { Tcp } from "../../net/Tcp.ts"
import type { ServiceTransport } from "../../telemetry/ServiceEvents.ts"
import { firstSuccess, triedInOrder } from "../../transport/HappyEyeballs.ts"
import type { SessionError } from "../../transport/SessionError.ts"
import type { SessionStream } from "../../transport/SessionStream.ts"
import * as Timing from "../../transport/Timing.ts"
import type { WireName } from "../../transport/Transport.ts"
import { ExitCode } from "../errors/ExitCodes.ts"
import { Failure, ofSession } from "../errors/Failure.ts"
import type { RawServer } from "../settings/ServiceSettings.ts"

/** What has arrived: the bytes of one read or datagram, the end of the peer's direction, or the failure of the connection. */
export type Reading =
  | { readonly _tag: "Bytes"; readonly bytes: Uint8Array }
  | { readonly _tag: "End" }
  | { readonly _tag: "Failed"; readonly failure: Failure }

export interface Connection {
  readonly transport: ServiceTransport
  readonly peer: Address
  /** Waits for the next reading. Nothing follows `End` and `Failed`. */
  readonly read: Effect.Effect<Reading>
  /** Sends bytes, which are one datagram over UDP. Waits for room where the connection has little. */
  readonly write: (bytes: Uint8Array) => Effect.Effect<void>
  /** Ends this direction after everything that was written. */
  readonly finish: Effect.Effect<void>
}

/** The time for a connection of TCP to one address, in milliseconds: three attempts of the system. */
const connectMillis = 10_000

/** Readings that wait: the peer's window closes meanwhile, and further datagrams are lost. */
const waitingReadings = 64

/**
 * Connects to a server of plain programs: over TCP to the first address of a name that answers, as `HappyEyeballs` tries them; over UDP to the
 * first address.
 */
export const open = (server: RawServer): Effect.Effect<Connection, Failure, Tcp | Socket | Scope.Scope> =>
  server.transport === "tcp" ? overTcp(server) : overUdp(server)

const overTcp = ({ host, port }: Address): Effect.Effect<Connection, Failure, Tcp | Scope.Scope> =>
  Effect.gen(function*() {
    const tcp = yield* Tcp
    const hosts = triedInOrder(yield* Effect.mapError(tcp.resolve(host), unreachable))
    const attempts = hosts.map((one) => {
      const address = { host: one, port }
      return Effect.timeoutFail(Effect.mapError(tcp.connect(address), unreachable), {
        duration: connectMillis,
        onTimeout: () => silent(address)
      })
    })
    if (attempts.length === 0) return yield* Effect.fail(withoutAddress(host))
    const connection = yield* Effect.mapError(
      firstSuccess(attempts, Timing.attemptDelayMillis),
      (failures) => combined({ host, port }, failures)
    )
    const readings = yield* Mailbox.make<Reading>()
    const drained = yield* Effect.makeLatch(true)
    let isPaused = false
    let hasEnded = false
    connection.start({
      onBytes: (bytes) => {
        readings.unsafeOffer({ _tag: "Bytes", bytes })
        if (isPaused || sizeOf(readings) < waitingReadings) return
        isPaused = true
        connection.pause()
      },
      onEnd: () => {
        hasEnded = true
        readings.unsafeOffer({ _tag: "End" })
      },
      onDrain: () => drained.unsafeOpen(),
      onClose: (error) => {
        drained.unsafeOpen()
        if (hasEnded) return
        readings.unsafeOffer(error === undefined ? { _tag: "End" } : { _tag: "Failed", failure: lost(error) })
      }
    })
    const resumed = Effect.sync(() => {
      if (!isPaused || sizeOf(readings) > 0) return
      isPaused = false
      connection.resume()
    })
    return {
      transport: "tcp",
      peer: connection.peer,
      read: Effect.zipLeft(taken(readings), resumed),
      write: (bytes) =>
        Effect.suspend(() => {
          if (!connection.write(bytes)) drained.unsafeClose()
          return drained.await
        }),
      finish: Effect.sync(() => connection.finish())
    }
  })

const overUdp = ({ host, port }: Address): Effect.Effect<Connection, Failure, Socket | Scope.Scope> =>
  Effect.gen(function*() {
    const socket = yield* Socket
    const [first = host] = yield* Effect.mapError(socket.resolve(host), unreachable)
    const peer = { host: first, port }
    const readings = yield* Mailbox.make<Reading>({ capacity: waitingReadings, strategy: "dropping" })
    const room = yield* Effect.makeLatch(true)
    const bound = yield* Effect.mapError(
      socket.connect(peer, {
        onRun: ({ bytes }) => void readings.unsafeOffer({ _tag: "Bytes", bytes: new Uint8Array(bytes) }),
        onError: (error) => void readings.unsafeOffer({ _tag: "Failed", failure: unreachable(error) }),
        onDrain: () => room.unsafeOpen()
      }, { fragmentation: "allowed" }),
      unreachable
    )
    const write = (bytes: Uint8Array): Effect.Effect<void> =>
      Effect.suspend(() => {
        if (bound.send(peer, bytes.length, copyOf(bytes)) !== "Full") return Effect.void
        room.unsafeClose()
        return Effect.zipRight(room.await, Effect.suspend(() => write(bytes)))
      })
    return { transport: "udp", peer, read: taken(readings), write, finish: Effect.void }
  })

/** A stream of a session; `wire` is that of the session. */
export const ofStream = (stream: SessionStream, peer: Address, wire: WireName): Connection => {
  const failed = (error: SessionError): Reading => ({ _tag: "Failed", failure: ofSession(error, wire) })
  return {
    transport: "session",
    peer,
    read: Effect.match(stream.read(), {
      onFailure: failed,
      onSuccess: (block): Reading => {
        if (block === undefined) return { _tag: "End" }
        const bytes = new Uint8Array(block)
        stream.release(block)
        return { _tag: "Bytes", bytes }
      }
    }),
    // A read fails too, with the reason.
    write: (bytes) => Effect.ignore(stream.write(bytes)),
    finish: stream.finish
  }
}

const sizeOf = (mailbox: Mailbox.Mailbox<Reading>): number => Option.getOrElse(mailbox.unsafeSize(), () => 0)

const taken = (mailbox: Mailbox.Mailbox<Reading>): Effect.Effect<Reading> =>
  Effect.orElseSucceed(mailbox.take, (): Reading => ({ _tag: "End" }))

const reachHint = "check the address and the port, that a server listens there, and that no firewall blocks it"

const unreachable = ({ message, reason }: SocketError): Failure =>
  new Failure({
    code: reason,
    exitCode: reason === "NotUnicast" || reason === "InvalidZone" ? ExitCode.usage : ExitCode.unreachable,
    message,
    hint: reachHint
  })

const silent = (peer: Address): Failure =>
  new Failure({
    code: "Silent",
    exitCode: ExitCode.unreachable,
    message: `${format(peer)} does not answer`,
    hint: reachHint
  })

const withoutAddress = (host: string): Failure =>
  unreachable(new SocketError({ reason: "HostNotFound", address: host, message: `the name ${host} has no address` }))

/** One failure for all addresses of a server. A refusal decides: it is the answer of a machine. */
const combined = (server: Address, failures: ReadonlyArray<Failure>): Failure => {
  const [first = silent(server), ...others] = failures
  if (others.length === 0) return first
  const each = failures.map(({ message }) => message).join("; ")
  return new Failure({
    ...failures.find(({ code }) => code === "Refused") ?? first,
    message: `none of the ${failures.length} addresses of ${format(server)} can be reached: ${each}`
  })
}

const lost = ({ message, reason }: SocketError): Failure =>
  new Failure({ code: reason, exitCode: ExitCode.lost, message })
