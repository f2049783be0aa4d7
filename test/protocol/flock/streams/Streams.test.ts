import { describe, expect, it } from "vitest"
import { ServerBudget } from "../../../../src/protocol/flock/streams/ServerBudget.ts"
import { Stream } from "../../../../src/protocol/flock/streams/Stream.ts"
import { Streams } from "../../../../src/protocol/flock/streams/Streams.ts"
import type { Frame, StreamFrame } from "../../../../src/protocol/flock/wire/Frame.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"
import { parameters, someBytes } from "../pair.ts"

const frame = (id: number, offset: number, length: number, isLast = false): StreamFrame => ({
  _tag: "Stream",
  id,
  offset,
  isLast,
  bytes: someBytes(length),
  start: 0,
  end: length
})

const server = (local = {}, peer = {}, budget?: ServerBudget): Streams =>
  new Streams("server", { ...parameters, ...local }, { ...parameters, ...peer }, budget)

const openedStream = (streams: Streams): Stream => {
  const stream = streams.open()
  if (stream === undefined) throw new Error("no stream")
  return stream
}

const openedByPeer = (streams: Streams): ReadonlyArray<Stream> =>
  streams.pollEvents().flatMap((event) => event._tag === "Opened" ? [event.stream] : [])

/** All frames that are due, control frames first. */
const dueFrames = (streams: Streams, roomBytes = 1000): ReadonlyArray<Frame> => {
  const frames: Array<Frame> = []
  for (let next = streams.nextControl(20, 0); next !== undefined; next = streams.nextControl(20, 0)) frames.push(next)
  for (let next = streams.nextFrame(roomBytes); next !== undefined; next = streams.nextFrame(roomBytes)) {
    frames.push(next)
  }
  return frames
}

