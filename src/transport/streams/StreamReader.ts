/** Reads a stream in pieces of the lengths that a parser requests. */
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { lengthOf, Reader } from "../../protocol/flock/wire/Varint.ts"
import * as Limits from "../../protocol/ProtocolLimits.ts"
import { SessionError } from "../SessionError.ts"
import type { SessionStream } from "../SessionStream.ts"

/** One stream. A piece that was read and not requested stays for the next request. */
export class StreamReader {
  readonly #stream: SessionStream
  readonly #peer: string
  /** The bytes that were read from the stream and not requested yet. */
  #rest: Uint8Array | undefined

  constructor(stream: SessionStream, peer: string) {
    this.#stream = stream
    this.#peer = peer
  }

  /** Bytes that were read from the stream and not requested yet. */
  get restBytes(): number {
    return this.#rest?.length ?? 0
  }

  /** Waits for `leastBytes` or the end of the stream, and reads a block; undefined after the end. */
  some(leastBytes: number): Effect.Effect<Uint8Array | undefined, SessionError> {
    return Effect.suspend(() => {
      const rest = this.#rest
      this.#rest = undefined
      return rest === undefined ? this.#stream.read(leastBytes) : Effect.succeed(rest)
    })
  }

  /** Reads a block of at most `mostBytes`, after the same wait; undefined after the end. */
  upTo(mostBytes: number, leastBytes: number): Effect.Effect<Uint8Array | undefined, SessionError> {
    if (mostBytes === 0) return Effect.succeed(undefined)
    return Effect.map(this.some(Math.min(leastBytes, mostBytes)), (bytes) => {
      if (bytes === undefined || bytes.length <= mostBytes) return bytes
      this.#rest = bytes.subarray(mostBytes)
      return bytes.subarray(0, mostBytes)
    })
  }

  exactly(count: number): Effect.Effect<Uint8Array, SessionError> {
    const bytes = new Uint8Array(count)
    let filled = 0
    const fill: Effect.Effect<void, SessionError> = Effect.suspend(() =>
      filled === count
        ? Effect.void
        : Effect.flatMap(this.upTo(count - filled, count - filled), (part) => {
          if (part === undefined) return broken(this.#peer, "a message that ended too early")
          bytes.set(part, filled)
          filled += part.length
          return fill
        })
    )
    return Effect.as(fill, bytes)
  }

  /** The stream from here on; `before` runs before its first byte is read. */
  rest(before: Effect.Effect<void, SessionError>): SessionStream {
    const read = (leastBytes = 1) => Effect.zipRight(before, this.some(leastBytes))
    return { ...this.#stream, read, bytes: streamOf(() => read()) }
  }

  /** Reads JSON after its length, a varint. */
  get framed(): Effect.Effect<string, SessionError> {
    const first = Effect.flatMap(this.exactly(1), (byte) => {
      const length = lengthOf(byte[0] ?? 0)
      return Effect.map(this.exactly(length - 1), (rest) => {
        const bytes = new Uint8Array(length)
        bytes.set(byte)
        bytes.set(rest, 1)
        return new Reader(bytes, 0, length).varint()
      })
    })
    return Effect.flatMap(first, (length) =>
      length > Limits.messageHeaderBytes
        ? broken(this.#peer, `a message with a header of ${length} bytes`)
        : Effect.map(this.exactly(length), (bytes) => decoder.decode(bytes)))
  }
}

/** Where the header of a message ends that begins with these bytes; undefined when its length is not among them. */
export const headerEnd = (bytes: Uint8Array): number | undefined => {
  const [first] = bytes
  if (first === undefined) return undefined
  const lengthBytes = lengthOf(first)
  return bytes.length < lengthBytes ? undefined : lengthBytes + new Reader(bytes, 0, lengthBytes).varint()
}

/** A Stream of the blocks that `read` returns, until it returns undefined. */
export const streamOf = (read: () => Effect.Effect<Uint8Array | undefined, SessionError>) =>
  Stream.repeatEffectOption(Effect.flatMap(
    Effect.mapError(Effect.suspend(read), Option.some),
    (block) => block === undefined ? Effect.fail(Option.none()) : Effect.succeed(block)
  ))

/** The failure for what the peer sent against the protocol. */
export const broken = (peer: string, what: string): Effect.Effect<never, SessionError> =>
  new SessionError({ reason: "Protocol", peer, message: `${peer} sent ${what}` })

const decoder = new TextDecoder()
