import { describe, expect, it } from "vitest"
import { SentPackets } from "../../../../src/protocol/flock/recovery/SentPackets.ts"

const withSent = (count: number): SentPackets => {
  const packets = new SentPackets()
  for (let number = 0; number < count; number++) packets.add().frames.push({ _tag: "MaxData", bytes: number })
  return packets
}

const statusOf = (packets: SentPackets, number: number) => packets.get(number)?.fate

describe("sent packets", () => {
  it("are found by their number, however many there are, until they are settled", () => {
    const packets = withSent(40)
    for (let number = 0; number < 30; number++) packets.settle(packets.add())
    for (let number = 0; number < 500; number++) packets.add().frames.push({ _tag: "MaxData", bytes: 70 + number })
    for (const number of [0, 39, 70, 569]) {
      expect(packets.get(number)).toMatchObject({ packetNumber: number, frames: [{ bytes: number }] })
    }
    expect([statusOf(packets, 40), statusOf(packets, 570), statusOf(packets, -1)]).toEqual([
      undefined,
      undefined,
      undefined
    ])
  })

  it("start without frames and probe size, regardless of the previous packet in their slot", () => {
    const packets = new SentPackets()
    for (let number = 0; number < 200; number++) {
      const packet = packets.add()
      expect([packet.frames, packet.probedBytes, packet.fate]).toEqual([[], 0, "InFlight"])
      packet.frames.push({ _tag: "Ping" })
      packet.probedBytes = 1400
      packets.settle(packet)
    }
  })

  it("that are lost are still found, but are not the oldest in flight", () => {
    const packets = withSent(5)
    packets.settle(packets.get(1) ?? packets.add())
    packets.markLost(packets.get(0) ?? packets.add(), 10)
    expect([packets.oldestInFlight, statusOf(packets, 0), statusOf(packets, 1)]).toEqual([2, "Lost", undefined])
    expect(packets.lost.map(({ packetNumber }) => packetNumber)).toEqual([0])
  })

  it("that were lost long ago are forgotten, later ones are not", () => {
    const packets = withSent(4)
    packets.markLost(packets.get(2) ?? packets.add(), 10)
    packets.markLost(packets.get(0) ?? packets.add(), 20)
    packets.forgetLost(20)
    expect([statusOf(packets, 2), statusOf(packets, 0), packets.lost.length]).toEqual([undefined, "Lost", 1])
  })

  it("that were not written release their number", () => {
    const packets = new SentPackets()
    packets.settle(packets.add())
    packets.cancel(packets.add())
    expect([packets.next, packets.oldestInFlight, packets.get(1)]).toEqual([1, 1, undefined])
    expect(packets.add().packetNumber).toBe(1)
    expect([packets.oldestInFlight, statusOf(packets, 1)]).toEqual([1, "InFlight"])
  })

  it("can leave numbers out", () => {
    const packets = withSent(1)
    packets.skip()
    expect([packets.add().packetNumber, statusOf(packets, 1), packets.oldestInFlight]).toEqual([2, undefined, 0])
  })
})
