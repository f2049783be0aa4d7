/** The body of a message to send, checked against its envelope: both wires announce its size before its first byte. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { bytesOfHex } from "../protocol/Hex.ts"
import { SessionError } from "./SessionError.ts"
import type { Envelope } from "./Transport.ts"

/** The blocks of the body. Fails with `Body` before the first byte beyond its size, or at the end of a body that is shorter. */
export const blocksOf = <E>(
  { body, size }: Pick<Envelope<E>, "body" | "size">,
  peer: string,
  blockBytes: number
): Stream.Stream<Uint8Array, E | SessionError> => {
  if (size === undefined) return body(blockBytes)
  return Stream.suspend(() => {
    let bytes = 0
    const checked = Stream.mapChunksEffect(body(blockBytes), (blocks) => {
      for (const { length } of blocks) bytes += length
      return bytes > size ? mismatch(peer, `has ${bytes} bytes or more`, size) : Effect.succeed(blocks)
    })
    const end = Effect.suspend(() => bytes < size ? mismatch(peer, `has ${bytes} bytes`, size) : Effect.void)
    return Stream.concat(checked, Stream.execute(end))
  })
}

/** The SHA-256 of the envelope as bytes. Fails with `Body` if it is not 64 hexadecimal digits. */
export const digestOf = <E>(
  sha256: Effect.Effect<string, E>,
  peer: string
): Effect.Effect<Uint8Array, E | SessionError> =>
  Effect.flatMap(sha256, (hex) =>
    /^[\da-f]{64}$/i.test(hex)
      ? Effect.succeed(bytesOfHex(hex))
      : Effect.fail(
        bodyError(peer, `the sha256 of a message is 64 hexadecimal digits, not ${JSON.stringify(hex.slice(0, 80))}`)
      ))

const mismatch = (peer: string, what: string, size: number): Effect.Effect<never, SessionError> =>
  bodyError(peer, `the body of the message ${what}, but its size says ${size}: the message was given up`)

const bodyError = (peer: string, message: string): SessionError => new SessionError({ reason: "Body", peer, message })