describe("the streams of a session", () => {
  it("of the peer are handed over when there is something to read, and may have any id up to the limit", () => {
    const streams = server()
    expect([streams.onStreamFrame(frame(4, 0, 3)), streams.onStreamFrame(frame(0, 0, 3))]).toEqual([
      "Accepted",
      "Accepted"
    ])
    expect([openedByPeer(streams).map(({ id }) => id), streams.count]).toEqual([[4, 0], 3])
    expect([streams.onStreamFrame(frame(2, 0, 0, true)), openedByPeer(streams).map(({ id }) => id)]).toEqual([
      "Accepted",
      [2]
    ])
    expect([streams.onStreamFrame(frame(6, 0, 1)), streams.onStreamFrame(frame(8, 0, 1))]).toEqual([
      "Accepted",
      "StreamLimitError"
    ])
    expect(streams.onStreamFrame(frame(1, 0, 1))).toBe("StreamStateError")
  })

  it("are served in turn", () => {
    const streams = server()
    for (const stream of [openedStream(streams), openedStream(streams), openedStream(streams)]) {
      streams.write(stream, someBytes(300))
    }
    const ids = dueFrames(streams, 200).map((one) => one._tag === "Stream" ? one.id : -1)
    expect(ids).toEqual([1, 3, 5, 1, 3, 5])
  })

  it("send lost bytes before new bytes of another stream", () => {
    const streams = server()
    const [first, second] = [openedStream(streams), openedStream(streams)]
    streams.write(first, someBytes(300))
    const [lost] = dueFrames(streams, 200)
    if (lost === undefined) throw new Error("no frame")
    streams.write(second, someBytes(300))
    streams.onFrameLost(lost)
    expect(dueFrames(streams, 100).map((one) => one._tag === "Stream" ? one.id : -1)).toEqual([1, 1, 1, 3, 3, 3, 3])
  })

  it("share the session's credit, and all continue when it is raised", () => {
    const streams = server({}, { maxData: 500 })
    const [first, second] = [openedStream(streams), openedStream(streams)]
    streams.write(first, someBytes(400))
    streams.write(second, someBytes(400))
    const sentBytes = (): number =>
      dueFrames(streams).reduce((sum, one) => sum + (one._tag === "Stream" ? one.end - one.start : 0), 0)
    expect([sentBytes(), sentBytes(), streams.isBlocked, streams.hasUnsent]).toEqual([500, 0, true, false])
    streams.onMaxData(500)
    expect(sentBytes()).toBe(0)
    streams.onMaxData(600)
    expect([sentBytes(), streams.isBlocked]).toEqual([100, true])
    streams.onMaxData(5000)
    expect([sentBytes(), streams.isBlocked]).toEqual([200, false])
  })

  it("together accept no more than the session's window, each byte counted once", () => {
    const streams = server({ maxData: 1000 })
    expect(streams.onStreamFrame(frame(0, 0, 600))).toBe("Accepted")
    for (let copy = 0; copy < 3; copy++) expect(streams.onStreamFrame(frame(0, 0, 600))).toBe("Accepted")
    expect(streams.onStreamFrame(frame(2, 0, 401))).toBe("FlowControlError")
    expect(streams.onResetStream(2, 0, 401)).toBe("FlowControlError")
    expect(streams.onStreamFrame(frame(2, 0, 400))).toBe("Accepted")
  })

  it("send new limits when a quarter was read, and again when a current one was lost", () => {
    const streams = server({ maxData: 2000, maxStreamData: 1000 })
    streams.onStreamFrame(frame(0, 0, 1000))
    const [stream] = openedByPeer(streams)
    if (stream === undefined) throw new Error("no stream")
    expect(dueFrames(streams)).toEqual([])
    streams.read(stream, 500)
    expect(dueFrames(streams)).toEqual([{ _tag: "MaxData", bytes: 2500 }, {
      _tag: "MaxStreamData",
      id: 0,
      bytes: 1500
    }])
    streams.read(stream)
    expect(dueFrames(streams)).toEqual([{ _tag: "MaxData", bytes: 5000 }, {
      _tag: "MaxStreamData",
      id: 0,
      bytes: 3000
    }])
    streams.onFrameLost({ _tag: "MaxData", bytes: 2500 })
    expect(dueFrames(streams)).toEqual([])
    streams.onFrameLost({ _tag: "MaxData", bytes: 5000 })
    expect(dueFrames(streams)).toMatchObject([{ _tag: "MaxData" }])
    streams.onFrameLost({ _tag: "MaxStreamData", id: 0, bytes: 3000 })
    expect(dueFrames(streams)).toMatchObject([{ _tag: "MaxStreamData", id: 0 }])
  })

  it("release the session's window for bytes that will not be read", () => {
    const streams = server({ maxData: 1000 })
    streams.onStreamFrame(frame(0, 0, 200))
    streams.onStreamFrame(frame(2, 0, 300))
    const [first, second] = openedByPeer(streams)
    if (first === undefined || second === undefined) throw new Error("no streams")
    streams.stop(first, 5)
    expect(dueFrames(streams)).toEqual([{ _tag: "StopSending", id: 0, code: 5 }])
    expect(streams.onResetStream(2, 6, 700)).toBe("Accepted")
    expect(dueFrames(streams)).toEqual([{ _tag: "MaxData", bytes: 1900 }])
    expect(streams.onResetStream(2, 6, 700)).toBe("Accepted")
    streams.onStreamFrame(frame(0, 200, 10))
    expect(streams.nextControl(20, 0)).toBeUndefined()
  })

  it("are reset by the sender after STOP_SENDING", () => {
    const streams = server()
    const stream = openedStream(streams)
    streams.write(stream, someBytes(2000))
    dueFrames(streams)
    expect(streams.onStopSending(1, 9)).toBe("Accepted")
    expect(dueFrames(streams)).toEqual([{ _tag: "ResetStream", id: 1, code: 9, finalBytes: 2000 }])
    expect([stream.stoppedCode, streams.pollEvents().map(({ _tag }) => _tag)]).toEqual([9, ["Writable"]])
    streams.onFrameLost({ _tag: "ResetStream", id: 1, code: 9, finalBytes: 2000 })
    expect(dueFrames(streams)).toHaveLength(1)
  })

  it("are removed when both directions are complete, so that the peer may open others, and are not reopened", () => {
    const streams = server({ maxStreams: 2 })
    const finish = (id: number): void => {
      streams.onStreamFrame(frame(id, 0, 5, true))
      const stream = openedByPeer(streams).find((one) => one.id === id)
      if (stream === undefined) throw new Error("no stream")
      streams.finish(stream)
      for (const sent of dueFrames(streams)) streams.onFrameAcked(sent)
      expect(streams.count).toBe(1)
      streams.read(stream)
      expect(streams.count).toBe(0)
    }
    finish(0)
    expect(dueFrames(streams)).toEqual([{ _tag: "MaxStreams", count: 3 }])
    streams.onFrameLost({ _tag: "MaxStreams", count: 3 })
    expect(dueFrames(streams)).toEqual([{ _tag: "MaxStreams", count: 3 }])
    finish(2)
    for (const late of [frame(0, 0, 5, true), frame(2, 0, 3)]) expect(streams.onStreamFrame(late)).toBe("Accepted")
    expect([streams.count, streams.pollEvents()]).toEqual([0, [{ _tag: "Settled", stream: expect.anything() }]])
  })

  it("emit an event when more can be written, and when another can be opened", () => {
    const streams = server({}, { maxStreams: 1, maxData: 10 ** 7, maxStreamData: 10 ** 7 })
    const stream = openedStream(streams)
    expect(streams.open()).toBeUndefined()
    streams.write(stream, new Uint8Array(Limits.unsentBytes + 100_000))
    expect(stream.isFull).toBe(true)
    while (stream.isFull) streams.nextFrame(60_000)
    expect(stream.send.unsentBytes).toBeGreaterThan(0)
    streams.onMaxStreams(2)
    expect(streams.pollEvents().map(({ _tag }) => _tag)).toEqual(["MayOpen", "Writable"])
    expect(streams.open()?.id).toBe(3)
  })

  it("that the peer resets before it has sent anything never reach the application, and are replaced at a limited rate (S18)", () => {
    const streams = server({ maxStreams: 64 })
    const resetStreams = (count: number): ReadonlyArray<string> =>
      Array.from({ length: count }, () => {
        const outcome = streams.onResetStream(2 * next++, 0, 0)
        for (const sent of dueFrames(streams)) streams.onFrameAcked(sent)
        return outcome
      })
    let next = 0
    expect(new Set(resetStreams(64))).toEqual(new Set(["Accepted"]))
    expect([streams.pollEvents(), streams.count, streams.deadline]).toEqual([[], 0, -Infinity])
    streams.handleTimeout(0)
    expect(dueFrames(streams)).toEqual([{ _tag: "MaxStreams", count: 64 + Limits.sessionResets }])
    expect(streams.deadline).toBe(1000 / Limits.sessionResetsPerSecond)
    streams.handleTimeout(streams.deadline)
    expect(new Set(resetStreams(Limits.sessionResets))).toEqual(new Set(["Accepted"]))
    expect(resetStreams(1)).toEqual(["StreamLimitError"])
  })

  it("that this side stops are replaced at once, although the peer resets them then", () => {
    const streams = server({ maxStreams: 2 })
    for (let id = 0; id < 40; id += 2) {
      streams.onStreamFrame(frame(id, 0, 5))
      const [stream] = openedByPeer(streams)
      if (stream === undefined) throw new Error("no stream")
      streams.stop(stream, 0)
      streams.finish(stream)
      streams.onResetStream(id, 0, 5)
      for (const sent of dueFrames(streams)) streams.onFrameAcked(sent)
      expect([streams.count, streams.deadline]).toEqual([0, Infinity])
    }
  })

  it("share one space for pieces behind gaps, whichever streams have them (S5)", () => {
    const streams = server({ maxData: 10_000, maxStreamData: 10_000, maxStreams: 100 })
    let accepted = 0
    for (let id = 0; id < 200; id += 2) {
      for (let at = 1; at < 40; at += 2) if (streams.onStreamFrame(frame(id, at, 1)) === "Accepted") accepted++
    }
    expect(accepted).toBe(Math.floor(10_000 * 1.25 / 257))
    expect(streams.onStreamFrame(frame(0, 0, 40))).toBe("Accepted")
    expect(streams.onStreamFrame(frame(198, 41, 1))).toBe("Accepted")
  })

  it("of a server share its credit: a window grows while half of it is free", () => {
    const budget = new ServerBudget()
    const streams = server({ maxData: budget.credit.takeFirst(), maxStreamData: Limits.streamWindowBytes }, {}, budget)
    const others = Array.from({ length: 30 }, () => budget.credit.takeFirst())
    const windowAfterReading = (from: number): number => {
      streams.onStreamFrame(frame(0, from, 3_000_000))
      streams.onStreamFrame(frame(0, from + 3_000_000, 3_000_000))
      const [first] = openedByPeer(streams)
      opened ??= first
      if (opened === undefined) throw new Error("no stream")
      // The block ends somewhere: at most one read for each frame, and one more.
      for (let reads = 0; reads < 20; reads++) streams.read(opened)
      dueFrames(streams)
      return streams.windowBytes
    }
    let opened: Stream | undefined
    windowAfterReading(0)
    expect(windowAfterReading(6_000_000)).toBe(Limits.firstSessionWindowBytes)
    for (const bytes of others) budget.credit.give(bytes)
    expect(windowAfterReading(12_000_000)).toBe(2 * Limits.firstSessionWindowBytes)
  })
})
