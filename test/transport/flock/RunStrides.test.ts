import { describe, expect, it } from "@effect/vitest"
import { form, headerBytes, writeHeader } from "../../../src/protocol/flock/wire/Packet.ts"
import * as Limits from "../../../src/protocol/ProtocolLimits.ts"
import { runPaths, strideTries } from "../../../src/transport/flock/FlockLimits.ts"
import { RunStrides } from "../../../src/transport/flock/RunStrides.ts"

const path = { host: "192.0.2.1", port: 4040 }

/** A genuine DATA packet, which the last byte shows; `number` is in it. */
const genuine = (length: number, number: number): Uint8Array => {
  const bytes = new Uint8Array(length).fill(0xee)
  writeHeader(bytes, 0, form.data, 5, length)
  bytes[headerBytes] = number
  bytes[length - 1] = 0xaa
  return bytes
}

/** A forged packet of `length` bytes whose header says `claimed`. */
const forged = (length: number, claimed: number, packetForm: number = form.data): Uint8Array => {
  const bytes = new Uint8Array(length).fill(0xdd)
  writeHeader(bytes, 0, form.data, 5, Math.max(claimed, headerBytes))
  bytes[0] = packetForm
  return bytes
}

const withPrefix = (packet: Uint8Array): Uint8Array => {
  const hello3 = new Uint8Array(50)
  writeHeader(hello3, 0, form.hello3, 5, 50)
  return joined([hello3, packet])
}

const joined = (datagrams: ReadonlyArray<Uint8Array>): Uint8Array => {
  const bytes = new Uint8Array(datagrams.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const datagram of datagrams) {
    bytes.set(datagram, at)
    at += datagram.length
  }
  return bytes
}

/** Runs of one path, and the numbers of the genuine packets that were handled. */
const setUp = () => {
  const strides = new RunStrides()
  const lengths: Array<number> = []
  const handle = (datagrams: ReadonlyArray<Uint8Array>, from = path): ReadonlyArray<number> => {
    const handled: Array<number> = []
    lengths.length = 0
    strides.handle({ bytes: joined(datagrams), from, segmentBytes: undefined }, (bytes) => {
      lengths.push(bytes.length)
      const at = bytes[0] === form.hello3 ? 50 : 0
      const isRead = bytes[at] === form.data &&
        headerBytes + (bytes[at + 9] ?? 0) * 256 + (bytes[at + 10] ?? 0) === bytes.length - at
      const isWhole = isRead && bytes.at(-1) === 0xaa && bytes[at + headerBytes] !== 0xdd
      // Decryption in place destroys what is not authentic.
      if (isRead && !isWhole) bytes.fill(0)
      if (isWhole) handled.push(bytes[at + headerBytes] ?? -1)
      return isWhole
    })
    return handled.toSorted((one, other) => one - other)
  }
  return { strides, handle, lengths }
}

const runOf = (stride: number, last = stride, count = 8): ReadonlyArray<Uint8Array> =>
  Array.from({ length: count }, (_, number) => genuine(number === count - 1 ? last : stride, number))

const all = [0, 1, 2, 3, 4, 5, 6, 7]
const butFirst = all.slice(1)

