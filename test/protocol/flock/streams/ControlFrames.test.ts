import { describe, expect, it } from "vitest"
import { ControlFrames } from "../../../../src/protocol/flock/streams/ControlFrames.ts"
import { FlowControl } from "../../../../src/protocol/flock/streams/FlowControl.ts"
import { OutOfOrderSpace } from "../../../../src/protocol/flock/streams/OutOfOrderSpace.ts"
import { Stream } from "../../../../src/protocol/flock/streams/Stream.ts"
import { StreamCounts } from "../../../../src/protocol/flock/streams/StreamCounts.ts"

const made = () => {
  const window = new FlowControl(1000, 1000)
  const counts = new StreamCounts(0, 2)
  return {
    counts,
    control: new ControlFrames(window, counts),
    stream: new Stream(0, 0, 500, new OutOfOrderSpace(window))
  }
}

describe("the control frames of a session", () => {
  it("are the limits first, then what each stream needs, each once", () => {
    const { control, counts, stream } = made()
    expect([control.isDue, control.next(0, 10, 0)]).toEqual([false, undefined])
    control.stopSending(stream, 3)
    control.onRead(stream, 250)
    counts.onPeerStreamClosed()
    expect(control.isDue).toBe(true)
    expect([1, 2, 3, 4].map(() => control.next(250, 10, 0))).toEqual([
      { _tag: "MaxData", bytes: 1250 },
      { _tag: "MaxStreams", count: 3 },
      { _tag: "StopSending", id: 0, code: 3 },
      undefined
    ])
  })

  it("that were lost are due again, unless a newer one was sent or the stream is closed", () => {
    const { control, stream } = made()
    control.onRead(stream, 250)
    control.next(250, 10, 0)
    control.onMaxDataLost(1000)
    expect(control.next(250, 10, 0)).toBeUndefined()
    control.onMaxDataLost(1250)
    expect(control.next(300, 10, 0)).toEqual({ _tag: "MaxData", bytes: 1300 })
    stream.stopSendingDue = 3
    control.onLost(stream)
    expect(control.next(300, 10, 0)).toEqual({ _tag: "StopSending", id: 0, code: 3 })
    stream.stopSendingDue = 3
    control.onLost(stream)
    control.forget(stream)
    expect(control.next(300, 10, 0)).toBeUndefined()
  })
})
