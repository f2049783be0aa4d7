import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { WiringOptions } from "../../../src/cli/commands/SimulatedNetwork.ts"
import { simulated } from "../../../src/cli/commands/SimulatedNetwork.ts"
import type { Traced } from "../../../src/cli/report/Trace.ts"
import { Crc } from "../../../src/net/Crc.ts"
import { Socket } from "../../../src/net/Socket.ts"
import * as Frame from "../../../src/protocol/classic/ClassicFrame.ts"
import * as SocketMemory from "../../../src/testing/SocketMemory.ts"
import { passing } from "../../suites/flockNetwork.ts"
import { fakeReport, sending, serving, world } from "../commandsInMemory.ts"
import { packet } from "../fakes.ts"

/** Sends a text of seven fragments to a server over a simulated network; what was traced, and what was noted. */
const sent = (options: Partial<WiringOptions>) =>
  Effect.gen(function*() {
    const notes: Array<string> = []
    const traced: Array<string> = []
    const onDatagram = (datagram: Traced): void => {
      if (!("frame" in datagram)) return void traced.push("a packet of flock")
      const { direction, frame, isIntact } = datagram
      const kind = frame === undefined ? "noise" : `${Frame.kindNames[frame.kind]} ${frame.sequenceNumber}`
      traced.push(`${direction} ${kind}${isIntact ? "" : " damaged"}`)
    }
    yield* Effect.fork(serving(fakeReport()))
    yield* Effect.yieldNow()
    const wanted = [{ kind: "text", text: "abcdefg" } as const]
    const code = yield* simulated("classic", sending(fakeReport(), { wanted, fragmentSize: 1 }), {
      faults: undefined,
      onTraced: onDatagram,
      note: (line) => Effect.sync(() => notes.push(line)),
      ...options
    })
    expect(code).toBe(0)
    return { notes, traced }
  }).pipe(Effect.provide(world().layer))

describe("a command's network", () => {
  it.effect("is traced frame by frame, and says nothing of faults where there are none", () =>
    Effect.gen(function*() {
      const { notes, traced } = yield* sent({})
      expect(traced.slice(0, 4)).toEqual(["sent INF 0", "received ACK 0", "sent DAT 1", "received ACK 1"])
      expect([traced.length, traced.at(-1), notes]).toEqual([17, "sent FIN 0", []])
    }))

  it.effect("has the faults that were asked for, beneath the trace, and tells how many at the end", () =>
    Effect.gen(function*() {
      const { notes, traced } = yield* passing(sent({ faults: { seed: 3, duplicate: 1 } }))
      // All that the program sent went twice; what it heard came twice, once for each copy that was answered.
      expect(traced.filter((line) => line === "sent DAT 3")).toHaveLength(1)
      expect(traced.filter((line) => line === "received ACK 3").length).toBeGreaterThan(1)
      expect(notes).toEqual([expect.stringMatching(/^simulated faults: \d+ datagrams \(\d+ doubled\)$/)])
    }))

  it.effect("tells that the faults that were asked for did not come", () =>
    Effect.gen(function*() {
      const { notes } = yield* passing(sent({ faults: { seed: 1, loss: 0 } }))
      expect(notes).toEqual(["simulated faults: none"])
      const late = yield* passing(sent({ faults: { seed: 1, delayMillis: 1 } }))
      expect(late.notes).toEqual(["simulated faults: a delay of 1 ms each way"])
    }))
})

it.effect("over the modern wire it is the same, with packets: faults beneath the trace, told at the end", () =>
  Effect.gen(function*() {
    const { bytes } = packet([{ type: "Ping" }])
    const notes: Array<string> = []
    const traced: Array<string> = []
    const program = Effect.scoped(Effect.gen(function*() {
      const socket = yield* Socket
      const silent = {
        onRun: () => undefined,
        onPause: () => undefined,
        onError: () => undefined,
        onDrain: () => undefined
      }
      const server = yield* socket.bind({ host: "127.0.0.1", port: 4040 }, silent)
      const client = yield* socket.connect(server.local, silent)
      client.send(server.local, bytes.length, (target) => {
        target.set(bytes)
        return bytes.length
      })
      yield* Effect.promise(() => Promise.resolve())
    }))
    yield* simulated("flock", program, {
      faults: { seed: 3, duplicate: 1 },
      onTraced: (datagram) =>
        traced.push(
          "packetNumber" in datagram
            ? `${datagram.direction} ${datagram.kind} ${datagram.packetNumber}`
            : "a classic datagram"
        ),
      note: (line) => Effect.sync(() => notes.push(line))
    })
    // It was doubled on its way out and each of the two on its way in.
    expect(traced).toEqual(["sent DATA 3", ...Array.from({ length: 4 }, () => "received DATA 3")])
    expect(notes).toEqual(["simulated faults: 3 datagrams (3 doubled)"])
  }).pipe(Effect.provide(Layer.merge(SocketMemory.layer(), Crc.layer))))