describe("a merged run", () => {
  it("is cut by the length of its first packet when that is authentic, which is remembered", () => {
    const { handle, lengths, strides } = setUp()
    expect([handle(runOf(1200, 300)), strides.count]).toEqual([all, 1])
    expect(lengths).toEqual([1200, 1200, 1200, 1200, 1200, 1200, 1200, 300])
    expect([handle([genuine(90, 0)]), strides.count]).toEqual([[0], 1])
  })

  it("loses its first datagram only when that is forged, whatever length it pretends, on a known path or not", () => {
    for (const isKnown of [true, false]) {
      for (let claimed = headerBytes; claimed <= 9 * 200; claimed++) {
        // On a path of which nothing is known, one that reaches to the very end of the run is believed.
        if (!isKnown && claimed === 7 * 200 + 60) continue
        const { handle } = setUp()
        if (isKnown) handle(runOf(200))
        const handled = handle([forged(200, claimed), ...runOf(200, 60).slice(1)])
        if (handled.length !== 7) throw new Error(`${claimed} bytes pretended, known ${isKnown}: ${handled.join()}`)
        expect(handled).toEqual(butFirst)
      }
    }
  })

  it.each([form.hello, form.hello2, form.hello3, form.version, form.reset, 0x00, 0xff])(
    "loses its first datagram only when that has form %i",
    (packetForm) => {
      for (const claimed of [headerBytes, 27, 100, 199, 200, 201, 400, 1600, 65_000]) {
        for (const isKnown of [true, false]) {
          const { handle } = setUp()
          if (isKnown) handle(runOf(200))
          expect(handle([forged(200, claimed, packetForm), ...runOf(200).slice(1)])).toEqual(butFirst)
        }
      }
    }
  )

  it.each([[1200, 8900], [8900, 1200], [1200, 1220]])(
    "loses only forged datagrams when the path MTU has changed from %i to %i",
    (before, after) => {
      for (const claimed of [before, after, 31, 500, 65_000]) {
        const { handle } = setUp()
        handle(runOf(before, before, 5))
        expect(handle([forged(after, claimed), ...runOf(after, 100, 5).slice(1)])).toEqual([1, 2, 3, 4])
        // The new length is known now.
        expect(handle([forged(after, claimed), ...runOf(after, 100, 5).slice(1)])).toEqual([1, 2, 3, 4])
      }
    }
  )

  it("keeps the datagrams behind several forged ones", () => {
    const { handle } = setUp()
    const run = runOf(200)
    expect(handle([forged(200, 90), forged(200, 77), forged(200, 200), ...run.slice(3)])).toEqual(all.slice(3))
  })

  it("is not cut by a length that a forged datagram contains as a false packet", () => {
    const { handle } = setUp()
    const head = forged(200, 90)
    head.set(forged(50, 50), 100)
    expect(handle([head, ...runOf(200).slice(1)])).toEqual(butFirst)
  })

  it("of a client's first packets, each behind its HELLO3, is cut between the datagrams", () => {
    const { handle } = setUp()
    const run = runOf(200, 80).map(withPrefix)
    expect(handle(run)).toEqual(all)
    expect(handle([withPrefix(forged(200, 90)), ...run.slice(1)])).toEqual(butFirst)
  })

  it("of HELLOs is cut into HELLOs, each handled once", () => {
    const { handle, lengths, strides } = setUp()
    const hellos = Array.from({ length: 5 }, () => forged(1200, 1200, form.hello))
    expect([handle(hellos), lengths, strides.count]).toEqual([[], [1200, 1200, 1200, 1200, 1200], 0])
    handle(runOf(300))
    handle(hellos)
    expect(lengths).toEqual([1200, 1200, 1200, 1200, 1200])
  })

  it("of 64 KiB that seems to begin a datagram everywhere costs no more than the bounded number of looks and tries", () => {
    const { handle, lengths } = setUp()
    for (const filling of [form.data, form.hello3]) {
      expect(handle([new Uint8Array(Limits.runBytes).fill(filling)])).toEqual([])
      expect(lengths.length).toBeLessThanOrEqual(Limits.runDatagrams + strideTries)
    }
    // A genuine datagram behind more places than are looked at is lost.
    const bytes = new Uint8Array(8 * 2000).fill(form.data)
    bytes.set(genuine(2000, 7), 7 * 2000)
    expect(handle([bytes])).toEqual([])
  })

  it("with a length that would make more datagrams than a run has is not cut on", () => {
    const { handle, lengths } = setUp()
    handle([forged(20, 20), new Uint8Array(20 * Limits.runDatagrams)])
    expect(lengths).toHaveLength(2)
  })

  it("whose length the socket knows is cut by it", () => {
    const lengths: Array<number> = []
    new RunStrides().handle({ bytes: joined(runOf(200, 70)), from: path, segmentBytes: 200 }, ({ length }) => {
      lengths.push(length)
      return false
    })
    expect(lengths).toEqual([200, 200, 200, 200, 200, 200, 200, 70])
  })
})

describe("the lengths of paths", () => {
  it("are bounded, and those of forged packets take no place", () => {
    const { handle, strides } = setUp()
    for (let port = 1; port <= runPaths + 100; port++) handle(runOf(31, 31, 2), { host: "h", port })
    expect(strides.count).toBe(runPaths)
    for (let port = 1; port <= 100; port++) handle([forged(31, 31), forged(31, 31)], { host: "forger", port })
    expect([strides.count, handle([forged(31, 27), ...runOf(31).slice(1)], { host: "h", port: runPaths })])
      .toEqual([runPaths, butFirst])
  })
})
