import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { NetworkOptions } from "../../../src/cli/commands/SimulatedNetwork.ts"
import { simulated } from "../../../src/cli/commands/SimulatedNetwork.ts"
import type { Traced } from "../../../src/cli/report/Trace.ts"
import { Crc } from "../../../src/net/Crc.ts"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import { EventBus } from "../../../src/telemetry/EventBus.ts"
import * as SocketMemory from "../../../src/testing/SocketMemory.ts"
import * as TcpMemory from "../../../src/testing/TcpMemory.ts"
import * as FlockTransport from "../../../src/transport/flock/FlockTransport.ts"
import { connect, listen } from "../../../src/transport/Transport.ts"
import { keyed } from "../../security/keyed.ts"
import { passing } from "../../suites/flockNetwork.ts"
import { fakeReport, sending, serving, world } from "../commandsInMemory.ts"

/** Sends a text of seven fragments to a server over a simulated network; what was traced, and what was noted. */
const sent = (options: Partial<NetworkOptions>) =>
  Effect.gen(function*() {
    const notes: Array<string> = []
    const traced: Array<string> = []
    const onDatagram = (datagram: Traced): void => {
      if (datagram.wire !== "classic") return void traced.push("a packet of flock")
      const { direction, frame, isIntact } = datagram
      const kind = frame === undefined ? "noise" : `${Frame.kindNames[frame.kind]} ${frame.sequenceNumber}`
      traced.push(`${direction} ${kind}${isIntact ? "" : " damaged"}`)
    }
    yield* Effect.fork(serving(fakeReport()))
    yield* Effect.yieldNow()
    const wanted = [{ _tag: "Text", text: "abcdefg" } as const]
    const code = yield* simulated(sending(fakeReport(), { wanted, fragmentSize: 1 }), {
      faults: undefined,
      onTraced: onDatagram,
      note: (line) => Effect.sync(() => notes.push(line)),
      emit: () => Effect.void,
      ...options
    })
    expect(code).toBe(0)
    return { notes, traced }
  }).pipe(Effect.provide(world().layer))

describe("a command's network", () => {
  it.effect("notes a defect with what was thrown and where, for the operator to report", () =>
    Effect.gen(function*() {
      const notes: Array<string> = []
      const failing = Effect.gen(function*() {
        const bus = yield* EventBus
        bus.publish({ _tag: "Defect", wire: "flock", peer: "192.0.2.7:4040", cause: new TypeError("no\u001bsense") })
        yield* Effect.yieldNow()
      })
      const note = (line: string) => Effect.sync(() => notes.push(line))
      yield* simulated(failing, { faults: undefined, onTraced: undefined, note, emit: () => Effect.void }).pipe(
        Effect.provide(world().layer)
      )
      expect(notes).toEqual([
        expect.stringMatching(
          /^a packet of 192\.0\.2\.7:4040 met a defect of this program; other sessions continue\. Please report it: /
        )
      ])
      expect(notes[0]).toContain("no\\u{1b}sense")
    }))

  it.effect("is traced frame by frame, and says nothing of faults where there are none", () =>
    Effect.gen(function*() {
      const { notes, traced } = yield* sent({})
      expect(traced.slice(0, 4)).toEqual(["sent INF 0", "received ACK 0", "sent DAT 1", "received ACK 1"])
      expect([traced.length, traced.at(-1), notes]).toEqual([17, "sent FIN 0", []])
    }))

  it.effect("has the faults that were asked for, beneath the trace, and tells how many at the end", () =>
    Effect.gen(function*() {
      const { notes, traced } = yield* passing(sent({ faults: { seed: 3, duplicate: 1 } }))
      // Every sent datagram was duplicated; every answer arrived twice, once for each copy.
      expect(traced.filter((line) => line === "sent DAT 3")).toHaveLength(1)
      expect(traced.filter((line) => line === "received ACK 3").length).toBeGreaterThan(1)
      expect(notes).toEqual([expect.stringMatching(/^simulated faults: \d+ datagrams \(\d+ duplicated\)$/)])
    }))

  it.effect("tells that the faults that were asked for did not come", () =>
    Effect.gen(function*() {
      const { notes } = yield* passing(sent({ faults: { seed: 1, loss: 0 } }))
      expect(notes).toEqual(["simulated faults: none"])
      const late = yield* passing(sent({ faults: { seed: 1, delayMillis: 1 } }))
      expect(late.notes).toEqual(["simulated faults: a delay of 1 ms each way"])
    }))
})

it.scoped("a flock session has faults datagram by datagram, beneath its trace", () =>
  Effect.gen(function*() {
    const notes: Array<string> = []
    const traced: Array<string> = []
    const program = Effect.gen(function*() {
      yield* listen({ host: "127.0.0.1", port: 4040 })
      yield* connect({ host: "127.0.0.1", port: 4040 })
    }).pipe(Effect.scoped, Effect.provide(FlockTransport.layer()))
    yield* passing(simulated(program, {
      faults: { seed: 3, duplicate: 1 },
      onTraced: (packet) => traced.push(packet.wire === "flock" ? `${packet.direction} ${packet.kind}` : "a frame"),
      note: (line) => Effect.sync(() => notes.push(line)),
      emit: () => Effect.void
    }))
    // HELLO was doubled on its way out, and each of the two on its way in.
    expect(traced.slice(0, 2)).toEqual(["sent HELLO", "received HELLO"])
    expect(traced.filter((line) => line === "sent HELLO").length).toBe(1)
    expect(traced.filter((line) => line === "received HELLO").length).toBe(4)
    expect(notes).toEqual([expect.stringMatching(/^simulated faults: \d+ datagrams \(\d+ duplicated\)$/)])
  }).pipe(Effect.provide(Layer.mergeAll(SocketMemory.layer(), TcpMemory.layer(), Crc.layer, keyed))))
