/**
 * A stream of a session as Effects: readers and writers wait until the core reports a change.
 */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { Stream as CoreStream } from "../../protocol/flock/streams/Stream.ts"
import type { Streams } from "../../protocol/flock/streams/Streams.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { notWhole } from "../OptionRange.ts"
import type { SessionError } from "../SessionError.ts"
import type { SessionStream } from "../SessionStream.ts"
import { streamCode } from "../SessionStream.ts"

/**
 * Why a stream ended in an open session: RESET_STREAM by the peer, STOP_SENDING by the peer, abandoned by this side.
 */
export type StreamReason = "Reset" | "Stopped" | "Left"

/** The session's functions for a stream. */
export interface Host {
  readonly streams: Streams
  /** The reason for which the session ended; undefined while it is open. */
  readonly over: () => SessionError | undefined
  readonly error: (reason: StreamReason, code: number) => SessionError
  /** Schedules a turn of the session, after a method of the core. */
  readonly touch: () => void
  /** Removes a stream that gets no more events. */
  readonly forget: (id: number) => void
}

/** The most bytes that a read waits for: beyond the flow-control window, it would wait for ever. */
const mostAwaitedBytes = Limits.firstStreamWindowBytes / 2

/** Runs after each event of the stream, until it returns true. */
type Attempt = () => boolean

export interface Handle {
  readonly stream: SessionStream
  /** Runs the pending reads, writes and waits for the end again, after an event. */
  readonly wake: () => void
}

export const make = (host: Host, core: CoreStream): Handle => {
  const { streams } = host
  let waiting: Array<Attempt> = []
  let isAbandoned = false
  const wake = (): void => {
    const attempts = waiting
    waiting = []
    waiting.push(...attempts.filter((attempt) => !attempt()))
    forgetSettled()
  }
  const forgetSettled = (): void => {
    if (core.send.isSettled && (core.receive.isAtEnd || core.receive.resetCode !== undefined)) host.forget(core.id)
  }
  const whyOver = (): SessionError | undefined => host.over() ?? (isAbandoned ? host.error("Left", 0) : undefined)
  /** Waits until `look` returns an outcome. */
  const until = <A>(look: () => Effect.Effect<A, SessionError> | undefined): Effect.Effect<A, SessionError> =>
    Effect.suspend(() =>
      look() ?? Effect.async<A, SessionError>((resume) => {
        const attempt: Attempt = () => {
          const outcome = look()
          if (outcome === undefined) return false
          resume(outcome)
          return true
        }
        waiting.push(attempt)
        return Effect.sync(() => {
          waiting = waiting.filter((other) => other !== attempt)
        })
      })
    )
  const lookForBytes = (leastBytes: number): Effect.Effect<Uint8Array | undefined, SessionError> | undefined => {
    const { receive } = core
    if (isAbandoned) return Effect.fail(host.over() ?? host.error("Left", 0))
    if (receive.resetCode !== undefined) return Effect.fail(host.error("Reset", receive.resetCode))
    const enough = streams.isTight || receive.isSettled ? 1 : Math.min(leastBytes, mostAwaitedBytes)
    if (receive.readableBytes >= enough) {
      const bytes = streams.read(core)
      host.touch()
      forgetSettled()
      if (bytes !== undefined) return Effect.succeed(bytes)
    }
    if (receive.isAtEnd) return Effect.succeed(undefined)
    const over = whyOver()
    if (over === undefined) return undefined
    const rest = streams.read(core)
    return rest === undefined ? Effect.fail(over) : Effect.succeed(rest)
  }
  const lookForRoom = (): Effect.Effect<void, SessionError> | undefined => {
    if (core.stoppedCode !== undefined) return Effect.fail(host.error("Stopped", core.stoppedCode))
    const over = whyOver()
    if (over !== undefined) return Effect.fail(over)
    return core.isFull ? undefined : Effect.void
  }
  const room = until(() => lookForRoom())
  const lookForSettling = (): Effect.Effect<void, SessionError> | undefined => {
    if (core.send.isSettled && core.stoppedCode === undefined) return Effect.void
    return lookForEnd()
  }
  const lookForEnd = (): Effect.Effect<void, SessionError> | undefined => {
    if (core.stoppedCode !== undefined) return Effect.fail(host.error("Stopped", core.stoppedCode))
    const over = whyOver()
    return over === undefined ? undefined : Effect.fail(over)
  }
  const command = (verb: () => void): Effect.Effect<void> =>
    Effect.sync(() => {
      if (host.over() !== undefined) return
      verb()
      host.touch()
    })
  /** A code that no varint carries is a defect of the caller, and must not become one of the session. */
  const coded = (code: number, verb: () => void): Effect.Effect<void> => {
    const problem = notWhole("code", code, 0)
    return problem === undefined ? command(verb) : Effect.die(new RangeError(problem))
  }
  const read = (leastBytes = 1) => until(() => lookForBytes(leastBytes))
  return {
    wake,
    stream: {
      id: core.id,
      arrivedBytes: () => core.receive.readBytes + core.receive.readableBytes,
      readBytes: () => core.receive.readBytes,
      ackedBytes: () => core.send.ackedBytes,
      read,
      bytes: Stream.repeatEffectOption(
        Effect.flatMap(
          Effect.mapError(read(), Option.some),
          (bytes) => bytes === undefined ? Effect.fail(Option.none()) : Effect.succeed(bytes)
        )
      ),
      write: (block) =>
        Effect.suspend(() => {
          const end = lookForEnd()
          if (end !== undefined) return end
          streams.write(core, block)
          host.touch()
          return core.isFull ? room : Effect.void
        }),
      release: (bytes) => core.receive.release(bytes),
      released: () => core.send.takeReleased(),
      finish: command(() => streams.finish(core)),
      settled: until(lookForSettling),
      reset: (code) => coded(code, () => streams.reset(core, code)),
      stop: (code) => coded(code, () => streams.stop(core, code)),
      abandon: Effect.suspend(() => {
        host.forget(core.id)
        return command(() => {
          if (!core.send.isFinished) streams.reset(core, streamCode.cancelled)
          // `stop` releases received, unread bytes, also if the peer sends no more.
          streams.stop(core, streamCode.cancelled)
          // Pending reads and writes get no more events: they fail now.
          isAbandoned = true
          wake()
        })
      })
    }
  }
}
