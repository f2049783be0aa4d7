import { describe, expect, it } from "vitest"
import type { Frame } from "../../../src/protocol/flock/wire/Frame.ts"
import { AckSchedule } from "../../../src/protocol/tcp/AckSchedule.ts"
import * as TcpLimits from "../../../src/protocol/tcp/TcpLimits.ts"

const data = (isLast = false): Frame => ({
  _tag: "Stream",
  id: 0,
  offset: 0,
  isLast,
  bytes: new Uint8Array(1),
  start: 0,
  end: 1
})

describe("the acknowledgement of records", () => {
  it("of data waits for the answer of the application, 5 ms at most", () => {
    const acks = new AckSchedule()
    acks.onRecord([data()], 100, 10)
    expect([acks.take(11, false), acks.deadline]).toEqual([undefined, 15])
    acks.onTimeout(14)
    expect(acks.take(14, false)).toBeUndefined()
    acks.onTimeout(15)
    expect(acks.take(15, false)).toEqual({ _tag: "Ack", delayMicros: 5000, ranges: [0, 0] })
    expect([acks.take(16, true), acks.deadline]).toEqual([undefined, Infinity])
  })

  it("travels with the next record", () => {
    const acks = new AckSchedule()
    for (const at of [1, 2, 3]) acks.onRecord([data()], 100, at)
    expect(acks.take(4, true)).toEqual({ _tag: "Ack", delayMicros: 1000, ranges: [0, 2] })
  })

  it.each<[string, Frame]>([
    ["the end of a stream", data(true)],
    ["PING", { _tag: "Ping" }],
    ["RESET_STREAM", { _tag: "ResetStream", id: 0, code: 0, finalBytes: 0 }]
  ])("of %s is due at once", (_, frame) => {
    const acks = new AckSchedule()
    acks.onRecord([frame], 100, 0)
    expect(acks.take(0, false)).toMatchObject({ ranges: [0, 0] })
  })

  it("is due at once after many bytes", () => {
    const acks = new AckSchedule()
    acks.onRecord([data()], TcpLimits.ackBytes, 0)
    expect(acks.take(0, false)).toBeDefined()
  })

  it("of acknowledgements and of CLOSE does not exist", () => {
    const acks = new AckSchedule()
    acks.onRecord([{ _tag: "Ack", delayMicros: 0, ranges: [0, 0] }, { _tag: "Close", code: 0, reason: "" }], 100, 0)
    acks.onTimeout(1000)
    expect([acks.take(1000, true), acks.deadline]).toEqual([undefined, Infinity])
  })
})
