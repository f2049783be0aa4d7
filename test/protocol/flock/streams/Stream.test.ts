import { describe, expect, it } from "vitest"
import { OutOfOrderSpace } from "../../../../src/protocol/flock/streams/OutOfOrderSpace.ts"
import { indexOf, openerOf, Stream, streamId } from "../../../../src/protocol/flock/streams/Stream.ts"

describe("a stream", () => {
  it("has an id that contains its opener and index", () => {
    expect([streamId("client", 0), streamId("server", 0), streamId("client", 7)]).toEqual([0, 1, 14])
    for (const id of [0, 1, 6, 7, 2 ** 40 + 1]) expect(streamId(openerOf(id), indexOf(id))).toBe(id)
  })

  it("sends up to the peer's limit and receives up to ours", () => {
    const { receive, send } = new Stream(5, 30, 40, new OutOfOrderSpace({ windowBytes: 0 }))
    send.write(new Uint8Array(100))
    expect(send.nextFrame(200, 200)).toMatchObject({ id: 5, start: 0, end: 30 })
    expect([receive.id, receive.window.limitBytes]).toEqual([5, 40])
  })
})
