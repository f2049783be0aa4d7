import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { Crc } from "../../src/net/Crc.ts"
import * as Digest from "../../src/storage/Digest.ts"
import * as SocketMemory from "../../src/testing/SocketMemory.ts"
import { textEnvelope } from "../../src/transfer/Outbox.ts"
import { blocksOf, digestOf } from "../../src/transport/Body.ts"
import * as ClassicTransport from "../../src/transport/classic/ClassicTransport.ts"
import * as FlockTransport from "../../src/transport/flock/FlockTransport.ts"
import * as Transport from "../../src/transport/Transport.ts"
import { keyed } from "../security/keyed.ts"
import { address, passing } from "../suites/flockNetwork.ts"

const blocks = (...lengths: ReadonlyArray<number>) =>
  Stream.fromIterable(lengths.map((length) => new Uint8Array(length)))

/** The sizes of the emitted blocks, and the message of the failure. */
const emitted = (size: number | undefined, ...lengths: ReadonlyArray<number>) =>
  Effect.gen(function*() {
    const sizes: Array<number> = []
    const body = () => Stream.rechunk(blocks(...lengths), 1)
    const all = Stream.runForEach(blocksOf({ body, size }, "peer", 1), ({ length }) =>
      Effect.sync(() => sizes.push(length)))
    const exit = yield* Effect.either(all)
    return { sizes, error: exit._tag === "Left" ? exit.left : undefined }
  })

describe("a body", () => {
  it.effect("has as many bytes as its size says, or any without a size", () =>
    Effect.gen(function*() {
      expect(yield* emitted(5, 2, 3)).toEqual({ sizes: [2, 3], error: undefined })
      expect(yield* emitted(0)).toEqual({ sizes: [], error: undefined })
      expect(yield* emitted(undefined, 2, 3)).toEqual({ sizes: [2, 3], error: undefined })
    }))

  it.effect("that is longer or shorter fails with both numbers, and sends no byte too many", () =>
    Effect.gen(function*() {
      expect(yield* emitted(5, 2, 4)).toMatchObject({
        sizes: [2],
        error: {
          reason: "Body",
          message: "the body of the message has 6 bytes or more, but its size says 5: the message was given up"
        }
      })
      expect(yield* emitted(5, 2)).toMatchObject({
        sizes: [2],
        error: {
          reason: "Body",
          message: "the body of the message has 2 bytes, but its size says 5: the message was given up"
        }
      })
    }))

  it.effect("has a digest of 64 hexadecimal digits", () =>
    Effect.gen(function*() {
      expect(yield* digestOf(Effect.succeed("0aFF".repeat(16)), "peer")).toEqual(
        Uint8Array.from({ length: 32 }, (_, at) => at % 2 === 0 ? 10 : 255)
      )
      for (const hex of ["", "ab", "zz".repeat(32), "ab".repeat(33)]) {
        expect(yield* Effect.flip(digestOf(Effect.succeed(hex), "peer"))).toMatchObject({ reason: "Body" })
      }
    }))
})

const wires = { classic: ClassicTransport.layer(), flock: FlockTransport.layer() }

describe.each(["classic", "flock"] as const)("a message over %s", (wire) => {
  const over = Effect.provide(Layer.provide(wires[wire], Layer.mergeAll(SocketMemory.layer(), Crc.layer, keyed)))
  /** A client of a server that accepts every message and records its text. */
  const client = (texts: Array<string>) =>
    Effect.gen(function*() {
      const listener = yield* Transport.listen(address)
      yield* Effect.forkScoped(Stream.runForEach(listener.sessions, ({ serve }) =>
        Effect.fork(serve((incoming) =>
          Effect.gen(function*() {
            texts.push(yield* Stream.runFold(incoming.body(1), "", (all, block) => all + Buffer.from(block).toString()))
            yield* incoming.accept()
          })
        ))))
      return yield* passing(Transport.connect({ ...address, isProbed: true }))
    })
  const hello = textEnvelope("hello")

  it.scoped.each([3, 7])(
    "whose body has 5 bytes and whose size says %i fails at its sender as Body (L6)",
    (size) =>
      Effect.gen(function*() {
        const texts: Array<string> = []
        const session = yield* client(texts)
        const error = yield* passing(Effect.flip(session.send({ ...hello, size })))
        expect(error).toMatchObject({ reason: "Body", message: expect.stringContaining(`its size says ${size}`) })
        expect(texts).toEqual([])
      }).pipe(over)
  )

  it.scoped("may have blocks of any size: 2,000 lines arrive as one text (L4)", () =>
    Effect.gen(function*() {
      const texts: Array<string> = []
      const session = yield* client(texts)
      const lines = Array.from({ length: 2000 }, (_, number) => `line ${number}\n`)
      const text = lines.join("")
      const body = () => Stream.fromIterable(lines.map((line) => new TextEncoder().encode(line)))
      const sha256 = Digest.ofBytes(new TextEncoder().encode(text))
      const sending = session.send({ kind: "text", size: text.length, body, sha256 })
      expect(yield* passing(Effect.exit(Effect.asVoid(sending)))).toEqual(Exit.void)
      expect(texts).toEqual([text])
      // As many packets as the bytes need, and their acknowledgements.
      expect(session.statistics().sentPackets).toBeLessThan(60)
    }).pipe(over))
})

describe("a message over flock", () => {
  it.scoped("whose digest is no SHA-256 fails at its sender as Body (L6)", () =>
    Effect.gen(function*() {
      yield* Transport.listen(address)
      const session = yield* Transport.connect(address)
      const error = yield* passing(
        Effect.flip(session.send({ ...textEnvelope("hello"), sha256: Effect.succeed("abc") }))
      )
      expect(error).toMatchObject({
        reason: "Body",
        message: "the sha256 of a message is 64 hexadecimal digits, not \"abc\""
      })
    }).pipe(Effect.provide(Layer.provide(wires.flock, Layer.mergeAll(SocketMemory.layer(), Crc.layer, keyed)))))
})
