import { describe, expect, it } from "vitest"
import { Stream } from "../../../../src/protocol/flock/streams/Stream.ts"
import { StreamEvents } from "../../../../src/protocol/flock/streams/StreamEvents.ts"

describe("news of a stream", () => {
  it("is told once until it is asked for, the end of all that was written once for ever", () => {
    const events = new StreamEvents()
    const stream = new Stream(0, 0, 0)
    const types = (): ReadonlyArray<string> => events.poll().map(({ type }) => type)
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
