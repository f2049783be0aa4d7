import { describe, expect, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { wired } from "../../src/cli/Wiring.ts"
import * as Frame from "../../src/protocol/classic/Frame.ts"
import type * as Trace from "../../src/Trace.ts"
import { fakeReport, sending, serving, world } from "./commandsInMemory.ts"

/** Sends a text of seven fragments to a server over a wired network; what was traced, and what was noted. */
const sent = (options: Partial<Parameters<typeof wired>[1]>) =>
  Effect.gen(function*() {
    const notes: Array<string> = []
    const traced: Array<string> = []
    const onDatagram = ({ direction, frame, isIntact }: Trace.Datagram): void => {
      const kind = frame === undefined ? "noise" : `${Frame.kindNames[frame.kind]} ${frame.sequenceNumber}`
      traced.push(`${direction} ${kind}${isIntact ? "" : " damaged"}`)
    }
    yield* Effect.fork(serving(fakeReport()))
    yield* Effect.yieldNow()
    const wanted = [{ kind: "text", text: "abcdefg" } as const]
    const code = yield* wired(sending(fakeReport(), { wanted, fragmentSize: 1 }), {
      faults: undefined,
      onDatagram,
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

  it.live("has the faults that were asked for, beneath the trace, and tells how many at the end", () =>
    Effect.gen(function*() {
      const { notes, traced } = yield* sent({ faults: { seed: 3, duplicate: 1 } })
      // All that the program sent went twice; what it heard came twice, once for each copy that was answered.
      expect(traced.filter((line) => line === "sent DAT 3")).toHaveLength(1)
      expect(traced.filter((line) => line === "received ACK 3").length).toBeGreaterThan(1)
      expect(notes).toEqual([expect.stringMatching(/^simulated faults: \d+ datagrams \(\d+ doubled\)$/)])
    }))

  it.live("tells that the faults that were asked for did not come", () =>
    Effect.gen(function*() {
      const { notes } = yield* sent({ faults: { seed: 1, loss: 0 } })
      expect(notes).toEqual(["simulated faults: none"])
      const late = yield* sent({ faults: { seed: 1, delayMillis: 1 } })
      expect(late.notes).toEqual(["simulated faults: a delay of 1 ms each way"])
    }))
})
