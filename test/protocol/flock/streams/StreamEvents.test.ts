import { describe, expect, it } from "vitest"
import { OutOfOrderSpace } from "../../../../src/protocol/flock/streams/OutOfOrderSpace.ts"
import { Stream } from "../../../../src/protocol/flock/streams/Stream.ts"
import { StreamEvents } from "../../../../src/protocol/flock/streams/StreamEvents.ts"

describe("an event of a stream", () => {
  it("is emitted once until it is polled; Settled is emitted once", () => {
    const events = new StreamEvents()
    const stream = new Stream(0, 0, 0, new OutOfOrderSpace({ windowBytes: 0 }))
    const types = (): ReadonlyArray<string> => events.poll().map(({ _tag }) => _tag)
    events.onOpened(stream)
    events.onReadable(stream)
    events.onReadable(stream)
    events.onSettled(stream)
    expect(types()).toEqual(["Opened", "Settled", "Readable"])
    events.onSettled(stream)
    events.onReadable(stream)
    events.onWritable(stream)
    events.onMayOpen()
    expect(types()).toEqual(["MayOpen", "Readable", "Writable"])
    expect(types()).toEqual([])
  })
})
