import { describe, expect, it } from "vitest"
import { StreamCounts } from "../../../../src/protocol/flock/streams/StreamCounts.ts"
import * as Limits from "../../../../src/protocol/ProtocolLimits.ts"
import { TokenBucket } from "../../../../src/protocol/TokenBucket.ts"

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

  it("that the peer has reset is replaced as often as the session and the server allow", () => {
    const shared = new TokenBucket(3, 1)
    const counts = new StreamCounts(0, 1, shared)
    const replaced = (resets: number, now: number): number => {
      const before = counts.peerLimit
      for (let count = 0; count < resets; count++) counts.onPeerStreamReset()
      counts.releaseResets(now)
      return counts.peerLimit - before
    }
    expect([replaced(2, 0), counts.deadline]).toEqual([2, Infinity])
    expect([replaced(2, 0), counts.deadline]).toEqual([1, 1000])
    expect([replaced(0, 999), replaced(0, 1000), counts.deadline]).toEqual([0, 1, Infinity])
    expect([replaced(Limits.sessionResets, 100_000), replaced(0, 200_000)]).toEqual([3, 3])
  })
})
