import { describe, expect, it } from "vitest"
import { StreamCounts } from "../../../../src/protocol/flock/streams/StreamCounts.ts"

describe("the number of streams", () => {
  it("that this side opens is bounded by the peer's limit, which never decreases", () => {
    const counts = new StreamCounts(1, 0)
    expect([counts.open(), counts.open()]).toEqual([0, undefined])
    expect([counts.onMaxStreams(1), counts.onMaxStreams(2), counts.onMaxStreams(0)]).toEqual([false, true, false])
    expect([counts.open(), counts.open(), counts.openedByUs]).toEqual([1, undefined, 2])
  })

  it("that the peer may open grows when half are closed; a lost MAX_STREAMS is sent again", () => {
    const counts = new StreamCounts(0, 4)
    for (let index = 0; index < 4; index++) expect(counts.openPeers()).toBe(index)
    counts.onPeerStreamClosed()
    expect([counts.isMaxStreamsDue, counts.peerLimit]).toEqual([false, 4])
    counts.onPeerStreamClosed()
    expect([counts.isMaxStreamsDue, counts.takeMaxStreams(), counts.isMaxStreamsDue]).toEqual([true, 6, false])
    counts.onMaxStreamsLost()
    expect([counts.isMaxStreamsDue, counts.takeMaxStreams()]).toEqual([true, 6])
  })
})
