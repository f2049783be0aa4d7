import { describe, expect, it } from "vitest"
import * as TcpLimits from "../../../src/protocol/tcp/TcpLimits.ts"
import { UnackedRecords } from "../../../src/protocol/tcp/UnackedRecords.ts"

describe("records without an acknowledgement", () => {
  it("leave in their order", () => {
    const records = new UnackedRecords()
    for (const number of [0, 2, 3, 7]) records.add(number, [{ _tag: "Ping" }], 10, number)
    expect(records.ack(2).map(({ number }) => number)).toEqual([0, 2])
    expect([records.bytes, records.ack(2)]).toEqual([20, []])
    expect(records.ack(100).map(({ sentAt }) => sentAt)).toEqual([3, 7])
    expect(records.bytes).toBe(0)
  })

  it("are bounded in bytes and in number", () => {
    const [large, many] = [new UnackedRecords(), new UnackedRecords()]
    large.add(0, [], TcpLimits.unacknowledgedBytes - 1, 0)
    expect(large.isFull).toBe(false)
    large.add(1, [], 1, 0)
    for (let number = 0; number < TcpLimits.unacknowledgedRecords; number++) many.add(number, [], 1, 0)
    expect([large.isFull, many.isFull]).toEqual([true, true])
    many.ack(0)
    expect(many.isFull).toBe(false)
  })
})
