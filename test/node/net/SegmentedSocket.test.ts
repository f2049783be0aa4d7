/** A socket of node:dgram with a slow kernel: sends wait until the test releases them. */
import { createSocket } from "node:dgram"
import { afterEach, describe, expect, it, vi } from "vitest"
import type { Segmentation } from "../../../src/node/net/SegmentedSocket.ts"
import { SegmentedSocket } from "../../../src/node/net/SegmentedSocket.ts"
import { recorder } from "../../suites/socket.ts"

const to = { host: "192.0.2.1", port: 4040 }
type Sent = (cause: Error | null, bytes: number) => void

const opened: Array<{ readonly close: () => void }> = []
afterEach(() => opened.splice(0).forEach((socket) => socket.close()))

const slow = (segmentation: Segmentation | string) => {
  const socket = createSocket("udp4")
  opened.push(socket)
  const sends: Array<{ readonly bytes: Uint8Array; readonly sent: Sent }> = []
  vi.spyOn(socket, "send").mockImplementation((bytes: unknown, ...rest: ReadonlyArray<unknown>) => {
    const sent = rest.at(-1)
    if (bytes instanceof Uint8Array && typeof sent === "function") {
      sends.push({
        bytes,
        sent: (...values) => sent(...values)
      })
    }
  })
  const queue = vi.spyOn(socket, "getSendQueueCount").mockReturnValue(0)
  const { errors, handler, drains } = recorder()
  const runs = new SegmentedSocket(socket, handler, segmentation)
  const send = (lengths: ReadonlyArray<number>) =>
    runs.send(to, lengths[0] ?? 0, () => lengths.reduce((sum, length) => sum + length, 0))
  /** Lets the oldest send go. */
  const take = (code?: string): void => {
    const oldest = sends.shift()
    oldest?.sent(code === undefined ? null : Object.assign(new Error(code), { code }), oldest.bytes.length)
  }
  return { drains, errors, queue, runs, send, sends, take }
}

const cutting = () => {
  const cuts: Array<number> = []
  const segmentation: Segmentation = { cutInto: (bytes) => void cuts.push(bytes), drops: () => 0 }
  return { cuts, segmentation }
}

describe("a buffer", () => {
  it.each([["in one send", cutting().segmentation, 1], ["datagram by datagram", "no reason", 3]] as const)(
    "of a run that goes %s is used again when all of it is taken, and not before",
    (_, segmentation, count) => {
      const { send, sends, take } = slow(segmentation)
      const lengths = [100, 100, 50]
      send(lengths)
      expect(sends.length).toBe(count)
      const first = sends[0]?.bytes.buffer
      for (let left = count; left > 0; left--) {
        send([10])
        expect(sends.at(-1)?.bytes.buffer).not.toBe(first)
        take()
      }
      send([10])
      expect(sends.at(-1)?.bytes.buffer).toBe(first)
    }
  )
})

describe("a kernel that has not taken a send", () => {
  it("is given no other, and is waited for", async () => {
    const { drains, queue, send, sends, take } = slow("no reason")
    send([100])
    queue.mockReturnValue(1)
    expect([send([100]), sends.length]).toEqual(["Full", 1])
    queue.mockReturnValue(0)
    take()
    expect(drains()).toBe(0)
    await expect.poll(drains).toBe(1)
    expect(send([100])).toBe("Sent")
  })
})

describe("a kernel that cuts", () => {
  it("is told the length when it changes, and that one datagram is not to be cut", () => {
    const { cuts, segmentation } = cutting()
    const { send } = slow(segmentation)
    for (const lengths of [[100], [100, 100], [100, 100, 7], [90, 90], [90], [20]]) send(lengths)
    expect(cuts).toEqual([100, 90, 0])
  })

  it("by a device that cannot do it is asked no more, and runs go datagram by datagram", () => {
    const { cuts, segmentation } = cutting()
    const { runs, send, sends, take } = slow(segmentation)
    send([100, 100])
    expect(runs.offload()).toEqual({ isOn: true })
    take("EIO")
    const reason = "the network device on the way to 192.0.2.1:4040 cannot cut runs"
    expect(runs.offload()).toEqual({ isOn: false, reason })
    send([100, 100, 30])
    expect([cuts, sends.map(({ bytes }) => bytes.length)]).toEqual([[100, 0], [100, 100, 30]])
  })
})

describe("a refused send", () => {
  it.each(["EMSGSIZE", "EINVAL"])("with %s is too large", (code) => {
    const { errors, runs, send, take } = slow(cutting().segmentation)
    send([1_472, 1_472, 100])
    take(code)
    expect(errors).toEqual([{ reason: "TooLarge", datagramBytes: 1_472 }])
    expect(runs.counters()).toMatchObject({ sentDatagrams: 0, refusedDatagrams: 3 })
  })

  it("of one datagram with EINVAL is not too large: it is another error of the address", () => {
    const { errors, send, take } = slow(cutting().segmentation)
    send([100])
    take("EINVAL")
    expect(errors).toEqual([{ reason: "Io", datagramBytes: 100 }])
  })

  it("is told once a run, and counted for each datagram", () => {
    const { errors, runs, send, take } = slow("no reason")
    send([100, 100, 100])
    for (const code of ["EPERM", undefined, "EPERM"]) take(code)
    expect(errors).toEqual([{ reason: "Denied", datagramBytes: 100 }])
    expect(runs.counters()).toMatchObject({ sentDatagrams: 1, sentBytes: 100, refusedDatagrams: 2 })
  })
})

it("a run longer than its room is the caller's own fault", () => {
  const { runs } = slow("no reason")
  expect(() => runs.send(to, 1_000, (target) => target.length + 1)).toThrow(RangeError)
})
