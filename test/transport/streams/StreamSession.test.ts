import { describe, expect, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Stream from "effect/Stream"
import { Streams } from "../../../src/protocol/flock/streams/Streams.ts"
import * as EventBus from "../../../src/telemetry/EventBus.ts"
import type { Statistics } from "../../../src/telemetry/Statistics.ts"
import { capabilitiesOf, make, planOf } from "../../../src/transport/streams/StreamSession.ts"
import { parameters } from "../../protocol/flock/pair.ts"

const statistics: Statistics = {
  sentPackets: 0,
  sentBytes: 0,
  deliveredBytes: 0,
  lostPackets: 0,
  receivedPackets: 0,
  receivedBytes: 0,
  dropped: {},
  roundTripMillis: undefined,
  minRoundTripMillis: undefined,
  congestion: undefined
}

/** A session without a network, and what it asked of its core. */
const lone = Effect.gen(function*() {
  const closes: Array<readonly [number, string]> = []
  let touches = 0
  const streams = new Streams("client", parameters, parameters)
  const made = yield* make(
    capabilitiesOf("flock"),
    {
      streams,
      peer: () => ({ host: "192.0.2.1", port: 4040 }),
      now: () => 0,
      touch: () => void touches++,
      close: (code, text) => void closes.push([code, text]),
      statistics: () => statistics,
      handshakeMillis: 17
    },
    {
      bus: EventBus.make(),
      role: "client",
      peerKey: undefined,
      ownKey: undefined,
      isTrusted: false,
      channelBinding: undefined
    }
  )
  return { ...made, streams, closes, touches: () => touches }
})

describe("a session with streams", () => {
  it.scoped("writes to its core, and wakes it", () =>
    Effect.gen(function*() {
      const { session, streams, touches } = yield* lone
      const stream = yield* session.openStream
      yield* stream.write(Uint8Array.of(1, 2, 3))
      expect([streams.nextFrame(1000), touches()]).toMatchObject([{ _tag: "Stream", start: 0, end: 3 }, 1])
      expect(yield* session.ping).toBe(17)
    }))

  it.scoped("ends with the reason of its core: everything that waits fails", () =>
    Effect.gen(function*() {
      const { onEvents, session } = yield* lone
      const stream = yield* session.openStream
      const reading = yield* Effect.fork(Effect.flip(stream.read()))
      yield* Effect.yieldNow()
      onEvents([{ _tag: "Closed", reason: { by: "Broken", code: 0, text: "reset" } }])
      expect(yield* reading.await).toMatchObject(Exit.succeed({ reason: "Lost" }))
      expect(yield* session.closed).toMatchObject({ reason: "Lost", peer: "192.0.2.1:4040" })
      expect([session.isClosed(), yield* Effect.flip(session.openStream)]).toMatchObject([true, { reason: "Lost" }])
      // A server of messages ends with it.
      yield* session.serve(({ accept }) => accept())
    }))

  it.effect("closes with a code that a varint carries; another one is a defect of the caller", () =>
    Effect.gen(function*() {
      const { closes, session } = yield* lone
      yield* session.close(300, "bye")
      const wrong = yield* Effect.exit(session.close(-1))
      expect([closes, Exit.isFailure(wrong) && Cause.isDie(wrong.cause)]).toEqual([[[300, "bye"]], true])
    }))
})

describe("the plan of a message", () => {
  const sha256 = Effect.succeed("00")
  const body = () => Stream.empty
  it.effect.each(
    [
      [{ kind: "text", body, fragments: {} }, "Fragments"],
      [{ kind: "", body }, "Envelope"],
      [{ kind: "file", body, size: -1, sha256 }, "Envelope"],
      [{ kind: "file", body, size: 1 }, "Digest"],
      [{ kind: "x".repeat(9000), body }, "HeaderTooLong"],
      [{ kind: "file", body, size: 1, sha256 }, undefined]
    ] as const
  )("%j is %s", ([envelope, detail]) =>
    Effect.map(
      Effect.either(planOf("flock", envelope, "h:1")),
      (planned) => expect(Either.isLeft(planned) ? planned.left.detail : undefined).toBe(detail)
    ))
})
